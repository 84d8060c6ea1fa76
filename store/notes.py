"""What the owner asked to write down, found by its words and by its meaning."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import conversations, fulltext, undo, vectors
from store.clock import from_ms, now_ms
from store.database import Database

MAX_WORDS = 40  # that are looked up


@dataclass(frozen=True)
class Note:
    """One note."""

    id: int
    content: str
    created_at: datetime  # aware UTC


class NoteStore:
    """Notes of each sender, oldest first."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, sender: str, content: str, *, source: str) -> Note:
        """Keep a note, once for each `source` (tool call or turn)."""
        return await self._db.write("notes.add", lambda db: _add(db, sender, content, source))

    async def all(self, sender: str) -> Sequence[Note]:
        """Everything written down."""
        return await self._db.read(lambda db: _select(db, f"{_OWN} ORDER BY n.id", sender=sender))

    async def with_words(
        self, sender: str, words: Collection[str], *, limit: int
    ) -> Sequence[Note]:
        """Those with one of these words, in any form, the rarer words first."""
        wanted = [fulltext.any_ending(word) for word in sorted(words)[:MAX_WORDS]]
        if not wanted:
            return []
        return await self._db.read(
            lambda db: _select(
                db,
                f"{_OWN} AND f.notes_fts MATCH :query ORDER BY bm25(notes_fts), n.id DESC"
                " LIMIT :limit",
                source="notes_fts f JOIN notes n ON n.id = f.rowid",
                sender=sender,
                query=" OR ".join(wanted),
                limit=limit,
            )
        )

    async def nearest(
        self, sender: str, vector: Sequence[float], model: str, *, limit: int
    ) -> Sequence[Note]:
        """By meaning, the nearest first; only those with a vector of the same model."""
        return await self._db.read(
            lambda db: _select(
                db,
                f"{_OWN} AND n.embed_model = :model"
                " ORDER BY vec_distance_cosine(n.embedding, :vector), n.id DESC LIMIT :limit",
                sender=sender,
                model=model,
                vector=vectors.pack(vector),
                limit=limit,
            )
        )

    async def change(self, note: Note, content: str, *, source: str) -> Note | None:
        """Other words for a note; None when it is no longer there."""

        def job(db: sqlite3.Connection) -> Note | None:
            if not _note_change(db, note, source):
                return None
            db.execute(
                "UPDATE notes SET content = ?, embedding = NULL, embed_model = NULL WHERE id = ?",
                (content, note.id),
            )
            fulltext.rebuild(db, "notes")
            return _select(db, "n.id = :id", id=note.id)[0]

        return await self._db.write("notes.change", job)

    async def delete(self, note: Note, *, source: str) -> bool:
        """Delete a note; False when it is no longer there."""

        def job(db: sqlite3.Connection) -> bool:
            if not _note_change(db, note, source):
                return False
            db.execute("DELETE FROM notes WHERE id = ?", (note.id,))
            fulltext.rebuild(db, "notes")
            return True

        return await self._db.write("notes.change", job)

    async def changed_by(self, sender: str, source: str) -> Note | None:
        """The note that this tool call or turn has changed or deleted already."""

        def job(db: sqlite3.Connection) -> Note | None:
            rows = undo.changed_by(db, conversations.id_of_thread(db, sender), "notes", source)
            return _note(rows[0]) if rows else None

        return await self._db.read(job)

    async def without_vector(self, model: str, *, limit: int) -> Sequence[Note]:
        """Notes of anybody that have no vector of this model, the newest first."""
        return await self._db.read(
            lambda db: _select(
                db,
                "n.embed_model IS NOT :model ORDER BY n.id DESC LIMIT :limit",
                model=model,
                limit=limit,
            )
        )

    async def set_vectors(self, model: str, found: Mapping[Note, Sequence[float]]) -> None:
        """Keep the vectors of notes that still say the same."""
        rows = [(vectors.pack(one), model, note.id, note.content) for note, one in found.items()]
        change = "UPDATE notes SET embedding = ?, embed_model = ? WHERE id = ? AND content = ?"
        await self._db.write("notes.set_vectors", lambda db: db.executemany(change, rows) and None)


_OWN = "n.conversation_id = (SELECT id FROM conversations WHERE thread_id = :sender)"


def _select(
    db: sqlite3.Connection, condition: str, *, source: str = "notes n", **values: object
) -> list[Note]:
    rows = db.execute(
        f"SELECT n.id, n.content, n.created_at FROM {source} WHERE {condition}",  # noqa: S608 - constants
        values,
    )
    return [_note(row) for row in rows]


def _add(db: sqlite3.Connection, sender: str, content: str, source: str) -> Note:
    owner = conversations.ensure_thread(db, sender)
    known = _select(db, f"{_OWN} AND n.source = :by AND :by <> ''", sender=sender, by=source)
    if known:
        return known[0]
    row = db.execute(
        "INSERT INTO notes (conversation_id, content, source, created_at) VALUES (?, ?, ?, ?)"
        " RETURNING id, content, created_at",
        (owner, content, source, now_ms()),
    ).fetchone()
    undo.note(db, owner, "notes", row["id"], source=source, before=None)
    return _note(row)


def _note_change(db: sqlite3.Connection, note: Note, source: str) -> bool:
    """Keep a note for /undo; False when it is not there."""
    before = undo.row(db, "notes", note.id)
    if before is None:
        return False
    undo.note(db, before["conversation_id"], "notes", note.id, source=source, before=before)
    return True


def _note(row: sqlite3.Row | Mapping[str, Any]) -> Note:
    return Note(row["id"], row["content"], from_ms(row["created_at"]))
