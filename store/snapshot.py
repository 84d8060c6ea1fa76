"""wasap.db and checkpoints.db as they were at one instant, copied beside whoever writes them.

The pair is what a kill -9 at that instant would have left, which is what the product is made to
start from. Copies that are a second apart would not be: a conversation that the owner deleted in
that second would be back in its thread.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from store import driver
from store.driver import KeyFile
from store.errors import BackupError, StoreUnavailable

LEDGER, THREADS, MEDIA = "wasap.db", "checkpoints.db", "media"  # what a data folder holds
SIDE_FILES = ("-wal", "-shm", "-journal")  # of each database

BUSY_TIMEOUT_MS = 10_000
TRIES = 1_000  # one fails when checkpoints.db is written within the same few microseconds


def media_path(sha256: str) -> str:
    """Where the bytes with this sum lie, in a data folder and in a backup."""
    return f"{MEDIA}/{sha256[:2]}/{sha256}"


def copy_databases(folder: Path, into: Path, key: KeyFile | None = None) -> None:
    """Copy both files, mode 600 and without a log beside them; checkpoints.db may be missing.

    What is encrypted stays so. Raises KeyRefused, BackupError, StoreUnavailable, OSError.
    """
    with contextlib.ExitStack() as stack:
        names = [name for name in (THREADS, LEDGER) if (folder / name).exists()]
        if LEDGER not in names:
            raise BackupError(f"There is no {LEDGER} in {folder}.")
        sources = {name: stack.enter_context(_opened(folder / name, key)) for name in names}
        watcher = stack.enter_context(_opened(folder / names[0], key))
        with _named_errors(names[0]):
            _stop_the_clock(sources, watcher)
        for name, source in sources.items():
            (into / name).touch(mode=0o600)
            with _named_errors(name), contextlib.closing(driver.connect(into / name, key)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")


def _stop_the_clock(sources: dict[str, sqlite3.Connection], watcher: sqlite3.Connection) -> None:
    """Begin to read all at one instant: the first was the same before and after the others."""
    for _ in range(TRIES):
        before = _version(watcher)
        for name, db in sources.items():
            with _named_errors(name):
                db.execute("BEGIN")
                db.execute("SELECT 1 FROM sqlite_master").fetchone()  # BEGIN alone reads nothing
        if _version(watcher) == before:
            return
        for db in sources.values():
            db.execute("ROLLBACK")
    raise BackupError("The databases are written without a pause. Try again later.")


def _version(db: sqlite3.Connection) -> int:
    """Changes with every commit of somebody else's."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def _opened(path: Path, key: KeyFile | None) -> contextlib.closing[sqlite3.Connection]:
    with _named_errors(path.name):
        # mode=rw: a file that has gone meanwhile is not made again, empty.
        db = driver.connect(path, key, mode="rw", busy_ms=BUSY_TIMEOUT_MS)
    return contextlib.closing(db)


@contextlib.contextmanager
def _named_errors(name: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{name}: {error}") from error
