"""One worker a key: work of one key in order, different keys side by side."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

RETRY_S = 5.0  # after an error nobody foresaw; the work itself lies in the database


class Workers:
    """Runs `drain(key)` whenever the key is woken, never twice at once for one key."""

    def __init__(self, name: str, drain: Callable[[int], Awaitable[None]]) -> None:
        self._name = name
        self._drain = drain
        self._woken: dict[int, asyncio.Event] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._pausing: set[int] = set()
        self._stopped = False

    def wake(self, key: int) -> None:
        """There may be work for this key."""
        if self._stopped:
            return
        self._woken.setdefault(key, asyncio.Event()).set()
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._work(key), name=f"{self._name}-{key}")

    @property
    def busy(self) -> bool:
        """Whether any key is being worked on."""
        return bool(self._tasks)

    async def pause(self, key: int, seconds: float) -> None:
        """Called by the key's own drain: wait, but no longer than until it is woken."""
        event = self._woken[key]
        event.clear()
        self._pausing.add(key)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await event.wait()
        finally:
            self._pausing.discard(key)

    def looks(self, key: int) -> None:
        """Called by the key's own drain, about to look for work: what woke it is seen to now."""
        self._woken[key].clear()

    async def woken(self, key: int) -> None:
        """Called by the key's own drain: returns when it was woken after it last looked."""
        await self._woken[key].wait()

    async def stop(self, grace_s: float) -> None:
        """Take no more work; what runs gets `grace_s` seconds, the next start does the rest."""
        self._stopped = True
        tasks = list(self._tasks.values())
        if not tasks:
            return
        for key in self._pausing:
            self._tasks[key].cancel()
        await asyncio.wait(tasks, timeout=grace_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, key: int) -> None:
        event = self._woken[key]
        try:
            while event.is_set() and not self._stopped:
                event.clear()
                try:
                    await self._drain(key)
                except Exception:
                    # The rows are as the last commit left them: try again, nothing is lost.
                    log.exception("worker_failed", worker=self._name, key=key)
                    await self.pause(key, RETRY_S)
                    event.set()
        finally:
            # No await since the last look at the event: a wake-up cannot fall in between.
            del self._tasks[key]
            if not event.is_set():
                del self._woken[key]
