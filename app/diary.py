"""Writes the diary in idle time: what was talked about, once a conversation has gone quiet."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog

from graph.diary import entry
from graph.errors import ModelError
from graph.services import Services
from graph.warmup import read_front
from store.clock import now_ms
from store.diary import Chapter, DiaryStore
from store.errors import StoreError

log = structlog.get_logger()

LOOK_S = 60.0  # between looks for what has gone quiet
LEAST = 2  # exchanges worth an entry; fewer wait until the day is over


class DiaryWriter:
    """Runs until it is stopped; `disturb` takes the model back for somebody who waits."""

    def __init__(
        self,
        services: Services,
        store: DiaryStore,
        *,
        quiet_s: float,
        language: str,
        timezone: str,
        idle: Callable[[], bool],
        on_written: Callable[[], None],
    ) -> None:
        self._services = services
        self._store = store
        self._quiet_s = quiet_s
        self._language = language
        self._timezone = timezone
        self._idle = idle
        self._on_written = on_written
        self._work: asyncio.Task[None] | None = None
        self._task = asyncio.create_task(self._run(), name="diary")

    def disturb(self) -> None:
        """A message waits: leave the model to it. The chapter is written later."""
        if self._work is not None:
            self._work.cancel()

    async def stop(self) -> None:
        """Stop; what is left is found at the next start."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(min(LOOK_S, self._quiet_s))
            try:
                while self._idle() and (chapter := await self._next()):
                    self._work = asyncio.create_task(self._write(chapter), name="diary-entry")
                    await asyncio.wait([self._work])
                    if self._work.cancelled():
                        break
                    self._work.result()
            except (ModelError, StoreError) as error:
                log.info("diary_put_off", reason=type(error).__name__)
            except Exception:
                # A defect of ours or a broken diary.md: the chapter waits, those to come do too.
                log.exception("diary_put_off")
            finally:
                if self._work is not None:
                    self._work.cancel()
                self._work = None

    async def _next(self) -> Chapter | None:
        return await self._store.next_chapter(
            quiet_since=now_ms() - int(self._quiet_s * 1000), least=LEAST, day_of=self._day_of
        )

    async def _write(self, chapter: Chapter) -> None:
        content = await entry(
            self._services, chapter, language=self._language, timezone=self._timezone
        )
        if await self._store.keep(chapter, content):
            log.info("diary_written", exchanges=len(chapter.exchanges), told=bool(content))
            self._on_written()
        # Where a model server holds one prompt, ours has taken the chat's place.
        await read_front(self._services, self._language)

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self._timezone)).date()
