"""What opens our files: Python's own SQLite, or SQLCipher's where the owner has set a key.

SQLCipher's errors are sqlite3's as well; its rows are a class of their own (`name_columns`).
"""

import contextlib
import sqlite3
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Literal, cast

from store.errors import KeyRefused

MAGIC = b"SQLite format 3\0"  # begins a database that is not encrypted
PAGE_BYTES = 4096  # of SQLCipher; its files are whole pages
KEY_MAX_BYTES = 4096


class KeyFile:
    """The key of both databases, in a file of the owner's; read once, and never shown.

    Any text is a passphrase: SQLCipher makes a key of it, in some 150 ms whenever a file is opened.
    x'64 hex digits', as `cipher.make_key` writes it, is the key itself.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def text(self) -> str:
        """Raises KeyRefused; the line end that an editor leaves is no part of it."""
        try:
            with self.path.open("rb") as file:
                content = file.read(KEY_MAX_BYTES + 1)
            text = content.decode("utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise KeyRefused("unreadable", self.path, str(why)) from None  # it may show the key
        if not text.strip() or len(content) > KEY_MAX_BYTES:
            raise KeyRefused("empty", self.path)
        return text

    def check(self) -> None:
        """Raises KeyRefused when there is no key in the file, or nothing to use it."""
        sqlcipher()
        _ = self.text


def connect(
    path: Path,
    key: KeyFile | None = None,
    *,
    mode: Literal["ro", "rw", "rwc"] = "rwc",
    busy_ms: int = 5_000,
    isolation_level: Literal["DEFERRED"] | None = None,
) -> sqlite3.Connection:
    """A connection that has read the file's first page; `busy_ms`: how long a lock is waited for.

    Raises KeyRefused when the key is not the file's (the data is as it was), sqlite3.Error.
    """
    module = sqlite3 if key is None else sqlcipher()
    text = key and key.text
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with contextlib.ExitStack() as undone:
        connection = module.connect(
            uri,
            uri=True,
            timeout=busy_ms / 1000,
            isolation_level=isolation_level,
            check_same_thread=False,
        )
        undone.callback(connection.close)
        if text is not None:
            connection.execute("PRAGMA cipher_log_level = NONE")  # stderr is not its to write to
            connection.set_key(text)  # not the PRAGMA: statements are shown and traced
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:
            undone.close()
            if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
                raise
            raise _refusal(path, key) or error from None
        undone.pop_all()
    return cast(sqlite3.Connection, connection)


def name_columns(connection: sqlite3.Connection) -> None:
    """Rows of this connection are sqlite3.Row, or SQLCipher's twin of it."""
    module = sqlite3 if isinstance(connection, sqlite3.Connection) else sqlcipher()
    connection.row_factory = module.Row


def is_plain(path: Path) -> bool:
    """Whether anybody can read this file; one that is empty or not there counts as plain.

    Not for a file that this process has open: to close it again gives up SQLite's locks on it.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) in (b"", MAGIC)
    except FileNotFoundError:
        return True


def sqlcipher() -> ModuleType:
    """SQLCipher's module. Loaded where there is a key: it takes 16 ms."""
    try:
        from store import sqlcipher as module
    except ImportError as error:
        raise KeyRefused("unusable", Path("sqlcipher3"), str(error)) from error
    return module


def _refusal(path: Path, key: KeyFile | None) -> KeyRefused | None:
    """Why a file could not be read; None when it is for no reason of a key."""
    if is_plain(path):
        return None if key is None else KeyRefused("unneeded", path)
    if path.stat().st_size % PAGE_BYTES:
        return None
    return KeyRefused("missing" if key is None else "wrong", path)
