"""LangGraph's checkpoints, pruned as they are written: one checkpoint a thread, not one a step.

The stock saver keeps every step (75 kB a turn). It also picks the latest by id, and ids follow the
clock: after the clock went back it would resume an older state. Deleting every other checkpoint in
the commit that writes the new one cures both.

A step is not written at all while the owner's message is still the last one: nothing has been spent
that a restart could not have again from the inbox. That is all but one step of a plain turn.

A step that may have taken something out of the thread (commands, updates from outside) outlives a
power cut when it is written: the state before it, with what the owner deleted, must not come back.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
)
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.checkpoint.sqlite.utils import load_pending_writes

from store import driver, probes
from store.driver import KeyFile
from store.errors import StoreUnavailable

# Only messages and plain values may come out of a checkpoint; read by langgraph when it compiles.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

BUSY_TIMEOUT_MS = 10_000
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


class PruningSaver(AsyncSqliteSaver):
    """AsyncSqliteSaver that keeps the newest checkpoint of each thread and namespace."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__(connection)
        self._unwritten: dict[str, str] = {}  # thread -> its newest checkpoint, when not written

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
        thread = str(config["configurable"]["thread_id"])
        namespace = config["configurable"].get("checkpoint_ns", "")
        with _named_errors():
            async with self.lock:
                rows = list(await self.conn.execute_fetchall(_NEWEST, (thread, namespace)))
        if not rows:
            return None
        newest, parent, kind, checkpoint, metadata = rows[0][:5]

        def place(checkpoint_id: str) -> RunnableConfig:
            return {
                "configurable": {
                    "thread_id": thread,
                    "checkpoint_ns": namespace,
                    "checkpoint_id": checkpoint_id,
                }
            }

        return CheckpointTuple(
            place(newest),
            self.serde.loads_typed((kind, checkpoint)),
            json.loads(metadata) if metadata else {},
            place(parent) if parent else None,
            load_pending_writes(
                [row[5:] for row in rows if row[0] == newest and row[5] is not None], self.serde
            ),
        )

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Write a checkpoint, unless a restart could have it again from the inbox."""
        where = config["configurable"]
        thread = str(where["thread_id"])
        if _nothing_spent(checkpoint, metadata):
            self._unwritten[thread] = checkpoint["id"]
            return {
                "configurable": {
                    "thread_id": thread,
                    "checkpoint_ns": where["checkpoint_ns"],
                    "checkpoint_id": checkpoint["id"],
                }
            }
        self._unwritten.pop(thread, None)
        probes.reach("commit:checkpoint.put:before")
        with _named_errors():
            written = await super().aput(config, checkpoint, metadata, new_versions)
            if metadata.get("source") == "update" or _is_command(checkpoint):
                async with self.lock:
                    await self.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")  # syncs both files
        probes.reach("commit:checkpoint.put:after")
        return written

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

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """With strategy "delete" forget these threads; to keep the latest is all we ever do."""
        if strategy == "delete":
            for thread in thread_ids:
                await self.adelete_thread(thread)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete the checkpoints that these runs wrote."""
        await self.setup()
        async with self.lock:
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
