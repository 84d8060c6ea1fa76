"""One process a data folder: a lock that a killed process cannot leave behind."""

import contextlib
import sqlite3
from pathlib import Path

from store import swap
from store.errors import StoreError, StoreUnavailable

LOCK = "instance.lock"
BACKUPS = "backups"  # folder in the data folder; one process at a time works there


class FolderInUse(StoreError):
    """Another process holds the data folder."""


def hold(folder: Path) -> sqlite3.Connection:
    """Take the folder until the returned connection is closed; a killed restore is finished first.

    SQLite's own exclusive lock, because it works alike on every system and dies with the process.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # others read nothing
        with contextlib.ExitStack() as undone:
            connection = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
            undone.callback(connection.close)
            connection.execute("BEGIN EXCLUSIVE")
            swap.finish(folder)
            undone.pop_all()
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise FolderInUse(f"{folder} is in use by another wasap process") from error
        raise StoreUnavailable(f"{folder / LOCK}: {error}") from error
    except OSError as error:
        raise StoreUnavailable(f"{folder}: {error}") from error
    return connection


def hold_backups(folder: Path) -> contextlib.closing[sqlite3.Connection]:
    """The folder for backups in a data folder, ours alone until this is closed."""
    with contextlib.suppress(OSError):  # `hold` says what is wrong
        (folder / BACKUPS).mkdir(mode=0o700, parents=True, exist_ok=True)
    return contextlib.closing(hold(folder / BACKUPS))
