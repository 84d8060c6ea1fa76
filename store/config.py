"""Single values that outlive the process."""

import sqlite3


def get(db: sqlite3.Connection, key: str) -> str | None:
    """The value of `key`, or None."""
    row = db.execute("SELECT value FROM config WHERE key = ?", (key,)).fetchone()
    return row["value"] if row else None


def put(db: sqlite3.Connection, key: str, value: str) -> None:
    """Set the value of `key`."""
    db.execute(
        "INSERT INTO config VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def drop(db: sqlite3.Connection, key: str) -> None:
    """Forget `key`."""
    db.execute("DELETE FROM config WHERE key = ?", (key,))
