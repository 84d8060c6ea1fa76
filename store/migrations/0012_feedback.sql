-- What the owner wrote about an answer (/feedback); then `wa_id` is the turn's id.
ALTER TABLE feedback ADD COLUMN text TEXT NOT NULL DEFAULT '';
-- When `wasap eval add` made a case of it, or passed it over; NULL: not yet.
ALTER TABLE feedback ADD COLUMN settled_at INTEGER;
