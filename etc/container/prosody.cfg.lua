-- Prosody 13 in a container beside Reveille, mounted by compose.yaml. What is about Reveille is as in etc/servers/prosody.cfg.lua,
-- but for the address and the secret. Certificates and accounts are yours to add: prosodyctl in the container does both.

admins = {}
modules_enabled = { "disco", "roster", "saslauth", "tls", "blocklist", "bookmarks", "carbons", "mam", "pep", "csi_simple", "ping", "smacks", "cloud_notify" }
authentication = "internal_hashed"
data_path = "/var/lib/prosody"
log = { info = "*console" }

-- Every address of the container. compose.yaml does not publish this port: only Reveille shares the network it is on.
component_ports = { 5347 }
component_interfaces = { "*" }

VirtualHost "example.org"

Component "push.example.org"
    component_secret = ENV_REVEILLE_SECRET
