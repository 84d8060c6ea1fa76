"""The writer: what returned is on the disk, and one job's failure is its own."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from store.database import Database
from store.errors import StoreUnavailable
from store.instance import FolderInUse, hold

NORMAL, FULL = 1, 2  # PRAGMA synchronous
MIGRATIONS = Path(__file__).parents[2] / "store" / "migrations"


async def test_a_write_that_returned_is_seen_by_another_process(
    database: Database, tmp_path: Path
) -> None:
    await database.write(
        "test", lambda db: db.execute("INSERT INTO config VALUES ('a', 'b')") and None
    )
    with sqlite3.connect(tmp_path / "wasap.db") as other:
        assert other.execute("SELECT value FROM config").fetchall() == [("b",)]
    other.close()


async def test_a_failing_job_leaves_its_neighbours_alone(database: Database) -> None:
    def job(number: int):  # type: ignore[no-untyped-def]
        def run(db: sqlite3.Connection) -> int:
            db.execute("INSERT INTO config VALUES (?, 'x')", (str(number),))
            if number % 2:
                raise ValueError(number)
            return number

        return run

    results = await asyncio.gather(
        *(database.write("test", job(n)) for n in range(20)), return_exceptions=True
    )
    assert [r for r in results if isinstance(r, int)] == list(range(0, 20, 2))
    stored = await database.read(
        lambda db: {row["key"] for row in db.execute("SELECT key FROM config")}
    )
    assert stored == {str(n) for n in range(0, 20, 2)}


async def test_a_caller_that_goes_away_takes_nothing_back(database: Database) -> None:
    begun, go_on = asyncio.Event(), threading.Event()
    loop, errors = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _, context: errors.append(context))

    def slow(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO config VALUES ('left', 'x')")
        loop.call_soon_threadsafe(begun.set)
        go_on.wait()

    left = asyncio.ensure_future(database.write("test", slow))
    await begun.wait()
    waits = asyncio.ensure_future(
        database.write(
            "test", lambda db: db.execute("INSERT INTO config VALUES ('own', 'x')") and None
        )
    )
    left.cancel()
    go_on.set()
    await waits
    stored = await database.read(
        lambda db: {row["key"] for row in db.execute("SELECT key FROM config")}
    )
    assert stored == {"left", "own"}
    assert not errors


async def test_locked_by_another_program_is_unavailable_and_recovers(
    database: Database, tmp_path: Path
) -> None:
    await database.write("test", lambda db: db.execute("PRAGMA busy_timeout = 50") and None)
    other = sqlite3.connect(tmp_path / "wasap.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        await database.write("test", lambda db: db.execute("DELETE FROM config") and None)
    other.execute("ROLLBACK")
    other.close()
    await database.write(
        "test", lambda db: db.execute("INSERT INTO config VALUES ('k', 'v')") and None
    )


async def test_migrations_are_applied_once(tmp_path: Path) -> None:
    for _ in range(2):
        database = Database(tmp_path / "wasap.db")
        await database.open()
        names = await database.read(
            lambda db: [row["name"] for row in db.execute("SELECT name FROM migrations")]
        )
        await database.close()
        assert names == sorted(path.name for path in MIGRATIONS.glob("*.sql"))


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wasap.db").write_bytes(b"this is a holiday photo" * 100)
    with pytest.raises(StoreUnavailable):
        await Database(tmp_path / "wasap.db").open()


async def test_after_close_nothing_is_taken(tmp_path: Path) -> None:
    database = Database(tmp_path / "wasap.db")
    await database.open()
    await database.close()
    with pytest.raises(StoreUnavailable):
        await database.read(lambda db: None)


def test_one_process_a_folder(tmp_path: Path) -> None:
    first = hold(tmp_path)
    with pytest.raises(FolderInUse, match="in use"):
        hold(tmp_path)
    first.close()
    hold(tmp_path).close()


def test_what_is_new_is_closed_to_other_users(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    hold(folder).close()
    assert folder.stat().st_mode & 0o077 == 0


async def _held_up(
    database: Database, *, synced: bool
) -> tuple["asyncio.Task[int]", Callable[[], None]]:
    """A write that has begun and goes on when it is let; it adds a row, and tells how it syncs."""
    began, goes_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def job(db: sqlite3.Connection) -> int:
        db.execute("INSERT INTO config VALUES ('first', '')")
        loop.call_soon_threadsafe(began.set)
        goes_on.wait()
        return _level(db)

    task = asyncio.create_task(database.write("test", job, synced=synced))
    await began.wait()
    return task, goes_on.set


def _level(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA synchronous").fetchone()[0])


def _seen_by_others(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as other:
        return int(other.execute("SELECT count(*) FROM config WHERE key = 'first'").fetchone()[0])


async def test_what_comes_while_a_write_runs_shares_its_commit(
    database: Database, tmp_path: Path
) -> None:
    first, go_on = await _held_up(database, synced=True)
    second = asyncio.create_task(
        database.write("test", lambda db: _seen_by_others(tmp_path / "wasap.db"))
    )
    await asyncio.sleep(0)  # it is queued now
    go_on()
    assert await second == 0
    await first
    assert _seen_by_others(tmp_path / "wasap.db") == 1


async def test_a_commit_that_is_not_synced_is_nobody_else_s(
    database: Database, tmp_path: Path
) -> None:
    first, go_on = await _held_up(database, synced=False)
    second = asyncio.create_task(
        database.write("test", lambda db: (_level(db), _seen_by_others(tmp_path / "wasap.db")))
    )
    await asyncio.sleep(0)
    go_on()
    assert (await first, await second) == (NORMAL, (FULL, 1))


async def test_one_write_that_is_synced_is_enough_for_all_that_waited(database: Database) -> None:
    first, go_on = await _held_up(database, synced=True)
    waited = [asyncio.create_task(database.write("test", _level, synced=s)) for s in (False, True)]
    await asyncio.sleep(0)
    go_on()
    assert [await one for one in (first, *waited)] == [FULL] * 3


async def test_a_write_that_fails_on_the_disk_takes_those_with_it_that_joined(
    database: Database,
) -> None:
    def fails(db: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    first, go_on = await _held_up(database, synced=True)
    second = asyncio.create_task(database.write("test", fails))
    await asyncio.sleep(0)
    go_on()
    for task in (first, second):
        with pytest.raises(StoreUnavailable, match="disk"):
            await task
    stored = await database.read(lambda db: db.execute("SELECT key FROM config").fetchall())
    assert "first" not in [row["key"] for row in stored]
