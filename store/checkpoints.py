"""LangGraph's checkpoints, pruned as they are written: one checkpoint a thread, not one a step.

The stock saver keeps every step (75 kB a turn). It also picks the latest by id, and ids follow the
clock: after the clock went back it would resume an older state. Deleting every other checkpoint in
the commit that writes the new one cures both.

A step is not written at all while the owner's message is still the last one: nothing has been spent
that a restart could not have again from the inbox. That is all but one step of a plain turn.

The newest checkpoint of a thread that talks stays in memory: to read it from the file and make its
messages again costs an eighth of a turn, and more the longer the talk. What its tasks gave does
not, so a turn that goes on where it stopped reads the file.

A step that may have taken something out of the thread (commands, updates from outside) outlives a
power cut when it is written: the state before it, with what the owner deleted, must not come back.
"""

import contextlib
import json
import os
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import aiosqlite
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    copy_checkpoint,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.checkpoint.sqlite.utils import load_pending_writes

from store import driver, probes
from store.driver import KeyFile
from store.errors import StoreUnavailable

# Only messages and plain values may come out of a checkpoint; read by langgraph when it compiles.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

BUSY_TIMEOUT_MS = 10_000
KEPT = 32  # threads whose newest checkpoint stays in memory, the last to talk
FILES = ("checkpoints.db", "checkpoints.db-wal", "checkpoints.db-shm")


# In the database rather than in `aput`: one statement to run, and no way around it.
_PRUNE = """
CREATE TRIGGER IF NOT EXISTS prune AFTER INSERT ON checkpoints BEGIN
    DELETE FROM checkpoints WHERE thread_id = NEW.thread_id
        AND checkpoint_ns = NEW.checkpoint_ns AND checkpoint_id <> NEW.checkpoint_id;
    -- `<`, not `<>`: writes of the checkpoint that comes next may be here already.
    DELETE FROM writes WHERE thread_id = NEW.thread_id
        AND checkpoint_ns = NEW.checkpoint_ns AND checkpoint_id < NEW.checkpoint_id;
END
"""

# With what its tasks gave, in the columns of `pending_writes_sql`; those repeat the checkpoint, but
# few have any.
_NEWEST = """
SELECT c.checkpoint_id, c.parent_checkpoint_id, c.type, c.checkpoint, c.metadata,
    w.task_id, w.channel, w.type, w.value, w.task_path, w.idx
FROM checkpoints c LEFT JOIN writes w USING (thread_id, checkpoint_ns, checkpoint_id)
WHERE c.thread_id = ? AND c.checkpoint_ns = ?
ORDER BY c.checkpoint_id DESC
"""


_PUT = """
INSERT OR REPLACE INTO checkpoints
    (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""

_Place = tuple[str, str]  # thread, namespace


class _Newest(NamedTuple):
    """The newest checkpoint of a thread, of which no task has given anything since."""

    parent: str | None
    checkpoint: Checkpoint
    metadata: bytes  # JSON


class PruningSaver(AsyncSqliteSaver):
    """AsyncSqliteSaver that keeps the newest checkpoint of each thread and namespace."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__(connection)
        self._unwritten: dict[str, str] = {}  # thread -> its newest checkpoint, when not written
        self._newest: OrderedDict[_Place, _Newest] = OrderedDict()
        # Checkpoints that are still to be written, of which a task has given something already.
        self._given: defaultdict[_Place, set[str]] = defaultdict(set)

    async def setup(self) -> None:
        """Make the tables, and the trigger that prunes."""
        if not self.is_setup:
            await super().setup()
            await self.conn.executescript(_PRUNE)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint of a thread.

        The newest comes with one trip to the connection's thread; the stock saver makes seven, each
        a tenth of a millisecond of every turn.
        """
        if get_checkpoint_id(config) is not None:
            with _named_errors():
                return await super().aget_tuple(config)
        place = _place(config)
        if (kept := self._newest.get(place)) is not None:
            self._newest.move_to_end(place)
            return _found(place, kept.parent, _copied(kept.checkpoint), kept.metadata, [])
        with _named_errors():
            async with self.lock:
                rows = list(await self.conn.execute_fetchall(_NEWEST, place))
        if not rows:
            return None
        newest, parent, kind, checkpoint, metadata = rows[0][:5]
        given = [row[5:] for row in rows if row[0] == newest and row[5] is not None]
        return _found(
            place,
            parent,
            self.serde.loads_typed((kind, checkpoint)),
            metadata,
            load_pending_writes(given, self.serde),
        )

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Write a checkpoint, unless a restart could have it again from the inbox."""
        place = _place(config)
        if _nothing_spent(checkpoint, metadata):
            self._unwritten[place[0]] = checkpoint["id"]
            return _config(place, checkpoint["id"])
        self._unwritten.pop(place[0], None)
        probes.reach("commit:checkpoint.put:before")
        with _named_errors():
            await self._put(place, config, checkpoint, metadata)
            if metadata.get("source") == "update" or _is_command(checkpoint):
                async with self.lock:
                    await self.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")  # syncs both files
        probes.reach("commit:checkpoint.put:after")
        return _config(place, checkpoint["id"])

    async def _put(
        self,
        place: _Place,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
    ) -> None:
        """As the stock saver writes it, in two trips instead of three."""
        parent = config["configurable"].get("checkpoint_id")
        kind, value = self.serde.dumps_typed(checkpoint)
        about = json.dumps(get_checkpoint_metadata(config, metadata), ensure_ascii=False)
        newest = _Newest(parent, _copied(checkpoint), about.encode("utf-8", "ignore"))
        self._newest.pop(place, None)  # whatever comes of the commit
        async with self.lock:
            row = (*place, checkpoint["id"], parent, kind, value, newest.metadata)
            try:
                await self.conn.execute_fetchall(_PUT, row)
                await self.conn.commit()
            except sqlite3.Error:
                with contextlib.suppress(sqlite3.Error):
                    await self.conn.rollback()  # or its lock would stay
                raise
            if checkpoint["id"] not in self._given[place]:
                self._newest[place] = newest
            self._given[place] -= {checkpoint["id"], parent}
        if len(self._newest) > KEPT:
            self._newest.popitem(last=False)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Keep what one task gave, until the step it belongs to is a checkpoint."""
        where = config["configurable"]
        if self._unwritten.get(str(where["thread_id"])) == where["checkpoint_id"]:
            return
        place = _place(config)
        self._given[place].add(where["checkpoint_id"])
        self._newest.pop(place, None)
        probes.reach("commit:checkpoint.writes:before")
        with _named_errors():
            await super().aput_writes(config, writes, task_id, task_path)
        probes.reach("commit:checkpoint.writes:after")

    async def empty_wal(self) -> bool:
        """Cut the write-ahead log, which holds older states; False when a reader was in the way."""
        with _named_errors():
            async with self.lock, self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)") as found:
                row = await found.fetchone()
        return row is not None and not row[0]

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        try:
            with _named_errors():
                await super().adelete_thread(thread_id)
        finally:
            self._newest.clear()  # it is rare, and a part of it may be gone whatever happened

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """With strategy "delete" forget these threads; to keep the latest is all we ever do."""
        if strategy == "delete":
            for thread in thread_ids:
                await self.adelete_thread(thread)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete the checkpoints that these runs wrote."""
        await self.setup()
        async with self.lock:
            self._newest.clear()
            for run_id in run_ids:
                await self.conn.execute(
                    "DELETE FROM checkpoints WHERE json_extract(metadata, '$.run_id') = ?",
                    (run_id,),
                )
            await self.conn.execute(
                "DELETE FROM writes WHERE (thread_id, checkpoint_ns, checkpoint_id) NOT IN"
                " (SELECT thread_id, checkpoint_ns, checkpoint_id FROM checkpoints)"
            )
            await self.conn.commit()


