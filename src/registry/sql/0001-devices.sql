-- Text is compared byte by byte (collation "C"): the same order and the same indexes under every locale.
CREATE TABLE devices (
  node text COLLATE "C" PRIMARY KEY CHECK (octet_length(node) BETWEEN 1 AND 256 AND strpos(node, E'\n') = 0),
  owner text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  token text COLLATE "C" NOT NULL,
  -- SHA-256 of the form in which tokens are compared.
  token_key bytea NOT NULL CHECK (octet_length(token_key) = 32),
  second_token text COLLATE "C",
  secret text COLLATE "C",
  -- As precise as the clocks of push services and of our own program, which compare with it.
  registered_at timestamptz(3) NOT NULL DEFAULT now(),
  used_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (owner, provider, token_key)
) WITH (fillfactor = 90);

CREATE INDEX devices_provider_token_key ON devices (provider, token_key);
