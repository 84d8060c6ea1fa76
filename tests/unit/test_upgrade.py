"""Data of every earlier schema is opened by this one, and kept as it was before."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from store import backup
from store.backup import look_at, restore
from store.database import Database
from store.documents import DocumentStore
from store.errors import BackupError, StoreError
from store.ledger import Ledger
from store.lists import ListStore
from store.memories import MemoryStore
from store.migrate import available
from store.notes import NoteStore
from store.reminders import ReminderStore
from tests.histories import contents

SCHEMAS = [script.name for script in available()]
THREAD = "541122223333"

# What an owner had, in the words of the schema that brought it.
ROWS = {
    "0001_foundation.sql": """
        INSERT INTO conversations (id, thread_id, phone_number, send_to, name, created_at,
            updated_at) VALUES (1, '541122223333', '541122223333', '5491122223333', 'Carla', 1, 1);
        INSERT INTO inbox (wa_id, conversation_id, kind, type, text, payload, state, turn_id,
            sent_at, received_at) VALUES ('A', 1, 'chat', 'text', 'hola', '{}', 'done', 'A', 1, 1),
            ('B', 1, 'chat', 'text', '¿estás?', '{}', 'pending', NULL, 2, 2);
        INSERT INTO outbox (conversation_id, key, part, body, state, due_at, created_at, updated_at)
            VALUES (1, 'turn:A', 0, '¡Hola, Carla!', 'queued', 1, 1, 1);
        INSERT INTO messages (conversation_id, role, content, turn_id, created_at)
            VALUES (1, 'user', 'hola', 'A', 1), (1, 'assistant', '¡Hola, Carla!', 'A', 1);
        INSERT INTO memories (conversation_id, content, source, created_at)
            VALUES (1, 'soy celíaca', 'A', 1);
    """,
    "0005_reminders.sql": """
        INSERT INTO reminders (conversation_id, text, due_at, zone, state, created_at)
            VALUES (1, 'pagar la luz', 1, 'America/Argentina/Buenos_Aires', 'waiting', 1);
    """,
    "0006_notes_lists.sql": """
        INSERT INTO notes (conversation_id, content, created_at) VALUES (1, 'wifi: clave', 1);
        INSERT INTO lists (id, conversation_id, name, created_at) VALUES (1, 1, 'súper', 1);
        INSERT INTO list_items (conversation_id, list_id, number, text, created_at)
            VALUES (1, 1, 1, 'pan', 1);
    """,
    "0010_documents.sql": """
        INSERT INTO documents (id, conversation_id, name, kind, pages, sha256, source, cut,
            created_at) VALUES (1, 1, 'contrato.pdf', 'pdf', 1, 'ab', 'A', 0, 1);
        INSERT INTO chunks (conversation_id, document_id, position, place, title, content)
            VALUES (1, 1, 0, 'página 1', 'contrato.pdf', 'El alquiler vence el día diez.');
    """,
}


def as_of(folder: Path, newest: str) -> None:
    """A data folder as the release left it whose last migration this was."""
    folder.mkdir(exist_ok=True)
    with contextlib.closing(sqlite3.connect(folder / "wasap.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)")
        for script in available():
            if script.name <= newest:
                db.executescript(script.read_text("utf-8"))
                db.execute("INSERT INTO migrations VALUES (?, 0)", (script.name,))
                db.executescript(ROWS.get(script.name, ""))
    with contextlib.closing(sqlite3.connect(folder / "checkpoints.db")) as db:
        db.execute("CREATE TABLE IF NOT EXISTS threads (of_some_other_saver TEXT)")


async def opened(folder: Path) -> Database:
    database = Database(folder / "wasap.db")
    await database.open()
    return database


@pytest.mark.parametrize("newest", SCHEMAS)
async def test_data_of_every_earlier_schema_is_opened_with_all_that_is_in_it(
    tmp_path: Path, newest: str
) -> None:
    as_of(tmp_path, newest)
    database = await opened(tmp_path)
    ledger = Ledger(database)
    memories = MemoryStore(database)
    assert [one.content for one in await memories.all(THREAD)] == ["soy celíaca"]
    assert await ledger.inbox_depth() == 1
    assert await ledger.outbox_depth() == 1
    told = await ledger.told(1, 10)
    assert [(one.said, one.reply) for one in told.exchanges] == [("hola", "¡Hola, Carla!")]
    if newest >= "0005":
        waiting = await ReminderStore(database).all(THREAD)
        assert [one.text for one in waiting] == ["pagar la luz"]
    if newest >= "0006":
        assert [one.content for one in await NoteStore(database).all(THREAD)] == ["wifi: clave"]
        assert [one.name for one in await ListStore(database).all(THREAD)] == ["súper"]
    if newest >= "0010":
        found = await DocumentStore(database).with_words(THREAD, ["alquiler"], limit=1)
        assert [one.content for one in found] == ["El alquiler vence el día diez."]
    await database.close()
    assert not backup.look_at_data(tmp_path).problems


@pytest.mark.parametrize("newest", SCHEMAS[:-1])
async def test_before_an_upgrade_there_is_a_copy_that_goes_back(
    tmp_path: Path, newest: str
) -> None:
    as_of(tmp_path, newest)
    before = contents(tmp_path)
    await (await opened(tmp_path)).close()
    (copy,) = (tmp_path / "backups").glob("*.tar")
    assert copy.name == f"before-upgrade-{newest[:4]}.tar"
    manifest, report = look_at(copy)
    assert manifest.migrations[-1] == newest
    assert not report.problems
    assert contents(tmp_path) != before
    restore(copy, tmp_path, discard=True)
    assert contents(tmp_path) == before


async def test_no_copy_where_nothing_is_upgraded(tmp_path: Path) -> None:
    for _ in range(2):
        await (await opened(tmp_path)).close()
    assert not (tmp_path / "backups").exists()


async def test_a_copy_of_the_databases_leaves_the_files_where_they_are(tmp_path: Path) -> None:
    as_of(tmp_path, SCHEMAS[-2])
    photo = tmp_path / "media" / "ab" / ("ab" * 32)
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"a photo")
    await (await opened(tmp_path)).close()
    (copy,) = (tmp_path / "backups").glob("*.tar")
    restore(copy, tmp_path, discard=True)
    assert photo.read_bytes() == b"a photo"


async def test_without_room_for_a_copy_nothing_is_migrated(tmp_path: Path) -> None:
    as_of(tmp_path, SCHEMAS[-2])
    before = contents(tmp_path)
    (tmp_path / "backups").write_text("a file is in the way")
    with pytest.raises(BackupError, match="Nothing was changed"):
        await opened(tmp_path)
    assert contents(tmp_path) == before
    (tmp_path / "backups").unlink()
    await (await opened(tmp_path)).close()


async def test_two_copies_are_kept_and_a_start_that_fails_again_costs_none(tmp_path: Path) -> None:
    for age, newest in enumerate(SCHEMAS[:3]):
        shutil.rmtree(tmp_path / "data", ignore_errors=True)
        as_of(tmp_path / "data", newest)
        for _ in range(3):  # the same start, again and again
            backup.before_upgrade(tmp_path / "data", newest)
        (made,) = (tmp_path / "data" / "backups").glob(f"*{newest[:4]}.tar")
        (tmp_path / "kept" / "backups").mkdir(parents=True, exist_ok=True)
        kept = made.rename(tmp_path / "kept" / "backups" / made.name)
        os.utime(kept, (age, age))
    as_of(tmp_path / "kept", SCHEMAS[3])
    backup.before_upgrade(tmp_path / "kept", SCHEMAS[3])
    assert sorted(path.name for path in (tmp_path / "kept" / "backups").glob("*.tar")) == [
        "before-upgrade-0003.tar",
        "before-upgrade-0004.tar",
    ]


async def test_damaged_data_is_not_migrated(tmp_path: Path) -> None:
    as_of(tmp_path, SCHEMAS[-2])
    with (tmp_path / "checkpoints.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(StoreError):
        await opened(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "wasap.db")) as db:
        newest = db.execute("SELECT max(name) FROM migrations").fetchone()[0]
    assert newest == SCHEMAS[-2]
