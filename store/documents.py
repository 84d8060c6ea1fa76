"""Documents that the owner sent, in passages found by their words and by their meaning."""

import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from store import fulltext, inbox, vectors
from store.clock import from_ms, now_ms
from store.database import Database
from store.errors import DocumentsFull
from store.media import MediaFile

MAX_DOCUMENTS = 200  # of a person
MAX_PASSAGES = 2_500  # of a document, some 500 pages
MAX_PASSAGES_OF_ALL = 20_000  # of a person: all of them are compared with each question
MAX_WORDS = 40  # that are looked up
# Not "IS NOT :model", nor in the order of plain ids: either would read every passage.
WITHOUT_VECTOR = (
    "(c.embed_model IS NULL OR c.embed_model < :model OR c.embed_model > :model) ORDER BY +c.id"
)
SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\n")
MAX_SENTENCES = 24  # of a passage that are looked at one by one
TITLE_WEIGHT = 0.5  # of a word in the name or a heading: each passage under it has it, too


class Passage(NamedTuple):
    """A stretch of a document."""

    place: str  # page, slide, sheet or headings; "" where there is none
    content: str


@dataclass(frozen=True)
class Document:
    """A document as the owner knows it."""

    id: int
    name: str
    kind: str  # pdf, docx, xlsx, pptx, txt, md, csv, html
    pages: int  # or sheets, or slides; 0: its kind has none
    cut: bool  # there was more than is kept
    created_at: datetime  # aware UTC
    source: str = ""  # WhatsApp id of the newest message that brought it


@dataclass(frozen=True)
class Kept:
    """What became of a file."""

    document: Document
    known: bool  # it was there already


@dataclass(frozen=True)
class Found:
    """A passage, and where it stands."""

    id: int
    document: int  # its id
    name: str  # of the document
    kind: str
    place: str
    title: str
    content: str
    near: float = field(default=0.0, compare=False)  # cosine with the question, where asked by it

    @property
    def sentences(self) -> Sequence[str]:
        """It in sentences or lines, each with what it is about; one at least."""
        own = filter(None, map(str.strip, SENTENCE_END.split(self.content)))
        return [f"{self.title}: {one}" for one in islice(own, MAX_SENTENCES)] or [self.title]

    @property
    def whole(self) -> str:
        """What its vector is made of: a passage alone seldom says what it is about."""
        return f"{self.title}\n{self.content}"


