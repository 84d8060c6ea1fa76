"""The owner's lists and what stands on them. What changes together is one entry for /undo."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from store import conversations, undo
from store.clock import now_ms
from store.database import Database
from store.undo import Row


@dataclass(frozen=True)
class Item:
    """One thing on a list."""

    id: int
    number: int  # in its list; stays the same when another one goes
    text: str
    ticked: bool


@dataclass(frozen=True)
class Checklist:
    """A list, or those of its items that something is about."""

    id: int
    name: str  # as first typed
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Added:
    """What became of things that were to stand on a list."""

    checklist: Checklist  # with the items that are new on it, or no longer ticked
    is_new: bool  # the list
    known: tuple[Item, ...]  # that stood on it already


class ListStore:
    """Lists of each sender, oldest first."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def all(self, sender: str) -> Sequence[Checklist]:
        """Every list, whole."""
        return await self._db.read(lambda db: _all(db, conversations.id_of_thread(db, sender)))

    async def add(
        self,
        sender: str,
        name: str,
        texts: Sequence[str],
        *,
        key: Callable[[str], str],
        source: str,
    ) -> Added:
        """Put things on a list, which is made if there is none of that name.

        Names and things are the same when `key` says so. A ticked one is to be done again. What
        `source` (tool call or turn) has done it does not do twice.
        """
        return await self._db.write(
            "lists.add", lambda db: _add(db, sender, name, texts, key, source)
        )

    async def tick(
        self, sender: str, items: Iterable[Item], *, ticked: bool, source: str
    ) -> Sequence[Checklist]:
        """Tick items or take the tick off, once for each `source`; those that were there."""
        change = "UPDATE list_items SET ticked_at = :now WHERE id = :id"
        now = now_ms() if ticked else None
        return await self._db.write(
            "lists.change", lambda db: _change(db, sender, items, change, {"now": now}, source)
        )

    async def remove(
        self, sender: str, items: Iterable[Item], *, source: str
    ) -> Sequence[Checklist]:
        """Take items off their lists, once for each `source`; those that were there."""
        change = "DELETE FROM list_items WHERE id = :id"
        return await self._db.write(
            "lists.change", lambda db: _change(db, sender, items, change, {}, source)
        )

    async def delete(self, sender: str, checklist: Checklist, *, source: str) -> bool:
        """Delete a list with all that stands on it; False when it is no longer there."""
        return await self._db.write(
            "lists.change", lambda db: _delete(db, sender, checklist, source)
        )

    async def changed_by(self, sender: str, source: str) -> Sequence[Checklist]:
        """What this tool call or turn has changed already: lists with those of their items."""
        return await self._db.read(
            lambda db: _changed(db, conversations.id_of_thread(db, sender), source)
        )


def _all(db: sqlite3.Connection, owner: int | None) -> list[Checklist]:
    lists = db.execute("SELECT * FROM lists WHERE conversation_id = ? ORDER BY id", (owner,))
    items = db.execute("SELECT * FROM list_items WHERE conversation_id = ?", (owner,))
    return _composed(lists.fetchall(), items.fetchall())


def _composed(lists: Iterable[Row], items: Iterable[Row]) -> list[Checklist]:
    of_list: dict[int, list[Item]] = {one["id"]: [] for one in lists}
    for row in items:
        of_list[row["list_id"]].append(_item(row))
    return [
        Checklist(one["id"], one["name"], tuple(sorted(of_list[one["id"]], key=lambda i: i.number)))
        for one in lists
    ]


def _changed(db: sqlite3.Connection, owner: int | None, source: str) -> list[Checklist]:
    items = undo.changed_by(db, owner, "list_items", source)
    lists = {row["id"]: row for row in undo.changed_by(db, owner, "lists", source)}
    for list_id in {row["list_id"] for row in items} - lists.keys():
        if (row := undo.row(db, "lists", list_id)) is not None:
            lists[list_id] = row
    return _composed(
        [lists[key] for key in sorted(lists)], [row for row in items if row["list_id"] in lists]
    )


