"""Whether data at rest is whole. Looks at copies of the databases: some checks have to write."""

import contextlib
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from store import driver
from store.archive import Manifest
from store.driver import KeyFile
from store.migrate import applied, available
from store.snapshot import LEDGER, THREADS, media_path

LINES_MAX = 5  # of what SQLite says about one file

Files = Callable[[str], str]  # sha256 of a file -> what is wrong with it, "" if nothing


_OTHER = "is not what came with its message"


@dataclass(frozen=True)
class Report:
    """What was found."""

    problems: tuple[str, ...]
    damaged: bool = False  # SQLite cannot read it all; nothing else was looked at
    newer: bool = False  # this product is too old for it
    inbox: int = 0  # messages, and how many of them wait for their answer
    inbox_open: int = 0
    outbox: int = 0  # parts of answers, and how many of them wait to be sent
    outbox_open: int = 0
    media: int = 0  # files that came with messages


def inspect(copies: Path, files: Files, key: KeyFile | None = None) -> Report:
    """Look at everything in a folder with copies of the databases. Raises KeyRefused."""
    if found := _damage(copies, key):
        return Report(tuple(found), damaged=True)
    try:
        with _opened(copies / LEDGER, key) as db:
            return _inspect(db, files)
    except sqlite3.Error as error:  # sound, and none of ours
        return Report((f"{LEDGER}: {error}",), damaged=True)


def on_disk(folder: Path) -> Files:
    """The files of a data folder, read to their end."""

    def wrong(sha256: str) -> str:
        try:
            with (folder / media_path(sha256)).open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError as error:
            return f"cannot be read: {error.strerror}"
        return "" if same else _OTHER

    return wrong


def in_backup(manifest: Manifest) -> Files:
    """The files of a backup whose sums have been compared."""

    def wrong(sha256: str) -> str:
        if not manifest.media or sha256 in manifest.missing:
            return ""
        member = manifest.members.get(media_path(sha256))
        if member is None:
            return "is not in the backup"
        return "" if member.sha256 == sha256 else _OTHER

    return wrong


def media_files(db: sqlite3.Connection) -> dict[str, int]:
    """Sum and size in bytes of each file that a row names."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'media'").fetchone():
        return {}  # data of a WasAP that took no files
    return dict(db.execute("SELECT sha256, size_bytes FROM media ORDER BY id").fetchall())


def _inspect(db: sqlite3.Connection, files: Files) -> Report:
    newer = sorted(applied(db) - {script.name for script in available()})
    found = [f"{LEDGER}: was made by a newer WasAP ({', '.join(newer)})"] if newer else []
    found += [*_foreign_keys(db), *_full_text(db)]
    named = media_files(db)
    found += [f"{media_path(one)}: {wrong}" for one in named if (wrong := files(one))]
    inbox, inbox_open = _count(db, "inbox", "state <> 'done'")
    open_parts = "state IN ('queued', 'sending', 'unknown', 'held')"
    outbox, outbox_open = _count(db, "outbox", open_parts)
    return Report(
        tuple(found),
        newer=bool(newer),
        inbox=inbox,
        inbox_open=inbox_open,
        outbox=outbox,
        outbox_open=outbox_open,
        media=len(named),
    )


def _damage(copies: Path, key: KeyFile | None) -> list[str]:
    """What SQLite says of each file, one line a problem; nothing else is worth asking then."""
    found = []
    for name in (LEDGER, THREADS):
        if (copies / name).exists():
            try:
                with _opened(copies / name, key) as db:
                    rows = db.execute(f"PRAGMA integrity_check({LINES_MAX})").fetchall()
                found += [f"{name}: {line}" for (line,) in rows if line != "ok"]
            except sqlite3.DatabaseError as error:
                found.append(f"{name}: {error}")
    return found


def _foreign_keys(db: sqlite3.Connection) -> Iterator[str]:
    broken = Counter((row[0], row[2]) for row in db.execute("PRAGMA foreign_key_check"))
    for (table, parent), count in broken.items():
        yield f"{LEDGER}: {count} rows of {table} name rows of {parent} that are not there"


def _full_text(db: sqlite3.Connection) -> Iterator[str]:
    tables = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    for (name,) in db.execute(tables).fetchall():
        try:  # rank 1: compared with the table it is about, too
            db.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - of the schema
        except sqlite3.DatabaseError:
            yield f"{LEDGER}: {name} is not the index of what its table holds"


def _count(db: sqlite3.Connection, table: str, still_open: str) -> tuple[int, int]:
    query = f"SELECT count(*), coalesce(sum({still_open}), 0) FROM {table}"  # noqa: S608 - constants
    row = db.execute(query).fetchone()
    return int(row[0]), int(row[1])


def _opened(path: Path, key: KeyFile | None) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(driver.connect(path, key))
