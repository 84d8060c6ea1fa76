"""The processes of the demo: started together, watched, and always ended."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.demo.errors import CannotStart
from app.demo.lines import Lines

STOP_TIMEOUT_S = 10.0
TAIL_LINES = 5


@dataclass(frozen=True)
class Child:
    """One process; it leads a group of its own, so that Ctrl-C reaches only us."""

    name: str
    process: subprocess.Popen[bytes]


class Children:
    """Starts Python modules whose output goes to one log file."""

    def __init__(self, log_file: Path, environment: dict[str, str], lines: Lines) -> None:
        self._log_file = log_file
        self._environment = environment
        self._lines = lines
        self._children: list[Child] = []
        log_file.parent.mkdir(parents=True, exist_ok=True)
        log_file.write_bytes(b"")

    def start(self, name: str, module: str, arguments: Sequence[str]) -> None:
        """Run `python -m module arguments`."""
        with self._log_file.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                [sys.executable, "-m", module, *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._children.append(Child(name, process))

    def check(self) -> None:
        """Raise CannotStart when one of them has ended."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                raise CannotStart(
                    self._lines.died.format(name=child.name, code=code, tail=self._tail())
                )

    def stop(self) -> None:
        """End them all, the last started first, and whatever they started themselves."""
        with _uninterrupted():
            for child in reversed(self._children):
                _signal_group(child, signal.SIGTERM)
            deadline = time.monotonic() + STOP_TIMEOUT_S
            for child in reversed(self._children):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                # The group may outlive its leader: a model server that lost its parent.
                _signal_group(child, signal.SIGKILL)
                child.process.wait()
            self._children.clear()

    def _tail(self) -> str:
        text = self._log_file.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.strip().splitlines()[-TAIL_LINES:])


def _signal_group(child: Child, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """A second Ctrl-C must not leave processes behind."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