def _add(
    db: sqlite3.Connection,
    sender: str,
    name: str,
    texts: Sequence[str],
    key: Callable[[str], str],
    source: str,
) -> Added:
    owner = conversations.ensure_thread(db, sender)
    before = _changed(db, owner, source)
    found = next((one for one in _all(db, owner) if key(one.name) == key(name)), None)
    checklist = found or _new_list(db, owner, name, source)
    present = {key(item.text): item for item in checklist.items}
    done = {item.id: item for one in before for item in one.items}
    known: dict[int, Item] = {}
    for text in texts:
        item = present.get(key(text))
        if item is None:
            item = _new_item(db, owner, checklist.id, text, source)
        elif item.ticked:
            item = _untick(db, owner, item, source)
        elif item.id not in done:
            known[item.id] = item
            continue
        present[key(text)] = done[item.id] = item
    return Added(
        Checklist(checklist.id, checklist.name, tuple(done.values())),
        _is_new(db, owner, checklist, source),
        tuple(known.values()),
    )


def _new_list(db: sqlite3.Connection, owner: int, name: str, source: str) -> Checklist:
    row = db.execute(
        "INSERT INTO lists (conversation_id, name, created_at) VALUES (?, ?, ?) RETURNING id",
        (owner, name, now_ms()),
    ).fetchone()
    undo.note(db, owner, "lists", row["id"], source=source, before=None)
    return Checklist(row["id"], name, ())


def _is_new(db: sqlite3.Connection, owner: int, checklist: Checklist, source: str) -> bool:
    return any(row["id"] == checklist.id for row in undo.changed_by(db, owner, "lists", source))


def _new_item(db: sqlite3.Connection, owner: int, list_id: int, text: str, source: str) -> Item:
    row = db.execute(
        "INSERT INTO list_items (conversation_id, list_id, number, text, created_at)"
        " VALUES (:owner, :list, (SELECT coalesce(max(number), 0) + 1 FROM list_items"
        " WHERE list_id = :list), :text, :now) RETURNING *",
        {"owner": owner, "list": list_id, "text": text, "now": now_ms()},
    ).fetchone()
    undo.note(db, owner, "list_items", row["id"], source=source, before=None)
    return _item(row)


def _untick(db: sqlite3.Connection, owner: int, item: Item, source: str) -> Item:
    before = undo.row(db, "list_items", item.id)
    undo.note(db, owner, "list_items", item.id, source=source, before=before)
    db.execute("UPDATE list_items SET ticked_at = NULL WHERE id = ?", (item.id,))
    return Item(item.id, item.number, item.text, ticked=False)


def _change(
    db: sqlite3.Connection,
    sender: str,
    items: Iterable[Item],
    change: str,
    values: Row,
    source: str,
) -> list[Checklist]:
    owner = conversations.ensure_thread(db, sender)
    if not undo.changed_by(db, owner, "list_items", source):
        for item in items:
            if (before := undo.row(db, "list_items", item.id)) is not None:
                undo.note(db, owner, "list_items", item.id, source=source, before=before)
                db.execute(change, {**values, "id": item.id})
    return _changed(db, owner, source)


def _delete(db: sqlite3.Connection, sender: str, checklist: Checklist, source: str) -> bool:
    owner = conversations.ensure_thread(db, sender)
    before = undo.row(db, "lists", checklist.id)
    if before is None:
        return False
    items = db.execute("SELECT * FROM list_items WHERE list_id = ?", (checklist.id,)).fetchall()
    for row in items:  # before their list: they are put back after it
        undo.note(db, owner, "list_items", row["id"], source=source, before=dict(row))
    undo.note(db, owner, "lists", checklist.id, source=source, before=before)
    db.execute("DELETE FROM list_items WHERE list_id = ?", (checklist.id,))
    db.execute("DELETE FROM lists WHERE id = ?", (checklist.id,))
    return True


def _item(row: sqlite3.Row | Row) -> Item:
    return Item(row["id"], row["number"], row["text"], row["ticked_at"] is not None)
