ALTER TABLE memories ADD COLUMN slot TEXT NOT NULL DEFAULT '';  -- what it settles: home, name, ...
ALTER TABLE memories ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;  -- when it was last said
ALTER TABLE memories ADD COLUMN superseded_by INTEGER REFERENCES memories (id) ON DELETE SET NULL;
ALTER TABLE memories ADD COLUMN superseded_at INTEGER;  -- kept, but not recalled any more
ALTER TABLE memories ADD COLUMN forgotten_in TEXT;      -- turn that deletes it; gone when that ends
ALTER TABLE memories ADD COLUMN embedding BLOB;         -- float32, unit length
ALTER TABLE memories ADD COLUMN embed_model TEXT;
UPDATE memories SET updated_at = created_at,
    forgotten_in = CASE WHEN active = 0 THEN source END;

CREATE INDEX memories_forgotten ON memories (forgotten_in) WHERE forgotten_in IS NOT NULL;

CREATE VIRTUAL TABLE memories_fts USING fts5 (
    content, content = 'memories', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO memories_fts (memories_fts) VALUES ('rebuild');
CREATE TRIGGER memories_added AFTER INSERT ON memories BEGIN
    INSERT INTO memories_fts (rowid, content) VALUES (NEW.id, NEW.content);
END;
CREATE TRIGGER memories_deleted AFTER DELETE ON memories BEGIN
    INSERT INTO memories_fts (memories_fts, rowid, content) VALUES ('delete', OLD.id, OLD.content);
END;
CREATE TRIGGER memories_changed AFTER UPDATE OF content ON memories BEGIN
    INSERT INTO memories_fts (memories_fts, rowid, content) VALUES ('delete', OLD.id, OLD.content);
    INSERT INTO memories_fts (rowid, content) VALUES (NEW.id, NEW.content);
END;

-- Turns whose own words go too, as soon as their answer has left; `everything`: all of the owner's.
CREATE TABLE erasures (
    turn_id          TEXT PRIMARY KEY,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    everything       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE outbox_files (  -- what a part of the outbox carries, until Meta has it
    outbox_id  INTEGER PRIMARY KEY REFERENCES outbox (id),
    name       TEXT NOT NULL,
    mime_type  TEXT NOT NULL,
    content    BLOB NOT NULL
) STRICT;
