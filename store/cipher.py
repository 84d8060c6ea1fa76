"""Encrypts the databases of a data folder, or decrypts them; a kill at any moment costs neither.

The other form is made beside the data, compared with it row for row, and put in its place by the
one rename of `swap`; what was there is overwritten and deleted.
"""

import contextlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from store import archive, driver, probes, swap
from store.driver import KeyFile
from store.errors import RecodeError
from store.instance import BACKUPS, hold, hold_backups
from store.snapshot import LEDGER, THREADS


def make_key(path: Path) -> None:
    """Write a new key into a new file, mode 600. Raises OSError."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(f"x'{secrets.token_hex(32)}'\n")
        file.flush()
        os.fsync(file.fileno())  # before anything is encrypted with it
    swap.sync(path.absolute().parent)


def encrypt(folder: Path, key: KeyFile) -> bool:
    """Encrypt both databases; whether there was anything to do. The key is tried in any case.

    The file of the key is made where it is not there and nothing is encrypted yet. KeyRefused,
    RecodeError, BackupError, OSError; FolderInUse while the assistant runs.
    """
    return _recode(folder, key, encrypted=True)


def decrypt(folder: Path, key: KeyFile) -> bool:
    """The same, the other way."""
    return _recode(folder, key, encrypted=False)


def recode_in_place(path: Path, old: KeyFile | None, new: KeyFile | None) -> None:
    """Encrypt or decrypt a file that nobody has open; none is left alone. Raises as `encrypt`."""
    if path.exists():
        other = path.with_name(f"{path.name}.recoded")
        _copy(path, other, old, new)
        other.replace(path)


def plain_leftovers(folder: Path) -> list[Path]:
    """Backups and former data in the folder whose databases anybody can read."""
    former = [path.parent for path in folder.glob(f"former-*/{LEDGER}") if driver.is_plain(path)]
    backups = [path for path in (folder / BACKUPS).glob("*.t*") if archive.is_plain(path)]
    return sorted(former) + sorted(backups)


def _recode(folder: Path, key: KeyFile, *, encrypted: bool) -> bool:
    driver.sqlcipher()
    with contextlib.closing(hold(folder)), hold_backups(folder):
        paths = [folder / name for name in (THREADS, LEDGER)]
        old = {
            path.name: None if driver.is_plain(path) else key
            for path in paths
            if path.exists() and path.stat().st_size
        }
        if encrypted and not any(old.values()) and not key.path.exists():
            make_key(key.path)
        key.check()
        for name, one in old.items():
            with _named_errors(folder / name):
                driver.connect(folder / name, one).close()
        new = key if encrypted else None
        if all(one is new for one in old.values()):
            return False
        with contextlib.ExitStack() as stack:
            partial = swap.begin(folder)
            stack.callback(shutil.rmtree, partial, ignore_errors=True)
            for name, one in old.items():
                _copy(folder / name, partial / name, one, new)
                probes.reach("cipher:copied")
            swap.commit(folder, discard=True)
    return True


def _copy(source: Path, target: Path, old: KeyFile | None, new: KeyFile | None) -> None:
    """Copy a database into a new file, mode 600 and on the disk when this returns."""
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    connection = driver.sqlcipher().connect(":memory:", isolation_level=None)
    with _named_errors(source), contextlib.closing(connection) as db:
        for path, name, key in ((source, "source", old), (target, "target", new)):
            db.execute(
                f"ATTACH DATABASE ? AS {name} KEY ?",
                (path.absolute().as_uri(), key.text if key else ""),
            )
        db.execute("SELECT sqlcipher_export('target', 'source')").fetchone()
        if not _are_equal(db) or db.execute("PRAGMA target.integrity_check").fetchone()[0] != "ok":
            raise RecodeError(f"{source}: the copy is not the same. Is the disk failing?")


def _are_equal(db: sqlite3.Connection) -> bool:
    """Whether `target` holds what `source` does: the schema and every row, in their order."""
    schema = "SELECT type, name, sql FROM {}.sqlite_master ORDER BY 1, 2"
    tables = (
        f'SELECT * FROM {{}}."{name}"'  # noqa: S608 - of the schema
        for kind, name, sql in db.execute(schema.format("source")).fetchall()
        if kind == "table" and not sql.startswith("CREATE VIRTUAL")  # whose rows are in others
    )
    return all(
        one == other
        for query in (schema, *tables)
        for one, other in zip_longest(
            db.execute(query.format("source")), db.execute(query.format("target"))
        )
    )


@contextlib.contextmanager
def _named_errors(source: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RecodeError(f"{source}: {error}") from error
