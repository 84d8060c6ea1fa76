"""Everything about one person, as it lies in the tables."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from store import conversations, outbox
from store.clock import from_ms
from store.database import Database
from store.outbox import File

_QUERIES = {
    "profile": "SELECT name, phone_number, bsuid, created_at FROM conversations WHERE id = ?",
    "memories": "SELECT id, content, category, source, created_at, updated_at, superseded_at,"
    " superseded_by FROM memories WHERE conversation_id = ? AND forgotten_in IS NULL ORDER BY id",
    "reminders": "SELECT text, due_at, zone, rule, state, created_at FROM reminders"
    " WHERE conversation_id = ? ORDER BY id",
    "notes": "SELECT id, content, created_at FROM notes WHERE conversation_id = ? ORDER BY id",
    "lists": "SELECT name, created_at FROM lists WHERE conversation_id = ? ORDER BY id",
    "list_items": "SELECT l.name AS list, i.text, i.ticked_at, i.created_at FROM list_items i"
    " JOIN lists l ON l.id = i.list_id WHERE i.conversation_id = ? ORDER BY l.id, i.number",
    "documents": "SELECT name, kind, pages, created_at FROM documents WHERE conversation_id = ?"
    " ORDER BY id",
    "passages": "SELECT d.name AS document, c.place, c.content FROM chunks c"
    " JOIN documents d ON d.id = c.document_id WHERE c.conversation_id = ? ORDER BY c.id",
    "conversation": "SELECT role, content, created_at FROM messages WHERE conversation_id = ?"
    " ORDER BY id",
    "received": "SELECT type, text, heard, sent_at, received_at FROM inbox"
    " WHERE conversation_id = ? ORDER BY id",
    "files": "SELECT kind, name, mime_type, size_bytes, created_at FROM media"
    " WHERE conversation_id = ? ORDER BY id",
    "sent": "SELECT body, state, created_at, delivered_at FROM outbox WHERE conversation_id = ?"
    " ORDER BY id",
    "reactions": "SELECT wa_id, emoji, text, created_at FROM feedback WHERE conversation_id = ?",
}


@dataclass(frozen=True)
class Everything:
    """Rows by what they are; times are ISO 8601, UTC."""

    tables: dict[str, list[dict[str, object]]]

    def as_json(self) -> bytes:
        """For machines."""
        return json.dumps(self.tables, ensure_ascii=False, indent=2).encode()

    def as_markdown(self, titles: dict[str, str], timezone: str) -> bytes:
        """For people: the parts that `titles` names, in its order; days of an IANA zone."""
        zone, lines = ZoneInfo(timezone), list[str]()
        for part, title in titles.items():
            lines += [f"# {title}", ""]
            for row in self.tables[part]:
                ended = row.get("superseded_at") or row.get("ticked_at")
                days = " → ".join(_day(one, zone) for one in (row["created_at"], ended) if one)
                lines.append(f"- {days}: {_said(row)}")
            lines.append("")
        return "\n".join(lines).encode()


class Exports:
    """Reads everything, and queues it as files."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def everything(self, sender: str) -> Everything:
        """All rows of a sender."""
        return await self._db.read(lambda db: _everything(db, sender))

    async def send(self, sender: str, key: str, files: list[File]) -> None:
        """Queue files to a sender; what was queued under this key is not queued again."""

        def job(db: sqlite3.Connection) -> None:
            outbox.add_files(db, conversations.ensure_thread(db, sender), key, files)

        await self._db.write("exports.send", job)


def _everything(db: sqlite3.Connection, sender: str) -> Everything:
    owner = conversations.id_of_thread(db, sender)
    return Everything(
        {
            name: [_plain(row) for row in db.execute(query, (owner,))]
            for name, query in _QUERIES.items()
        }
    )


def _plain(row: sqlite3.Row) -> dict[str, object]:
    return {
        name: from_ms(row[name]).isoformat() if name.endswith("_at") and row[name] else row[name]
        for name in row.keys()  # noqa: SIM118 - a Row iterates over its values
    }


def _said(row: dict[str, object]) -> object:
    if "list" in row:
        return f"{row['list']}: {row['text']}"
    if "role" in row:
        return f"{row['role']}: {row['content']}"
    return row["content"] if "content" in row else row["name"]


def _day(moment: object, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(str(moment)).astimezone(zone).date().isoformat()
