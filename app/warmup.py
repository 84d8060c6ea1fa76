"""The front of every prompt, read by the model before somebody waits for it.

System text and tools take 14 to 26 s on two cores; an answer on top of them starts in 0.3 s. They
are read at the start, and again when the model left before its time: Ollama was started anew, or
another model took its place. A model that left because nobody wrote for OLLAMA_KEEP_ALIVE stays
away, as the owner wishes.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from graph.errors import ModelError
from graph.services import Services
from graph.warmup import read_front

log = structlog.get_logger()

LOOK_S = 30.0  # between looks at /api/ps
MARGIN = timedelta(seconds=60)  # a model this close to its end has left by itself


class Warmup:
    """Runs until it is stopped."""

    def __init__(self, services: Services, language: str, *, look_s: float = LOOK_S) -> None:
        self._services = services
        self._language = language
        self._look_s = look_s
        self._stays_until = datetime.max.replace(tzinfo=UTC)  # at the start it is wanted
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; nothing waits for it."""
        self._task = asyncio.create_task(self._run(), name="warm-up")

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        await self._read()
        while True:
            await asyncio.sleep(self._look_s)
            try:
                expiry = await self._services.model.stays_until()
            except ModelError:
                continue  # it is away: the turns say so
            if expiry is not None:
                self._stays_until = expiry
            elif datetime.now(UTC) < self._stays_until - MARGIN:
                await self._read()

    async def _read(self) -> None:
        try:
            seconds = await read_front(self._services, self._language)
        except ModelError as error:
            log.info("warm_up_failed", kind=error.kind)  # tried again at the next look
            return
        log.info("warmed_up", seconds=round(seconds, 1))
