CREATE TABLE media (  -- files that came with messages; their bytes lie in DATA_DIR/media
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    wa_id            TEXT NOT NULL UNIQUE,     -- message it came with
    kind             TEXT NOT NULL,            -- audio, image, document
    mime_type        TEXT NOT NULL,            -- as WhatsApp says; nobody has looked inside
    name             TEXT NOT NULL DEFAULT '', -- a document's, as its sender called it
    sha256           TEXT NOT NULL,            -- of the bytes, hex: where they lie
    size_bytes       INTEGER NOT NULL,
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX media_conversation ON media (conversation_id, id);
CREATE INDEX media_sha256 ON media (sha256);

-- Files that may have lost their last row. Whoever deletes a row, in whatever way, leaves a note in
-- the same commit: a crash before the file is gone forgets nothing.
CREATE TABLE media_gone (sha256 TEXT PRIMARY KEY) STRICT;
CREATE TRIGGER media_deleted AFTER DELETE ON media BEGIN
    INSERT OR IGNORE INTO media_gone VALUES (OLD.sha256);
END;

-- What the file of a message says; NULL: nobody has looked yet.
ALTER TABLE inbox ADD COLUMN heard TEXT;
-- A sentence for the owner about the file, '' if there is nothing to say.
ALTER TABLE inbox ADD COLUMN remark TEXT NOT NULL DEFAULT '';
