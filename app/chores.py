"""What is done when nobody waits for an answer."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from graph.errors import EmbeddingError
from store.database import Database
from store.documents import DocumentStore
from store.erasure import Erasures
from store.errors import StoreError
from store.media import MediaStore
from store.memories import MemoryStore
from store.notes import NoteStore

if TYPE_CHECKING:
    from graph.services import Embedder
    from store.checkpoints import PruningSaver

log = structlog.get_logger()

PAUSE_S = 60.0  # between looks that nobody asked for, and after a failure
LOG_S = 60.0  # what /clear, an edit or a deleted message took away is in the logs for so long
COPIES_KEPT_S = 7 * 86_400.0  # those of before an upgrade; /clear does not reach into them
QUIET_S = 0.2  # between looks while somebody waits
BUSY_S = 5.0  # of waiting for a pause; in some houses somebody always writes
BATCH = 8  # texts in one request: a turn that comes meanwhile waits for it
PASSAGES = 2  # of a document; each as long as eight memories


class Chores:
    """Vectors for what has none of the present model; the end of what was deleted."""

    def __init__(
        self,
        database: Database,
        saver: "PruningSaver",
        embedder: "Embedder | None",
        media: MediaStore,
        *,
        idle: Callable[[], bool],
        forget_copies: Callable[[float], None] = lambda older_than_s: None,
        log_s: float = LOG_S,
    ) -> None:
        self._database, self._saver = database, saver
        self._memories, self._notes = MemoryStore(database), NoteStore(database)
        self._documents = DocumentStore(database)
        self._erasures = Erasures(database)
        self._media = media
        self._forget_copies = forget_copies
        self._log_s = log_s
        self._empty_at = 0.0  # by the loop's clock: the process before this one may have deleted
        self._embedder = embedder
        self._idle = idle
        self._woken = asyncio.Event()
        self._woken.set()
        self._task = asyncio.create_task(self._run(), name="chores")

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    async def stop(self) -> None:
        """Stop; what is left is found at the next start."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._wait(PAUSE_S)
            await asyncio.sleep(QUIET_S)  # the answer that they were woken with leaves first
            try:
                while await self._do_one():
                    await self._until_idle()
            except (EmbeddingError, StoreError) as error:
                log.warning("chores_failed", reason=type(error).__name__)
                await asyncio.sleep(PAUSE_S)
            except Exception:
                # A defect of ours; deletions must not stop over it. What is left is found again.
                log.exception("chores_failed")

    async def _until_idle(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BUSY_S):
                while not self._idle():  # noqa: ASYNC110 - a turn ends when it ends
                    await asyncio.sleep(QUIET_S)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    async def _do_one(self) -> bool:
        """Whether there was something to do."""
        return await self._erase() or await self._embed()

    async def _erase(self) -> bool:
        """What was deleted leaves the disk, our copies and the write-ahead logs, too."""
        now = asyncio.get_running_loop().time()
        if await self._erasures.sweep() or await self._media.sweep():
            await asyncio.to_thread(self._forget_copies, 0)
            self._empty_at = now
        elif now >= self._empty_at:
            await asyncio.to_thread(self._forget_copies, COPIES_KEPT_S)
            emptied = [await self._database.empty_wal(), await self._saver.empty_wal()]
            if all(emptied):
                self._empty_at = now + self._log_s
            else:
                await asyncio.sleep(QUIET_S)
        else:
            return False
        return True

    async def _embed(self) -> bool:
        if self._embedder is None:
            return False
        return (
            await self._embed_memories(self._embedder)
            or await self._embed_notes(self._embedder)
            or await self._embed_documents(self._embedder)
        )

    async def _embed_memories(self, embedder: "Embedder") -> bool:
        todo = await self._memories.without_vector(embedder.name, limit=BATCH)
        if todo:
            found = await embedder.embed_documents([memory.content for memory in todo])
            vectors = dict(zip((memory.id for memory in todo), found, strict=True))
            await self._memories.set_vectors(embedder.name, vectors)
            log.info("memories_embedded", model=embedder.name, count=len(todo))
        return bool(todo)

    async def _embed_notes(self, embedder: "Embedder") -> bool:
        todo = await self._notes.without_vector(embedder.name, limit=BATCH)
        if todo:
            found = await embedder.embed_documents([note.content for note in todo])
            await self._notes.set_vectors(embedder.name, dict(zip(todo, found, strict=True)))
            log.info("notes_embedded", model=embedder.name, count=len(todo))
        return bool(todo)

    async def _embed_documents(self, embedder: "Embedder") -> bool:
        todo = await self._documents.without_vector(embedder.name, limit=PASSAGES)
        if todo:
            found = await embedder.embed_passages([passage.whole for passage in todo])
            vectors = dict(zip((passage.id for passage in todo), found, strict=True))
            await self._documents.set_vectors(embedder.name, vectors)
            log.info("documents_embedded", model=embedder.name, count=len(todo))
        return bool(todo)
