-- Credentials that administrators uploaded, one per provider, sealed with a key that is not in the database.
CREATE TABLE credentials (
  provider text COLLATE "C" PRIMARY KEY,
  -- Format: src/registry/seal.ts.
  sealed bytea NOT NULL,
  -- Tells which key opens it, and nothing else about that key.
  key_id text COLLATE "C" NOT NULL,
  -- When it was uploaded; sealing it anew with another key leaves this as it is.
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
