"""Files that came with messages: rows here, the bytes under DATA_DIR/media by their sha256.

The bytes are there before their row, and go after it. Both steps of a file are taken by the
database's one writer, so that no file is thrown away while a new row is about to name it. Nothing
in that folder is ever executed: mode 600, no name or ending of the sender's.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from store import inbox
from store.clock import now_ms
from store.database import Database

INCOMING = ".incoming"  # files that are not whole yet
# A kind, and the moment (ms) before which its files go; not those that a turn still has to read.
_PAST = (
    "kind = ? AND created_at <= ? AND wa_id NOT IN (SELECT wa_id FROM inbox WHERE state <> 'done')"
)


@dataclass(frozen=True)
class MediaFile:
    """A file on the disk."""

    id: int
    conversation_id: int
    wa_id: str  # message it came with
    kind: str  # audio, image, document
    mime_type: str  # as WhatsApp says
    name: str  # a document's, as its sender called it; "" for others
    sha256: str
    size_bytes: int
    created_at: int  # ms
    path: Path


class Incoming:
    """A file while it comes in."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.size_bytes = 0
        self._file = file
        self._sum = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of what is there, hex."""
        return self._sum.hexdigest()

    async def write(self, chunk: bytes) -> None:
        """Add to the end. Raises OSError, as for a full disk."""
        await asyncio.to_thread(self._write, chunk)

    async def flush(self) -> None:
        """On the disk, whatever happens next. Raises OSError."""
        await asyncio.to_thread(self._flush)

    def _write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._sum.update(chunk)
        self.size_bytes += len(chunk)

    def _flush(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


class MediaStore:
    """What was sent to us, up to a quota; the oldest files make room for new ones."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        quota_bytes: int,
        keep_ms: Mapping[str, int] | None = None,
    ) -> None:
        """`keep_ms` by kind: older files of it go at the next `sweep`, once they are answered."""
        self._db = database
        self._keep_ms = keep_ms or {}
        self._folder = folder
        self._quota_bytes = quota_bytes
        self._looked = False  # for files that a crash left without a row

    @contextlib.asynccontextmanager
    async def incoming(self) -> AsyncIterator[Incoming]:
        """A new file, gone at the end unless it was kept. Raises OSError."""
        path, file = await asyncio.to_thread(self._open)
        try:
            yield Incoming(path, file)
        finally:
            file.close()
            path.unlink(missing_ok=True)

    async def keep(
        self, incoming: Incoming, *, wa_id: str, kind: str, mime_type: str, name: str = ""
    ) -> MediaFile | None:
        """Keep a file that is all there; None when its message was deleted meanwhile.

        What goes over the quota then goes at the next `sweep`, the oldest files first.
        """
        await incoming.flush()
        path = self._path(incoming.sha256)

        def job(db: sqlite3.Connection) -> MediaFile | None:
            owner = inbox.awaits_file(db, wa_id)
            if owner is None:
                return None
            row = db.execute(
                "INSERT INTO media (conversation_id, wa_id, kind, mime_type, name, sha256,"
                " size_bytes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (wa_id) DO UPDATE SET sha256 = excluded.sha256,"
                " size_bytes = excluded.size_bytes RETURNING *",
                (
                    owner, wa_id, kind, mime_type, name,
                    incoming.sha256, incoming.size_bytes, now_ms(),
                ),
            ).fetchone()  # fmt: skip
            _evict(db, row["id"], self._quota_bytes)
            _move(incoming.path, path)
            return self._file(row)

        return await self._db.write("media.keep", job)

    async def of_message(self, wa_id: str) -> MediaFile | None:
        """The file of a message; None when it has none, or none any more."""

        def job(db: sqlite3.Connection) -> MediaFile | None:
            row = db.execute("SELECT * FROM media WHERE wa_id = ?", (wa_id,)).fetchone()
            return self._file(row) if row else None

        file = await self._db.read(job)
        return file if file and file.path.is_file() else None

    async def newest(self, sender: str, kind: str, *, since: int) -> MediaFile | None:
        """The last file of a kind that a sender (thread id) sent, if it came after `since` (ms)."""

        def job(db: sqlite3.Connection) -> MediaFile | None:
            row = db.execute(
                "SELECT media.* FROM media JOIN conversations AS owner"
                " ON owner.id = media.conversation_id"
                " WHERE owner.thread_id = ? AND media.kind = ? AND media.created_at > ?"
                " ORDER BY media.id DESC LIMIT 1",
                (sender, kind, since),
            ).fetchone()
            return self._file(row) if row else None

        file = await self._db.read(job)
        return file if file and file.path.is_file() else None

    async def sweep(self) -> bool:
        """Delete the files that are too old or that no row names any more. Whether there was any.

        The first time also those that never had one: a crash came between the two.
        """
        if not self._looked:
            await self._find_lost()
            self._looked = True
        past = [(kind, now_ms() - keep_ms) for kind, keep_ms in self._keep_ms.items()]
        if not await self._db.read(lambda db: _has_gone(db, past)):
            return False

        def job(db: sqlite3.Connection) -> None:
            db.executemany(f"DELETE FROM media WHERE {_PAST}", past)  # noqa: S608 - a constant
            for row in db.execute(
                "SELECT sha256 FROM media_gone WHERE sha256 NOT IN (SELECT sha256 FROM media)"
            ):
                self._path(row["sha256"]).unlink(missing_ok=True)
            db.execute("DELETE FROM media_gone")

        await self._db.write("media.sweep", job)
        return True

    async def clean(self) -> None:
        """Once at the start, before anything comes in: what a crash left half written goes."""
        await asyncio.to_thread(shutil.rmtree, self._folder / INCOMING, ignore_errors=True)

    async def _find_lost(self) -> None:
        found = await asyncio.to_thread(lambda: [path.name for path in self._folder.glob("??/*")])
        known = await self._db.read(
            lambda db: {row["sha256"] for row in db.execute("SELECT sha256 FROM media")}
        )
        lost = [(name,) for name in found if name not in known]
        if lost:
            insert = "INSERT OR IGNORE INTO media_gone VALUES (?)"
            await self._db.write("media.lost", lambda db: db.executemany(insert, lost))

    def _open(self) -> tuple[Path, BinaryIO]:
        folder = self._folder / INCOMING
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=folder)  # mode 600
        return Path(name), os.fdopen(number, "wb")

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _file(self, row: sqlite3.Row) -> MediaFile:
        return MediaFile(**row, path=self._path(row["sha256"]))


