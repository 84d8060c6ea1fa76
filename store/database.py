"""One SQLite file, one writer thread with group commit, one reader thread.

Every write is a function of a connection. The writer takes all functions that are waiting, runs
each in its own savepoint inside one BEGIN IMMEDIATE ... COMMIT, and answers them after the commit:
what `write` returned is on the disk (synchronous=FULL), and twenty senders cost one fsync. So do
two writes of one turn, where the second is queued while the first still runs.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from store import backup, driver, probes, vectors
from store.driver import KeyFile
from store.errors import StoreUnavailable
from store.migrate import applied, available, migrate

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

# Another program holds the file. A write waits twice this at most: for the commit before it and for
# its own; longer and Meta's patience ends.
BUSY_TIMEOUT_MS = 2_500
BATCH_MAX = 256  # functions in one commit


def connect(path: Path, key: KeyFile | None = None) -> sqlite3.Connection:
    """A connection with the pragmas of wasap.db, in autocommit mode."""
    connection = driver.connect(path, key, busy_ms=BUSY_TIMEOUT_MS)
    driver.name_columns(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what the owner deletes is overwritten
    vectors.register(connection)
    return connection


class _Task(NamedTuple):
    job: Job[Any]
    future: asyncio.Future[Any]
    synced: bool = True


_Queue = SimpleQueue[_Task | None]  # None: close


class Database:
    """wasap.db, encrypted if there is a key. `open` applies the migrations, after a copy."""

    def __init__(self, path: Path, key: KeyFile | None = None) -> None:
        self._path = path
        self._key = key
        self._writes: _Queue = SimpleQueue()
        self._reads: _Queue = SimpleQueue()
        self._threads: list[threading.Thread] = []

    async def open(self) -> None:
        """Create or open the file. StoreUnavailable (KeyRefused among them) or MigrationError
        when that cannot be.

        Before data is migrated a copy of it is made: BackupError when there is no room for one.
        """
        writer = await asyncio.to_thread(self._prepare)
        reader = await asyncio.to_thread(connect, self._path, self._key)
        self._threads = [
            threading.Thread(target=self._write_loop, args=(writer,), name="store-writer"),
            threading.Thread(target=self._read_loop, args=(reader,), name="store-reader"),
        ]
        for thread in self._threads:
            thread.start()

    async def close(self) -> None:
        """Finish what is queued and close the file."""
        for queue in (self._writes, self._reads):
            queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._threads = []

    async def write(self, name: str, job: Job[T], *, synced: bool = True) -> T:
        """Run `job` in a transaction; its result is returned after the commit.

        `name` says what is committed, for those who watch (store.probes). What is not `synced` a
        power cut may take until the next commit that is: for what a restart finds out by itself.
        Raises StoreUnavailable when nothing was committed; an error of `job` comes back as it is.
        """
        probes.reach(f"commit:{name}:before")
        result = await self._submit(self._writes, job, synced=synced)
        probes.reach(f"commit:{name}:after")
        return result

    async def empty_wal(self) -> bool:
        """Copy the write-ahead log into the file and cut it: it holds what was deleted as well.

        False when a reader was in the way; ask again later.
        """

        def job(db: sqlite3.Connection) -> bool:
            return not db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

        # On the reader: the writer's jobs run inside a transaction.
        return await self.read(job)

    async def read(self, job: Job[T]) -> T:
        """Run `job` on a connection that sees what is committed."""
        return await self._submit(self._reads, job)

    async def _submit(self, queue: _Queue, job: Job[T], *, synced: bool = True) -> T:
        if not self._threads:
            raise StoreUnavailable("the database is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        queue.put(_Task(job, future, synced))
        return await future

    def _prepare(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.ExitStack() as undone:
                connection = connect(self._path, self._key)
                undone.callback(connection.close)
                done = applied(connection)
                if done and any(script.name not in done for script in available()):
                    backup.before_upgrade(self._path.parent, max(done), self._key)
                migrate(connection)
                undone.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"{self._path}: {error}") from error
        return connection

    def _write_loop(self, connection: sqlite3.Connection) -> None:
        while (first := self._writes.get()) is not None:
            _commit_batch(connection, [first, *self._waiting(BATCH_MAX - 1)], self._waiting)
        connection.close()

    def _waiting(self, most: int) -> list[_Task]:
        """The writes that have been queued by now."""
        taken: list[_Task] = []
        while len(taken) < most and not self._writes.empty():
            task = self._writes.get()
            if task is None:
                self._writes.put(None)  # the loop ends when these are done
                break
            taken.append(task)
        return taken

    def _read_loop(self, connection: sqlite3.Connection) -> None:
        while (task := self._reads.get()) is not None:
            try:
                _answer(task, task.job(connection))
            except sqlite3.DatabaseError as error:
                _answer(task, None, StoreUnavailable(str(error)))
            except BaseException as error:  # noqa: BLE001 - handed to the caller, never swallowed
                _answer(task, None, error)
        connection.close()


def _commit_batch(
    connection: sqlite3.Connection, batch: list[_Task], late: Callable[[int], list[_Task]]
) -> None:
    """Run a batch in one commit, with what `late` gives of so many while it ran."""
    synced = any(task.synced for task in batch)
    try:
        connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [_outcome(connection, task.job) for task in batch]
        if synced:  # or those who come may want a sync that they do not get
            batch += (following := late(BATCH_MAX - len(batch)))
            outcomes += [_outcome(connection, task.job) for task in following]
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        for task in batch:
            _answer(task, None, StoreUnavailable(str(error)))
        return
    for task, (result, failure) in zip(batch, outcomes, strict=True):
        _answer(task, result, failure)


def _answer(task: _Task, result: object, failure: BaseException | None = None) -> None:
    """Tell the loop of whoever waits. A caller that went away takes nothing back: others share its
    commit."""
    with contextlib.suppress(RuntimeError):  # that loop is closed
        task.future.get_loop().call_soon_threadsafe(_settle, task.future, result, failure)


def _settle(future: asyncio.Future[Any], result: object, failure: BaseException | None) -> None:
    if future.done():
        return
    if failure is None:
        future.set_result(result)
    else:
        future.set_exception(failure)


def _outcome(connection: sqlite3.Connection, job: Job[Any]) -> tuple[Any, BaseException | None]:
    """What a job gave, or its error: then nothing of it is left."""
    outcome: tuple[Any, BaseException | None]
    connection.execute("SAVEPOINT job")
    try:
        outcome = job(connection), None
    except sqlite3.OperationalError:
        raise  # full, read-only, I/O: SQLite may have rolled back everything already
    except BaseException as error:  # noqa: BLE001 - handed to the caller, never swallowed
        connection.execute("ROLLBACK TO job")
        outcome = None, error
    connection.execute("RELEASE job")
    return outcome
