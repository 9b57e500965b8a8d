-- For the questions of administrators about a whole domain. Equal entries are stored once: 7 MB for a million devices.
CREATE INDEX devices_owner_domain ON devices (substr(owner, strpos(owner, '@') + 1));
