-- Clients of other app servers: which one's dialect a device speaks, what its client calls the registration (a device id, a
-- group chat), and what its app looks for in a push. One token may have several such registrations.
ALTER TABLE devices
  ADD COLUMN dialect text COLLATE "C" NOT NULL DEFAULT 'tigase',
  ADD COLUMN handle text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN app_keys jsonb NOT NULL DEFAULT '{}';

ALTER TABLE devices DROP CONSTRAINT devices_owner_provider_token_key_key;
CREATE UNIQUE INDEX devices_registration ON devices (owner, provider, token_key, handle);
CREATE UNIQUE INDEX devices_handle ON devices (owner, provider, handle) WHERE handle <> '';
