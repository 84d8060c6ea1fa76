"""Text out of pictures by rapidocr, in a child: it may die, take much memory, or never end."""

import asyncio
import contextlib
import importlib.util
import json
import os
import struct
import sys

import structlog

from app.errors import OcrError
from app.media.child import KEPT

log = structlog.get_logger()

INSTALLED = all(map(importlib.util.find_spec, ("rapidocr", "onnxruntime")))
CHILD = (sys.executable, "-m", "app.media.ocr_child")
TIMEOUT_S = 120.0  # for one picture, loading included
IDLE_S = 120.0  # without a picture, and the child ends
LINE_MAX = 1 << 20  # bytes of an answer


class Ocr:
    """One picture at a time; the child starts with the first."""

    def __init__(
        self,
        *,
        timeout_s: float = TIMEOUT_S,
        idle_s: float = IDLE_S,
        child: tuple[str, ...] = CHILD,
    ) -> None:
        self._timeout_s = timeout_s
        self._idle_s = idle_s
        self._command = child
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether the child is there."""
        return self._child is not None and self._child.returncode is None

    async def read(self, jpeg: bytes) -> str:
        """The rows of text in a picture, from top to bottom; "" when there are none.

        Raises:
            OcrError: the child died or took too long. The next picture gets another one.
        """
        async with self._turn:
            self._stay()
            rows: list[str] | None = None
            try:
                async with asyncio.timeout(self._timeout_s):
                    rows = json.loads(await self._exchange(jpeg))
            except (OSError, ValueError, EOFError, TimeoutError) as error:
                raise OcrError(f"{type(error).__name__} in the reader of text") from error
            finally:
                if rows is None:  # what it still had to say would be taken for the next picture's
                    await self._end()
            self._rest = asyncio.create_task(self._end_when_idle(), name="ocr-idle")
            return "\n".join(rows)

    async def aclose(self) -> None:
        """End the child."""
        self._stay()
        async with self._turn:
            await self._end()

    async def _exchange(self, jpeg: bytes) -> bytes:
        if not self.running:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,  # its end tells the child that we are gone
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # libraries quote what they read
                env={name: os.environ[name] for name in KEPT if name in os.environ},
                limit=LINE_MAX,
            )
            log.info("ocr_started", pid=self._child.pid)
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise EOFError
        child.stdin.write(struct.pack(">I", len(jpeg)) + jpeg)
        await child.stdin.drain()
        return await child.stdout.readline()

    def _stay(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self._idle_s)
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.kill()  # it holds nothing that could be lost
        await child.wait()
        log.info("ocr_ended", pid=child.pid)
