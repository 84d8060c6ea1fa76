-- What `summarize` folded away, so that a thread can be made again from this file alone.
ALTER TABLE conversations ADD COLUMN summary TEXT NOT NULL DEFAULT '';
-- Turn id of the first exchange that is not in the summary; '' when none is folded away.
ALTER TABLE conversations ADD COLUMN summary_ends_at TEXT NOT NULL DEFAULT '';
