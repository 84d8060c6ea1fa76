-- All *_at columns are milliseconds since the epoch, UTC.

CREATE TABLE conversations (
    id            INTEGER PRIMARY KEY,
    thread_id     TEXT NOT NULL UNIQUE,  -- canonical phone number, or the BSUID where there is none
    phone_number  TEXT UNIQUE,           -- canonical digits
    bsuid         TEXT UNIQUE,           -- Meta's business-scoped user id
    send_to       TEXT NOT NULL,         -- the spelling Meta gave us, used for sending
    respelled     INTEGER NOT NULL DEFAULT 0,  -- 1: Meta refused the first spelling
    name          TEXT NOT NULL DEFAULT '',
    last_wrote_at INTEGER NOT NULL DEFAULT 0,  -- opens the 24 hours in which we may answer
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE inbox (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,  -- arrival order
    wa_id            TEXT NOT NULL UNIQUE,               -- one message, one turn
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    kind             TEXT NOT NULL CHECK (kind IN ('chat', 'command', 'silent')),
    type             TEXT NOT NULL,
    text             TEXT NOT NULL DEFAULT '',
    quoted           TEXT NOT NULL DEFAULT '',           -- WhatsApp id of the message it answers
    payload          TEXT NOT NULL,                      -- Meta's message object, JSON
    state            TEXT NOT NULL CHECK (state IN ('pending', 'processing', 'done')),
    turn_id          TEXT,
    sent_at          INTEGER NOT NULL,
    received_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX inbox_conversation ON inbox (conversation_id, id);
CREATE INDEX inbox_open ON inbox (conversation_id, id) WHERE state <> 'done';

CREATE TABLE outbox (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    key              TEXT NOT NULL,     -- what is being said (turn, notice, ...): never said twice
    part             INTEGER NOT NULL,
    body             TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (
        state IN ('queued', 'sending', 'unknown', 'held', 'sent', 'delivered', 'read', 'failed')),
    wa_id            TEXT,
    sent_at          INTEGER,
    delivered_at     INTEGER,           -- Meta charges by delivered message
    attempts         INTEGER NOT NULL DEFAULT 0,
    due_at           INTEGER NOT NULL,
    error_code       INTEGER,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    UNIQUE (key, part)
) STRICT;
CREATE INDEX outbox_conversation ON outbox (conversation_id, id);
CREATE INDEX outbox_open ON outbox (conversation_id, id)
    WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX outbox_wa_id ON outbox (wa_id);
CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE delivered_at IS NOT NULL;
CREATE INDEX outbox_held ON outbox (conversation_id) WHERE state = 'held';

CREATE TABLE feedback (  -- reactions to what we said
    wa_id            TEXT PRIMARY KEY,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    emoji            TEXT NOT NULL,
    created_at       INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
    id               INTEGER PRIMARY KEY,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    role             TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'system')),
    content          TEXT NOT NULL,
    wa_message_id    TEXT,
    turn_id          TEXT,
    token_count      INTEGER,
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_conversation ON messages (conversation_id, id);
CREATE INDEX messages_turn ON messages (turn_id);

CREATE TABLE memories (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id  INTEGER NOT NULL REFERENCES conversations (id),
    content          TEXT NOT NULL,
    category         TEXT,
    source           TEXT NOT NULL DEFAULT '',  -- WhatsApp id of the message it came from
    active           INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX memories_conversation ON memories (conversation_id, id) WHERE active = 1;

CREATE TABLE config (
    key    TEXT PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT;
