-- Reveille beside Prosody (0.12 and newer). Merge into /etc/prosody/prosody.cfg.lua, then restart Prosody.
-- Explained in docs/servers.md.

-- Where components connect: the loopback address, because Prosody's component port has no TLS.
component_ports = { 5347 }
component_interfaces = { "127.0.0.1" }

VirtualHost "example.org"
    modules_enabled = {
        "smacks"; -- keeps the session of a phone that lost its network
        "cloud_notify"; -- publishes to Reveille; part of Prosody since 13.0, from prosody-modules before
    }

-- The name stands in Reveille's [component] jid, the secret in its [component] secret.
Component "push.example.org"
    component_secret = "change me: openssl rand -hex 32"
