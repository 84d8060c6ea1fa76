"""Everything that lasts, in SQLite. No SQL outside this package."""