class DocumentStore:
    """Documents of each sender, oldest first."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(
        self,
        file: MediaFile,
        *,
        kind: str,
        pages: int,
        cut: bool,
        passages: Iterable[Passage],
    ) -> Kept | None:
        """Keep a document, once; None when its message was deleted meanwhile.

        Raises DocumentsFull where there is no room for it.
        """
        kept = list(islice(passages, MAX_PASSAGES + 1))
        cut = cut or len(kept) > MAX_PASSAGES

        def job(db: sqlite3.Connection) -> Kept | None:
            if inbox.awaits_file(db, file.wa_id) is None:
                return None
            if known := _known(db, file):
                return known
            if not _has_room(db, file.conversation_id, len(kept)):
                raise DocumentsFull
            row = db.execute(
                "INSERT INTO documents (conversation_id, name, kind, pages, sha256, source, cut,"
                " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
                (
                    file.conversation_id, file.name, kind, pages,
                    file.sha256, file.wa_id, int(cut), now_ms(),
                ),
            ).fetchone()  # fmt: skip
            _add_passages(db, row, kept[:MAX_PASSAGES])
            return Kept(_document(row), known=False)

        return await self._db.write("documents.add", job)

    async def all(self, sender: str) -> Sequence[Document]:
        """What is kept."""
        return await self._db.read(
            lambda db: [
                _document(row)
                for row in db.execute(
                    f"SELECT * FROM documents d WHERE {_OWN} ORDER BY d.id",  # noqa: S608 - constants
                    {"sender": sender},
                )
            ]
        )

    async def with_words(
        self, sender: str, words: Collection[str], *, limit: int
    ) -> Sequence[Found]:
        """Passages with one of these words, in any form, the rarer words first."""
        wanted = [fulltext.any_ending(word) for word in sorted(words)[:MAX_WORDS]]
        if not wanted:
            return []
        return await self._db.read(
            lambda db: _select(
                db,
                f"{_OWN} AND chunks_fts MATCH :query"
                " ORDER BY bm25(chunks_fts, :weight, 1.0), c.id LIMIT :limit",
                source="chunks_fts f JOIN chunks c ON c.id = f.rowid",
                sender=sender,
                query=" OR ".join(wanted),
                weight=TITLE_WEIGHT,
                limit=limit,
            )
        )

    async def nearest(
        self, sender: str, vector: Sequence[float], model: str, *, limit: int
    ) -> Sequence[Found]:
        """Passages by meaning, the nearest first; only those with a vector of the same model."""
        return await self._db.read(
            lambda db: _select(
                db,
                f"{_OWN} AND c.embed_model = :model ORDER BY near DESC, c.id LIMIT :limit",
                near="ifnull(1 - vec_distance_cosine(c.embedding, :vector), -1)",
                sender=sender,
                model=model,
                vector=vectors.pack(vector),
                limit=limit,
            )
        )

    async def beginning(self, document: Document, *, limit: int) -> Sequence[Found]:
        """Its first passages, in their order."""
        return await self._db.read(
            lambda db: _select(
                db,
                "d.id = :id AND d.deleted_in IS NULL ORDER BY c.position LIMIT :limit",
                id=document.id,
                limit=limit,
            )
        )

    async def delete(self, document: Document, *, turn: str) -> bool:
        """Delete it, its passages and its file for good; False when it is not there.

        It is kept out of sight until the turn ends (`drop_deleted`), so that a turn that a crash
        makes run twice finds what it deleted (`deleted_by`).
        """

        def job(db: sqlite3.Connection) -> bool:
            change = "UPDATE documents SET deleted_in = ? WHERE id = ? AND deleted_in IS NULL"
            return db.execute(change, (turn, document.id)).rowcount == 1

        return await self._db.write("documents.delete", job)

    async def deleted_by(self, sender: str, turn: str) -> Document | None:
        """What this turn has deleted already."""
        owner = "(SELECT id FROM conversations WHERE thread_id = ?)"
        query = f"SELECT * FROM documents WHERE conversation_id = {owner} AND deleted_in = ?"  # noqa: S608 - constants
        row = await self._db.read(lambda db: db.execute(query, (sender, turn)).fetchone())
        return _document(row) if row else None

    async def without_vector(self, model: str, *, limit: int) -> Sequence[Found]:
        """Passages of anybody that have no vector of this model, in the order they came."""
        return await self._db.read(
            lambda db: _select(
                db,
                f"{WITHOUT_VECTOR} LIMIT :limit",
                model=model,
                limit=limit,
            )
        )

    async def set_vectors(self, model: str, found: Mapping[int, Sequence[float]]) -> None:
        """Keep the vectors of passages (by id)."""
        rows = [(vectors.pack(vector), model, key) for key, vector in found.items()]
        change = "UPDATE chunks SET embedding = ?, embed_model = ? WHERE id = ?"
        await self._db.write(
            "documents.set_vectors", lambda db: db.executemany(change, rows) and None
        )


def drop_deleted(db: sqlite3.Connection, turn: str) -> None:
    """The turn has ended: what it deleted goes for good."""
    _drop(db, "deleted_in = ?", turn)


def forget_message(db: sqlite3.Connection, conversation_id: int, wa_id: str) -> None:
    """A message of theirs is deleted, and the document that it brought, unless another brought it,
    too."""
    db.execute(
        "UPDATE documents SET source = other.wa_id FROM"
        " (SELECT wa_id, sha256 FROM media WHERE conversation_id = :owner AND wa_id <> :gone"
        " ORDER BY id) AS other"
        " WHERE conversation_id = :owner AND source = :gone AND other.sha256 = documents.sha256",
        {"owner": conversation_id, "gone": wa_id},
    )
    _drop(db, "conversation_id = ? AND source = ?", conversation_id, wa_id)


def _drop(db: sqlite3.Connection, condition: str, *values: object) -> None:
    gone = db.execute(
        f"DELETE FROM documents WHERE {condition} RETURNING conversation_id, sha256, source",  # noqa: S608 - constants
        values,
    ).fetchall()
    for row in gone:
        same = (row["conversation_id"], row["sha256"])
        # The beginning of it stands beside each message that brought it; its file may be gone.
        db.execute(
            "UPDATE inbox SET heard = '' WHERE wa_id = ? OR wa_id IN"
            " (SELECT wa_id FROM media WHERE conversation_id = ? AND sha256 = ?)",
            (row["source"], *same),
        )
        db.execute("DELETE FROM media WHERE conversation_id = ? AND sha256 = ?", same)
    if gone:
        fulltext.rebuild(db, "chunks")


_OWN = (
    "d.conversation_id = (SELECT id FROM conversations WHERE thread_id = :sender)"
    " AND d.deleted_in IS NULL"
)


def _known(db: sqlite3.Connection, file: MediaFile) -> Kept | None:
    row = db.execute(
        "UPDATE documents SET source = ? WHERE conversation_id = ? AND sha256 = ? RETURNING *",
        (file.wa_id, file.conversation_id, file.sha256),
    ).fetchone()
    return Kept(_document(row), known=True) if row else None


def _has_room(db: sqlite3.Connection, owner: int, passages: int) -> bool:
    row = db.execute(
        "SELECT (SELECT count(*) FROM documents WHERE conversation_id = :owner) AS documents,"
        " (SELECT count(*) FROM chunks WHERE conversation_id = :owner) AS passages",
        {"owner": owner},
    ).fetchone()
    within = (row["documents"] < MAX_DOCUMENTS, row["passages"] + passages <= MAX_PASSAGES_OF_ALL)
    return all(within)


def _add_passages(
    db: sqlite3.Connection, document: sqlite3.Row, passages: Sequence[Passage]
) -> None:
    stem = document["name"].rpartition(".")[0] or document["name"]
    # Numbers of pages and slides say nothing about what stands there.
    titles = [
        stem if one.place.isdigit() or not one.place else f"{stem}: {one.place}" for one in passages
    ]
    db.executemany(
        "INSERT INTO chunks (conversation_id, document_id, position, place, title, content)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (document["conversation_id"], document["id"], position, one.place, title, one.content)
            for position, (one, title) in enumerate(zip(passages, titles, strict=True))
        ],
    )


def _select(
    db: sqlite3.Connection,
    condition: str,
    *,
    source: str = "chunks c",
    near: str = "0.0",
    **values: object,
) -> list[Found]:
    rows = db.execute(
        "SELECT c.id, d.id AS document, d.name, d.kind, c.place, c.title, c.content,"  # noqa: S608 - constants
        f" {near} AS near FROM {source} JOIN documents d ON d.id = c.document_id WHERE {condition}",
        values,
    )
    return [Found(**row) for row in rows]


def _document(row: sqlite3.Row) -> Document:
    return Document(
        row["id"],
        row["name"],
        row["kind"],
        row["pages"],
        bool(row["cut"]),
        from_ms(row["created_at"]),
        row["source"],
    )
