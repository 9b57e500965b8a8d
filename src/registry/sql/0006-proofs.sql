-- Credentials (a fingerprint of them) that a push service has accepted pushes with: to which devices, as digests, two at most.
CREATE TABLE proofs (
  provider text NOT NULL,
  identity text NOT NULL,
  device text NOT NULL,
  proven_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, identity, device)
);