def forget_said(db: sqlite3.Connection, conversation_id: int) -> None:
    """The conversation is deleted: so is what was said in it. Documents are kept as notes are."""
    db.execute(
        "DELETE FROM media WHERE conversation_id = ? AND kind <> 'document' AND wa_id IN"
        " (SELECT wa_id FROM inbox WHERE conversation_id = ? AND state = 'done')",
        (conversation_id, conversation_id),
    )


def forget_message(db: sqlite3.Connection, conversation_id: int, wa_id: str) -> None:
    """A message of theirs is deleted, and its file with it."""
    db.execute(
        "DELETE FROM media WHERE conversation_id = ? AND wa_id = ?", (conversation_id, wa_id)
    )


def _evict(db: sqlite3.Connection, newest: int, quota_bytes: int) -> None:
    """The oldest rows go until the rest fits. What a turn has still to read stays, and so does the
    newest, however large they are."""
    left = quota_bytes
    kept: set[str] = set()
    rows = db.execute(
        "SELECT id, sha256, size_bytes, wa_id IN (SELECT wa_id FROM inbox WHERE state <> 'done'"
        " AND heard IS NULL) AS is_unread FROM media ORDER BY id DESC"
    ).fetchall()
    for row in rows:
        left -= 0 if row["sha256"] in kept else row["size_bytes"]
        if left < 0 and row["id"] != newest and not row["is_unread"]:
            db.execute("DELETE FROM media WHERE id = ?", (row["id"],))
        else:
            kept.add(row["sha256"])


def _has_gone(db: sqlite3.Connection, past: Sequence[tuple[str, int]]) -> bool:
    found = [db.execute("SELECT 1 FROM media_gone LIMIT 1").fetchone()]
    query = f"SELECT 1 FROM media WHERE {_PAST} LIMIT 1"  # noqa: S608 - a constant
    return any([*found, *(db.execute(query, one).fetchone() for one in past)])


def _move(source: Path, target: Path) -> None:
    """One step, on the disk when it returns. The same bytes may lie there already."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
