-- Tigase Push may have given one node to all devices of an account. One of them has it for its own here; the others have a node of their
-- own that nobody is told, and this is the one that their client and its server know.
ALTER TABLE devices ADD COLUMN behind text COLLATE "C" CHECK (octet_length(behind) BETWEEN 1 AND 256 AND strpos(behind, E'\n') = 0);

CREATE INDEX devices_behind ON devices (behind) WHERE behind IS NOT NULL;
