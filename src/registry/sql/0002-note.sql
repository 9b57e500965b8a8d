-- What a provider remembers of a device; it alone knows what the text means.
ALTER TABLE devices ADD COLUMN note text COLLATE "C" CHECK (char_length(note) <= 256);
