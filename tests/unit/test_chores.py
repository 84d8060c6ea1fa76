"""What is done when nobody waits for an answer, on real files."""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest

from app.chores import Chores
from graph.services import Embedder
from store import undo
from store.backup import before_upgrade, forget_copies
from store.checkpoints import open_checkpoints
from store.clock import now_ms
from store.database import Database
from store.instance import hold
from store.ledger import Ledger
from store.media import MediaStore
from store.memories import MemoryStore
from tests.unit.test_ledger import arrival, claim, take

DEADLINE_S = 10.0


@asynccontextmanager
async def doing(
    database: Database,
    folder: Path,
    embedder: Embedder | None = None,
    *,
    idle: bool = True,
    log_s: float = 0.01,
) -> AsyncIterator[Chores]:
    async with open_checkpoints(folder / "checkpoints.db") as saver:
        chores = Chores(
            database,
            saver,
            embedder,
            MediaStore(database, folder / "media", quota_bytes=10**9),
            idle=lambda: idle,
            forget_copies=partial(forget_copies, folder),
            log_s=log_s,
        )
        yield chores
        await chores.stop()


async def until(holds: Callable[[], bool], chores: Chores) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not holds():
            chores.wake()
            await asyncio.sleep(0.01)


async def test_a_cleared_conversation_leaves_the_log_too(
    database: Database, tmp_path: Path
) -> None:
    ledger = Ledger(database)
    async with doing(database, tmp_path) as chores:
        await until(lambda: not (tmp_path / "wasap.db-wal").stat().st_size, chores)  # as at a start
        await take(ledger, arrival("A", "canario"))
        await ledger.finish(await claim(ledger), said="canario", reply="", parts=[])
        await ledger.clear("541122223333")
        assert holds_canary(tmp_path)
        await until(lambda: not holds_canary(tmp_path), chores)


class Broken:
    """An embedder with a defect that nobody foresaw."""

    name = "broken"
    asked = 0

    async def embed_query(self, text: str) -> Sequence[float]:
        raise NotImplementedError

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.asked += 1
        raise ZeroDivisionError

    embed_passages = embed_documents


@pytest.mark.parametrize("embedder", [None, Broken()])
async def test_what_can_no_longer_be_taken_back_goes_though_nobody_writes(
    database: Database, tmp_path: Path, embedder: Broken | None
) -> None:
    await MemoryStore(database).add("541122223333", "soy celíaca")
    async with doing(database, tmp_path, embedder) as chores:
        await until(lambda: embedder is None or embedder.asked > 0, chores)
        await database.write("test", deleted_an_hour_ago)
        await until(lambda: not holds_canary(tmp_path), chores)


async def test_somebody_who_always_writes_puts_nothing_off_for_ever(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.chores.BUSY_S", 0.1)
    await MemoryStore(database).add("541122223333", "soy celíaca")
    embedder = Broken()
    async with doing(database, tmp_path, embedder, idle=False, log_s=60) as chores:
        await until(lambda: embedder.asked > 0, chores)


def deleted_an_hour_ago(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO undo (conversation_id, source, noun, row_id, before, created_at)"
        " VALUES (1, '', 'reminders', 1, 'canario', ?)",
        (now_ms() - undo.KEPT_MS,),
    )


def holds_canary(folder: Path) -> bool:
    return any(b"canario" in path.read_bytes() for path in folder.iterdir())


async def test_what_was_deleted_leaves_the_copy_of_before_the_upgrade_too(
    database: Database, tmp_path: Path
) -> None:
    await MemoryStore(database).add("541122223333", "soy celíaca")
    copy = before_upgrade(tmp_path, "0001_foundation.sql")
    async with doing(database, tmp_path) as chores:
        await until(lambda: not (tmp_path / "wasap.db-wal").stat().st_size, chores)
        assert copy.exists()
        await database.write("test", deleted_an_hour_ago)
        await until(lambda: not copy.exists(), chores)


async def test_a_copy_of_before_an_upgrade_is_kept_for_a_week(
    database: Database, tmp_path: Path
) -> None:
    old = before_upgrade(tmp_path, "0001_foundation.sql")
    os.utime(old, (time.time() - 8 * 86_400,) * 2)
    fresh = before_upgrade(tmp_path, "0002_memories.sql")
    async with doing(database, tmp_path) as chores:
        await until(lambda: not old.exists(), chores)
    assert fresh.exists()


async def test_what_a_killed_backup_left_goes_but_not_under_one_that_works(
    database: Database, tmp_path: Path
) -> None:
    left = [tmp_path / "backups" / name for name in (".working/wasap.db", ".wasap-0a.partial")]
    left[0].parent.mkdir(parents=True)
    for path in left:
        path.write_text("soy celíaca")
    with closing(hold(tmp_path / "backups")):
        forget_copies(tmp_path, 0)
        assert all(path.exists() for path in left)
    async with doing(database, tmp_path) as chores:
        await until(lambda: not any(path.exists() for path in left), chores)
