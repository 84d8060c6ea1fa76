CREATE TABLE reminders (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- part of outbox keys: never used again
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    text             TEXT NOT NULL,
    due_at           INTEGER NOT NULL,            -- the next occurrence, or the last where done
    zone             TEXT NOT NULL,               -- IANA
    rule             TEXT NOT NULL DEFAULT '',    -- RFC 5545, '' for once
    state            TEXT NOT NULL CHECK (state IN ('waiting', 'done')),
    source           TEXT NOT NULL DEFAULT '',    -- tool call or turn that set it
    created_at       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX reminders_source ON reminders (conversation_id, source) WHERE source <> '';
CREATE INDEX reminders_due ON reminders (due_at) WHERE state = 'waiting';

CREATE TABLE undo (  -- changes of the owner's data, for a while
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    source           TEXT NOT NULL,  -- tool call or turn that made the change
    noun             TEXT NOT NULL,  -- table of the row
    row_id           INTEGER NOT NULL,
    before           TEXT,           -- the row, JSON; NULL where it was new
    after            TEXT,           -- once taken back: the row as it was till then
    undone_by        TEXT,           -- turn that took it back
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX undo_conversation ON undo (conversation_id, id);
