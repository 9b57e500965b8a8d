-- Pushes that a service did not take at once: of each device the newest of each kind.
CREATE TABLE deferred (
  node text COLLATE "C" NOT NULL REFERENCES devices ON DELETE CASCADE,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('call', 'message', 'update')),
  provider text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  -- What was published. Format: src/registry/seal.ts, with a key that is not in the database.
  sealed bytea NOT NULL,
  published_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  not_before timestamptz(3) NOT NULL,
  tries integer NOT NULL,
  -- An instance is trying it until then; null or past: nobody is. In no index, so that a lease touches the row alone (HOT).
  leased_until timestamptz,
  PRIMARY KEY (node, kind)
) WITH (
  -- Room in each page for the leased version of its rows.
  fillfactor = 70,
  -- Rows live for minutes: what scans step over is cleared away long before a fifth of a large table is dead.
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);

-- Sealed bytes can't be compressed.
ALTER TABLE deferred ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- In the order in which they are tried: calls, then the newest.
CREATE INDEX deferred_order ON deferred (provider, (kind <> 'call'), published_at DESC);
-- What has been due longest, where the newest are not due.
CREATE INDEX deferred_due ON deferred (provider, not_before);
-- What is worthless, or soon will be.
CREATE INDEX deferred_expiry ON deferred (provider, expires_at);
