"""The listening process seen from here: started at first use, one file at a time, ended when idle.

Nothing of it runs in the event loop, and whatever a file does to it, it does to that process.
"""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

import structlog

from app.media.hearing import Heard

log = structlog.get_logger()

ANSWER_TIMEOUT_S = 900.0  # for one file, loading included; then the process is killed
LINE_MAX = 1 << 20  # bytes of an answer
# What the process is told of our environment: where Python finds its things, no secrets.
KEPT = (
    "PATH", "HOME", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV",
)  # fmt: skip


class TranscriberDied(Exception):
    """The process ended over a file."""


class Transcriber:
    """Writes down what is spoken."""

    def __init__(self, folder: Path, *, language: str, idle_s: float) -> None:
        """`folder`: the weights; `idle_s`: seconds without work until their memory is free."""
        self._command = (sys.executable, "-m", "app.media.hearing", str(folder), language)
        self._idle_s = idle_s
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._rest: asyncio.Task[None] | None = None

    @property
    def awake(self) -> bool:
        """Whether the process runs, with the model in memory."""
        return self._process is not None

    async def hear(self, path: Path, *, max_s: float) -> Heard:
        """What is said in a file, up to `max_s` seconds long; waits for the one before it.

        Raises TranscriberDied, or TimeoutError after ANSWER_TIMEOUT_S.
        """
        async with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            try:
                async with asyncio.timeout(ANSWER_TIMEOUT_S):
                    heard = await self._ask({"path": str(path), "max_s": max_s})
            except BaseException:  # a file that takes for ever, or our own end: it must not go on
                await self._end()
                raise
            self._rest = asyncio.create_task(self._rest_later(), name="transcriber-rest")
            return heard

    async def aclose(self) -> None:
        """End the process."""
        if self._rest is not None:
            self._rest.cancel()
        await self._end()

    async def _ask(self, request: dict[str, object]) -> Heard:
        process = self._process = self._process or await self._start()
        assert process.stdin is not None  # noqa: S101 - a pipe, see _start
        assert process.stdout is not None  # noqa: S101
        with contextlib.suppress(ConnectionError):  # it is gone: so is its answer
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise TranscriberDied(f"exit code {await process.wait()}")
        return Heard(**json.loads(line))

    async def _start(self) -> asyncio.subprocess.Process:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        log.info("transcriber_starts")
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,  # its end tells the process that we are gone
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # libraries quote what they read
            env={**kept, "HF_HUB_OFFLINE": "1"},
            limit=LINE_MAX,
        )

    async def _rest_later(self) -> None:
        await asyncio.sleep(self._idle_s)
        async with self._turn:
            await self._end()
        log.info("transcriber_rests")

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
