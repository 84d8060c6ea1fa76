"""Lives of the product, forked from a process that has imported it: see tests.nursery."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent


def order(
    *command: str, settings: Mapping[str, str], out: Path, errors: Path, folder: Path = ROOT
) -> bytes:
    """A life, as tests.nursery is asked for it."""
    life = {"command": command, "folder": str(folder), "out": str(out), "errors": str(errors)}
    return json.dumps({**life, "settings": dict(settings)}).encode() + b"\n"


class Nursery:
    """One for all tests of a process; begins at the first life."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""
        self._newborn = 0
        self._ordered = 0
        self._born_so_far = 0
        self._dead: dict[int, int] = {}  # process id -> exit code

    def fork(self, settings: Mapping[str, str], log: Path) -> "Life":
        """`wasap serve` with these settings and no others, writing to `log`."""
        return self._born(order("serve", settings=settings, out=log, errors=log))

    def run(
        self, *command: str, settings: Mapping[str, str], folder: Path, timeout_s: float
    ) -> subprocess.CompletedProcess[str]:
        """`wasap COMMAND` to its end, as subprocess.run does it."""
        with tempfile.TemporaryDirectory() as said:
            out, errors = Path(said, "out"), Path(said, "errors")
            asked = order(*command, settings=settings, folder=folder, out=out, errors=errors)
            life = self._born(asked)
            try:
                code = life.wait(timeout_s)
            finally:
                life.send_signal(signal.SIGKILL)
            return subprocess.CompletedProcess(command, code, out.read_text(), errors.read_text())

    def _born(self, order: bytes) -> "Life":
        self._process = self._process or self._open()
        assert self._process.stdin is not None
        self._process.stdin.write(order)
        self._process.stdin.flush()
        self._ordered += 1
        while self._born_so_far < self._ordered:  # a test that ran out of time waited for another
            self._hear(None)
        return Life(self, self._newborn)

    def exit_code(self, pid: int, timeout_s: float) -> int | None:
        """Of a life; None while it lives."""
        deadline = time.monotonic() + timeout_s
        while pid not in self._dead:
            if not self._hear(max(0, deadline - time.monotonic())):
                return self._dead.get(pid)
        return self._dead[pid]

    def close(self) -> None:
        """When no life runs any more."""
        if self._process is not None:
            self._process.communicate()

    def _open(self) -> subprocess.Popen[bytes]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).parent / "nursery.py")],
            env={**kept, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _hear(self, timeout_s: float | None) -> bool:
        """Take in what the nursery says; False when it said nothing in time."""
        assert self._process is not None
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout_s)[0]:
            return False
        more = os.read(self._process.stdout.fileno(), 4096)
        if not more:
            raise RuntimeError("the nursery has ended")
        *lines, self._unread = (self._unread + more).split(b"\n")
        for kind, *numbers in (line.split() for line in lines):
            if kind == b"born":
                self._newborn = int(numbers[0])
                self._born_so_far += 1
                self._dead.pop(self._newborn, None)  # the number may have been another's
            else:
                self._dead[int(numbers[0])] = int(numbers[1])
        return True


class Life:
    """A process as subprocess.Popen has it, as far as the tests ask."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self.poll()

    def poll(self) -> int | None:
        """The exit code, minus the signal's number if one ended it; None while it runs."""
        return self._nursery.exit_code(self.pid, 0)

    def wait(self, timeout: float) -> int:
        """The exit code."""
        code = self._nursery.exit_code(self.pid, timeout)
        if code is None:
            raise subprocess.TimeoutExpired("wasap", timeout)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """To a life that may just have ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
