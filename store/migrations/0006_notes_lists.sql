CREATE TABLE notes (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- the owner calls it by this: never used again
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    content          TEXT NOT NULL,
    source           TEXT NOT NULL DEFAULT '',  -- tool call or turn that saved it
    created_at       INTEGER NOT NULL,
    embedding        BLOB,                      -- float32, unit length
    embed_model      TEXT
) STRICT;
CREATE INDEX notes_conversation ON notes (conversation_id, id);
CREATE UNIQUE INDEX notes_source ON notes (conversation_id, source) WHERE source <> '';

CREATE VIRTUAL TABLE notes_fts USING fts5 (
    content, content = 'notes', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER notes_added AFTER INSERT ON notes BEGIN
    INSERT INTO notes_fts (rowid, content) VALUES (NEW.id, NEW.content);
END;
CREATE TRIGGER notes_deleted AFTER DELETE ON notes BEGIN
    INSERT INTO notes_fts (notes_fts, rowid, content) VALUES ('delete', OLD.id, OLD.content);
END;
CREATE TRIGGER notes_changed AFTER UPDATE OF content ON notes BEGIN
    INSERT INTO notes_fts (notes_fts, rowid, content) VALUES ('delete', OLD.id, OLD.content);
    INSERT INTO notes_fts (rowid, content) VALUES (NEW.id, NEW.content);
END;

CREATE TABLE lists (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- the owner calls it by this: never used again
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    name             TEXT NOT NULL,  -- as first typed
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX lists_conversation ON lists (conversation_id, id);

CREATE TABLE list_items (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- named in undo: never used again
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    list_id          INTEGER NOT NULL REFERENCES lists (id),
    number           INTEGER NOT NULL,  -- in its list; the owner calls it by this
    text             TEXT NOT NULL,
    ticked_at        INTEGER,           -- NULL: still to be done or bought
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX list_items_list ON list_items (list_id, number);
