"""A process of ours that answers line by line: started at first use, one request at a time, ended
when idle.

Nothing of it runs in the event loop, and whatever a request does to it, it does to that process.
Its other side is `app.media.answering`.
"""

import asyncio
import contextlib
import json
import os
import sys
from typing import Any

import structlog

log = structlog.get_logger()

LINE_MAX = 1 << 20  # bytes of an answer
# What the process is told of our environment: where Python finds its things, no secrets.
KEPT = (
    "PATH", "HOME", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV",
)  # fmt: skip


class ChildDied(Exception):
    """The process ended over a request."""


class Child:
    """One at a time; those who ask meanwhile wait for their turn."""

    def __init__(self, name: str, *command: str, timeout_s: float, idle_s: float) -> None:
        """`name`: in the log; `command`: a module and its arguments; `timeout_s`: for one answer,
        starting included; `idle_s`: seconds without work until its memory is free."""
        self._name = name
        self._command = (sys.executable, "-m", *command)
        self._timeout_s = timeout_s
        self._idle_s = idle_s
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._rest: asyncio.Task[None] | None = None

    @property
    def awake(self) -> bool:
        """Whether the process runs, with what it has loaded in memory."""
        return self._process is not None

    async def ask(self, **request: object) -> dict[str, Any]:
        """Its answer; waits for the one before it. Raises ChildDied, or TimeoutError."""
        async with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await self._exchange(request)
            except (
                BaseException
            ):  # a request that takes for ever, or our own end: it must not go on
                await self._end()
                raise
            self._rest = asyncio.create_task(self._rest_later(), name=f"{self._name}-rest")
            return answer

    async def aclose(self) -> None:
        """End the process."""
        if self._rest is not None:
            self._rest.cancel()
        await self._end()

    async def _exchange(self, request: dict[str, object]) -> dict[str, Any]:
        process = self._process = self._process or await self._start()
        assert process.stdin is not None  # noqa: S101 - a pipe, see _start
        assert process.stdout is not None  # noqa: S101
        with contextlib.suppress(ConnectionError):  # it is gone: so is its answer
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise ChildDied(f"exit code {await process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        log.info(f"{self._name}_starts")
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
        log.info(f"{self._name}_rests")

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
