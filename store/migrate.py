"""Ordered SQL migrations, each applied once and whole."""

import sqlite3
from importlib.resources import files

from store import probes
from store.clock import now_ms
from store.errors import MigrationError


def migrate(connection: sqlite3.Connection) -> list[str]:
    """Apply what is missing, in name order; return the names applied now."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)"
    )
    done = {name for (name,) in connection.execute("SELECT name FROM migrations")}
    applied = []
    for script in sorted(files("store").joinpath("migrations").iterdir(), key=lambda f: f.name):
        if script.name in done or not script.name.endswith(".sql"):
            continue
        try:
            connection.executescript("BEGIN IMMEDIATE;\n" + script.read_text("utf-8"))
            connection.execute("INSERT INTO migrations VALUES (?, ?)", (script.name, now_ms()))
            probes.reach("commit:migration:before")
            connection.execute("COMMIT")
            probes.reach("commit:migration:after")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise MigrationError(f"{script.name}: {error}") from error
        applied.append(script.name)
    return applied
