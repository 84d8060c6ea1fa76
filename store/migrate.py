"""Ordered SQL migrations, each applied once and whole."""

import sqlite3
from importlib.resources import files
from importlib.resources.abc import Traversable

from store import probes
from store.clock import now_ms
from store.errors import MigrationError


def available() -> list[Traversable]:
    """The scripts of this product, in name order."""
    scripts = files("store").joinpath("migrations").iterdir()
    return sorted((one for one in scripts if one.name.endswith(".sql")), key=lambda one: one.name)


def applied(connection: sqlite3.Connection) -> set[str]:
    """Names of what has been applied to a database, which may be empty."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone():
        return set()
    return {name for (name,) in connection.execute("SELECT name FROM migrations")}


def migrate(connection: sqlite3.Connection) -> list[str]:
    """Apply what is missing, in name order; return the names applied now."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)"
    )
    done = applied(connection)
    new = []
    for script in available():
        if script.name in done:
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
        new.append(script.name)
    return new
