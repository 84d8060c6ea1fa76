"""What the owner asked to remember: facts, what took their place, and how they are found."""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store import conversations, fulltext, undo, vectors
from store.clock import from_ms, now_ms
from store.database import Database

# A word that few of the memories hold tells them apart; "mi" and "se llama" do not.
RARE_SHARE = 0.05  # of the owner's memories
RARE_MIN = 2  # memories, in a small collection
MAX_WORDS = 40  # that are looked up


@dataclass(frozen=True)
class Memory:
    """One fact in the owner's own words."""

    id: int
    content: str
    created_at: datetime  # aware UTC
    category: str = ""
    source: str = ""  # WhatsApp id of the message it came from
    superseded_at: datetime | None = None  # when another took its place


@dataclass(frozen=True)
class Fact:
    """What is to be kept; tools.facts reads the rest off the content."""

    content: str
    category: str = ""
    slot: str = ""  # memories with the same slot exclude each other when `replaces` says so
    replaces: bool = False
    says: Callable[[str], bool] | None = None  # whether a memory's content says just this


@dataclass(frozen=True)
class Kept:
    """What became of a fact."""

    memory: Memory
    known: bool = False  # it was there already
    replaced: tuple[Memory, ...] = ()


_COLUMNS = "m.id, m.content, m.created_at, m.category, m.source, m.superseded_at"
_OWN = "m.conversation_id = (SELECT id FROM conversations WHERE thread_id = :sender)"
_RECALLED = f"{_OWN} AND m.active = 1"


