-- 1: an answer that is said aloud, after the same words as text. `body` is what is said.
ALTER TABLE outbox ADD COLUMN spoken INTEGER NOT NULL DEFAULT 0;
