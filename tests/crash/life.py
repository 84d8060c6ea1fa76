"""Processes of the product: started from nothing, or forked from one that has imported it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from tests import piper_double
from tests.lives import order


class Life(Protocol):
    """One process, as asyncio.subprocess has it."""

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...

    def send_signal(self, signal: int) -> None: ...

    def kill(self) -> None: ...


class Forked:
    """A life that the nursery reports on."""

    def __init__(self, pid: int, death: asyncio.Task[int]) -> None:
        self._pid = pid
        self._death = death

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._death.result() if self._death.done() else None

    async def wait(self) -> int:
        """The exit code; minus the signal's number if one ended it."""
        return await asyncio.shield(self._death)

    def send_signal(self, signal: int) -> None:
        """To a life that may just have ended."""
        if not self._death.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """Forks one life after the other, with the product of `source`; see tests.nursery."""

    def __init__(self, source: Path) -> None:
        plugins = (Path(__file__).parent / "plugin", piper_double.HERE)
        self._source = source
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._environment = {**kept, "PYTHONPATH": os.pathsep.join(map(str, (source, *plugins)))}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, settings: Mapping[str, str], log_path: Path) -> Life:
        """A life from nothing: a new interpreter."""
        with log_path.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "app.cli",
                "serve",
                env={**self._environment, **settings},
                cwd=self._source,
                stdout=log,
                stderr=log,
            )

    async def fork(self, settings: Mapping[str, str], log_path: Path) -> Life:
        """A life in a copy of a process that has only imported the product."""
        if self._process is None:
            self._process = await self._open()
        assert self._process.stdin is not None
        log = {"out": log_path, "errors": log_path}
        self._process.stdin.write(order("serve", settings=settings, folder=self._source, **log))
        return Forked(await self._number(), asyncio.create_task(self._number()))

    async def close(self) -> None:
        """When no life runs any more."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            await self._process.wait()

    async def _open(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # this folder is not where its imports are
            str(Path(__file__).parent.parent / "nursery.py"),
            env=self._environment,
            cwd=self._source,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )

    async def _number(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        return int((await self._process.stdout.readline()).split()[-1])