class MemoryStore:
    """Memories of each sender, oldest first."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def keep(self, sender: str, fact: Fact, *, source: str = "") -> Kept:
        """Keep a fact; `source` is the WhatsApp id it came from. The same source is kept once."""
        return await self._db.write("memories.add", lambda db: _keep(db, sender, fact, source))

    async def add(self, sender: str, content: str, *, source: str = "") -> Memory:
        """Keep a sentence about which nothing is known."""
        return (await self.keep(sender, Fact(content), source=source)).memory

    async def all(self, sender: str) -> Sequence[Memory]:
        """Everything remembered about a sender, without what was superseded."""
        return await self._db.read(
            lambda db: _select(db, f"{_RECALLED} ORDER BY m.id", sender=sender)
        )

    async def nearest(
        self, sender: str, vector: Sequence[float], model: str, *, limit: int
    ) -> Sequence[Memory]:
        """By meaning, the nearest first; only those with a vector of the same model."""
        return await self._db.read(
            lambda db: _select(
                db,
                f"{_RECALLED} AND m.embed_model = :model"
                " ORDER BY vec_distance_cosine(m.embedding, :vector), m.id DESC LIMIT :limit",
                sender=sender,
                model=model,
                vector=vectors.pack(vector),
                limit=limit,
            )
        )

    async def with_rare_words(
        self, sender: str, words: Collection[str], *, limit: int
    ) -> Sequence[Memory]:
        """Those that hold a word, in any form, which few others hold; the most of them first."""
        return await self._db.read(lambda db: _with_rare_words(db, sender, words, limit))

    async def forget(self, sender: str, memory_id: int, *, turn: str = "") -> bool:
        """Delete one memory for good; False when it is not there.

        With `turn` it is kept out of sight until that turn ends (`drop_forgotten`), so that a turn
        that a crash makes run twice finds what it deleted (`forgotten`).
        """
        return await self._db.write(
            "memories.forget", lambda db: _forget(db, sender, memory_id, turn)
        )

    async def forgotten(self, sender: str, *, turn: str) -> Memory | None:
        """What this turn has deleted already."""
        found = await self._db.read(
            lambda db: _select(db, f"{_OWN} AND m.forgotten_in = :turn", sender=sender, turn=turn)
        )
        return found[0] if found and turn else None

    async def without_vector(self, model: str, *, limit: int) -> Sequence[Memory]:
        """Memories of anybody that have no vector of this model, the newest first."""
        return await self._db.read(
            lambda db: _select(
                db,
                "m.active = 1 AND m.embed_model IS NOT :model ORDER BY m.id DESC LIMIT :limit",
                model=model,
                limit=limit,
            )
        )

    async def set_vectors(self, model: str, found: Mapping[int, Sequence[float]]) -> None:
        """Keep the vectors of memories (by id)."""
        rows = [(vectors.pack(vector), model, key) for key, vector in found.items()]
        await self._db.write(
            "memories.set_vectors",
            lambda db: (
                db.executemany(
                    "UPDATE memories SET embedding = ?, embed_model = ? WHERE id = ?", rows
                )
                and None
            ),
        )


def drop_forgotten(db: sqlite3.Connection, turn: str) -> list[Memory]:
    """The turn has ended: what it deleted goes for good. What it was."""
    gone = _select(db, "m.forgotten_in = :turn", turn=turn)
    for memory in gone:
        _erase(db, memory.id)
    if gone:
        fulltext.rebuild(db, "memories")
    return gone


def _erase(db: sqlite3.Connection, memory_id: int) -> None:
    for one in _line(db, memory_id):
        db.execute("DELETE FROM memories WHERE id = ?", (one,))


def _line(db: sqlite3.Connection, memory_id: int) -> list[int]:
    """A memory and those it took the place of: who forgets it means all of them."""
    rows = db.execute(
        "WITH RECURSIVE line (id) AS (SELECT :id UNION SELECT m.id FROM memories m"
        " JOIN line ON m.superseded_by = line.id) SELECT id FROM line",
        {"id": memory_id},
    )
    return [row["id"] for row in rows]


def _select(db: sqlite3.Connection, condition: str, **values: object) -> list[Memory]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM memories m WHERE {condition}", values)  # noqa: S608 - constants
    return [_memory(row) for row in rows]


def _keep(db: sqlite3.Connection, sender: str, fact: Fact, source: str) -> Kept:
    owner = conversations.ensure_thread(db, sender)
    # A turn that a crash made run twice must not remember twice.
    again = _select(
        db,
        f"{_RECALLED} AND m.source = :source AND m.source <> '' AND m.content = :content",
        sender=sender,
        source=source,
        content=fact.content,
    )
    if again:
        return Kept(again[0], replaced=tuple(_replaced_by(db, again[0].id)))
    present = _select(db, f"{_RECALLED} ORDER BY m.id", sender=sender)
    now = now_ms()
    for memory in present:
        if memory.content == fact.content or (fact.says and fact.says(memory.content)):
            db.execute("UPDATE memories SET updated_at = ? WHERE id = ?", (now, memory.id))
            return Kept(memory, known=True)
    row = db.execute(
        "INSERT INTO memories (conversation_id, content, category, slot, source, created_at,"
        " updated_at) VALUES (:owner, :content, :category, :slot, :source, :now, :now)"
        " RETURNING id",
        {
            "owner": owner,
            "content": fact.content,
            "category": fact.category,
            "slot": fact.slot,
            "source": source,
            "now": now,
        },
    ).fetchone()
    undo.note(db, owner, "memories", row["id"], source=_write(row["id"]), before=None)
    if fact.slot and fact.replaces:
        _supersede(db, owner, fact.slot, row["id"])
    kept = _select(db, "m.id = :id", id=row["id"])[0]
    return Kept(kept, replaced=tuple(_replaced_by(db, kept.id)))


def _supersede(db: sqlite3.Connection, owner: int, slot: str, by: int) -> None:
    """What fills the same slot is no longer recalled."""
    old = db.execute(
        "SELECT id FROM memories WHERE conversation_id = ? AND active = 1 AND slot = ? AND id <> ?",
        (owner, slot, by),
    ).fetchall()
    for one in old:
        before = undo.row(db, "memories", one["id"])
        undo.note(db, owner, "memories", one["id"], source=_write(by), before=before)
        db.execute(
            "UPDATE memories SET active = 0, superseded_by = ?, superseded_at = ? WHERE id = ?",
            (by, now_ms(), one["id"]),
        )


def _write(memory_id: int) -> str:
    """What /undo knows the keeping of a memory by, with all that it superseded."""
    return f"memories:{memory_id}"


def _replaced_by(db: sqlite3.Connection, memory_id: int) -> list[Memory]:
    return _select(db, "m.superseded_by = :id ORDER BY m.id", id=memory_id)


def _with_rare_words(
    db: sqlite3.Connection, sender: str, words: Collection[str], limit: int
) -> list[Memory]:
    known = {memory.id: memory for memory in _select(db, _RECALLED, sender=sender)}
    rare = max(RARE_MIN, int(RARE_SHARE * len(known)))
    score = dict.fromkeys(known, 0.0)
    for word in sorted(words)[:MAX_WORDS]:
        hits = {
            row["rowid"]
            for row in db.execute(
                "SELECT rowid FROM memories_fts WHERE memories_fts MATCH ?",
                (fulltext.any_ending(word),),
            )
        } & known.keys()
        if len(hits) <= rare:
            for hit in hits:
                score[hit] += 1 / len(hits)
    found = sorted((key for key in known if score[key]), key=lambda key: (-score[key], -key))
    return [known[key] for key in found[:limit]]


def _forget(db: sqlite3.Connection, sender: str, memory_id: int, turn: str) -> bool:
    cursor = db.execute(
        "UPDATE memories AS m SET active = 0, forgotten_in = :turn"  # noqa: S608 - constants
        " WHERE m.id = :id AND " + _RECALLED,
        {"turn": turn, "id": memory_id, "sender": sender},
    )
    if not cursor.rowcount:
        return False
    # /undo must neither bring it back nor go past it without a word.
    for one in _line(db, memory_id):
        undo.forget_write(db, _write(one))
        undo.forget_row(db, "memories", one)
    owner = conversations.ensure_thread(db, sender)
    undo.note(db, owner, "memories", memory_id, source=f"forgotten:{memory_id}", before=None)
    if not turn:
        _erase(db, memory_id)
        fulltext.rebuild(db, "memories")
    return True


def _memory(row: sqlite3.Row) -> Memory:
    ended = row["superseded_at"]
    return Memory(
        row["id"],
        row["content"],
        from_ms(row["created_at"]),
        row["category"] or "",
        row["source"],
        from_ms(ended) if ended else None,
    )
