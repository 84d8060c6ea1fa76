-- '' or what an approved template says in place of the body, when the owner has not written for a day.
ALTER TABLE outbox ADD COLUMN template TEXT NOT NULL DEFAULT '';
