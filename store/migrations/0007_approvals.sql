CREATE TABLE approvals (  -- the question before a tool may run; a conversation has one at most
    conversation_id  INTEGER PRIMARY KEY REFERENCES conversations (id),
    asked_in         TEXT NOT NULL,             -- turn whose answer is the question
    request          TEXT NOT NULL,             -- turn that goes on after a yes or a no
    calls            TEXT NOT NULL,             -- fingerprints of the calls shown, JSON
    undone           TEXT NOT NULL,             -- what the history says instead without a yes
    asked_at         INTEGER NOT NULL,
    verdict          TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'yes', 'no', 'other')),
    settled_by       TEXT NOT NULL DEFAULT ''   -- turn whose message was the answer
) STRICT;

-- '' or how a message answers such a question: 'yes', 'no' as typed, 'yes:<token>' by its button.
ALTER TABLE inbox ADD COLUMN consent TEXT NOT NULL DEFAULT '';

ALTER TABLE outbox ADD COLUMN buttons TEXT NOT NULL DEFAULT '';  -- [[id, title], ...], JSON