def _place(config: RunnableConfig) -> _Place:
    where = config["configurable"]
    return str(where["thread_id"]), where.get("checkpoint_ns", "")


def _config(place: _Place, checkpoint_id: str) -> RunnableConfig:
    thread, namespace = place
    return {
        "configurable": {
            "thread_id": thread,
            "checkpoint_ns": namespace,
            "checkpoint_id": checkpoint_id,
        }
    }


def _found(
    place: _Place,
    parent: str | None,
    checkpoint: Checkpoint,
    metadata: bytes,
    given: list[tuple[str, str, Any]],
) -> CheckpointTuple:
    return CheckpointTuple(
        _config(place, checkpoint["id"]),
        checkpoint,
        json.loads(metadata) if metadata else {},
        _config(place, parent) if parent else None,
        given,
    )


def _copied(checkpoint: Checkpoint) -> Checkpoint:
    """Its own lists and dicts, with the same messages in them: nobody changes one in place."""
    copied = copy_checkpoint(checkpoint)
    for channel, value in copied["channel_values"].items():
        if isinstance(value, list | dict):
            copied["channel_values"][channel] = value.copy()
    return copied


def _nothing_spent(checkpoint: Checkpoint, metadata: CheckpointMetadata) -> bool:
    if metadata.get("source") != "loop":  # an input is in the inbox; an update is there to be kept
        return metadata.get("source") == "input"
    messages = checkpoint["channel_values"].get("messages") or []
    return bool(messages) and isinstance(messages[-1], HumanMessage)


def _is_command(checkpoint: Checkpoint) -> bool:
    return bool(checkpoint["channel_values"].get("intent") == "command")


@contextlib.asynccontextmanager
async def open_checkpoints(path: Path, key: KeyFile | None = None) -> AsyncIterator[PruningSaver]:
    """The saver on its own connection; NORMAL, as the ledger is what a power cut must spare.

    Raises StoreUnavailable, here and from the saver, when the file cannot be used.
    """
    async with contextlib.AsyncExitStack() as stack:
        with _named_errors(path):
            opened = partial(
                driver.connect, path, key, busy_ms=BUSY_TIMEOUT_MS, isolation_level="DEFERRED"
            )
            # aiosqlite.connect opens with Python's SQLite alone; 64 is its own default.
            connection = await stack.enter_async_context(aiosqlite.Connection(opened, 64))
            for pragma in (
                "journal_mode = WAL",
                "synchronous = NORMAL",
                "secure_delete = ON",
            ):
                await connection.execute(f"PRAGMA {pragma}")
            saver = PruningSaver(connection)
            await saver.setup()
        yield saver


@contextlib.contextmanager
def _named_errors(what: object = "checkpoints") -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{what}: {error}") from error
