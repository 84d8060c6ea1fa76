CREATE TABLE documents (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- the owner calls it by this: never used again
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    name             TEXT NOT NULL,             -- as its sender called it
    kind             TEXT NOT NULL,             -- pdf, docx, xlsx, pptx, txt, md, csv, html
    pages            INTEGER NOT NULL,          -- or sheets, or slides; 0: its kind has none
    sha256           TEXT NOT NULL,             -- of the file, as in media
    source           TEXT NOT NULL,             -- WhatsApp id of the (last) message that brought it
    cut              INTEGER NOT NULL,          -- 1: there was more than was kept
    deleted_in       TEXT,                      -- turn that deletes it; gone when that ends
    created_at       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX documents_sha256 ON documents (conversation_id, sha256);

CREATE TABLE chunks (
    id               INTEGER PRIMARY KEY,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    document_id      INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position         INTEGER NOT NULL,          -- in the document, from 0
    place            TEXT NOT NULL,             -- page, slide, sheet or headings; '' where there is none
    title            TEXT NOT NULL,             -- what the passage belongs to: name of the file, headings
    content          TEXT NOT NULL,
    embedding        BLOB,                      -- of title and content; float32, unit length
    embed_model      TEXT,
    UNIQUE (document_id, position)
) STRICT;
CREATE INDEX chunks_conversation ON chunks (conversation_id);
CREATE INDEX chunks_embedded ON chunks (embed_model);

CREATE VIRTUAL TABLE chunks_fts USING fts5 (
    title, content, content = 'chunks', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER chunks_added AFTER INSERT ON chunks BEGIN
    INSERT INTO chunks_fts (rowid, title, content) VALUES (NEW.id, NEW.title, NEW.content);
END;
CREATE TRIGGER chunks_deleted AFTER DELETE ON chunks BEGIN
    INSERT INTO chunks_fts (chunks_fts, rowid, title, content)
    VALUES ('delete', OLD.id, OLD.title, OLD.content);
END;
