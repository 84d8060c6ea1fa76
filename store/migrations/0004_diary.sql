-- Id of the newest message that the diary tells of.
ALTER TABLE conversations ADD COLUMN diary_until INTEGER NOT NULL DEFAULT 0;
