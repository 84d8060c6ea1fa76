"""A command at a terminal: what a person types, and all that they see."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

TIMEOUT_S = 60.0
AGAIN_S = 10.0  # a person presses the key again
PRESSES = 6
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
# The terminal becomes the process's own: hidden input asks /dev/tty. A suite in the background
# ignores SIGINT, its children inherit that, and Ctrl-C would do nothing.
_RUN = (
    "import fcntl, runpy, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "signal.signal(signal.SIGINT, signal.default_int_handler);"
    "runpy.run_module('app.cli', run_name='__main__')"
)


class Terminal:
    """`wasap` with these arguments. `seen` is everything that was on the screen, without colours.

    with Terminal(["setup"], folder, environment) as terminal:
        terminal.until("Password:")
        terminal.type("...")
        assert terminal.end() == 0
    """

    def __init__(self, arguments: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 240, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", _RUN, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env={**environment, "TERM": "xterm"},
            start_new_session=True,
        )
        os.close(slave)
        self.seen = ""
        self._read = 0  # of `seen`, by `until`

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    def until(self, text: str) -> str:
        """Wait until this is on the screen, after what was waited for before; what came with it."""
        ends_at = time.monotonic() + TIMEOUT_S
        while (found := self.seen.find(text, self._read)) < 0:
            if not self._hear(ends_at):
                raise AssertionError(f"no {text!r} in:\n{self.seen[self._read :]}")
        began, self._read = self._read, found + len(text)
        return self.seen[began : self._read]

    def type(self, text: str) -> None:
        """A line, with Enter."""
        os.write(self._master, f"{text}\n".encode())

    def interrupt(self) -> int:
        """Ctrl-C, and again where nothing happened; the exit code.

        Python notices one that falls between a prompt and its read only at the next key.
        """
        for _ in range(PRESSES):
            os.write(self._master, b"\x03")
            with suppress(subprocess.TimeoutExpired):
                return self.end(AGAIN_S)
        raise AssertionError(f"Ctrl-C {PRESSES} times, and it goes on:\n{self.seen[-2_000:]}")

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)

    def end(self, within_s: float = TIMEOUT_S) -> int:
        """Wait for the end; the exit code. Raises subprocess.TimeoutExpired where none comes."""
        ends_at = time.monotonic() + within_s
        while self._hear(ends_at):
            pass
        return self.process.wait(timeout=max(1.0, ends_at - time.monotonic()))

    def _hear(self, ends_at: float) -> bool:
        left = max(0.0, ends_at - time.monotonic())
        if not select.select([self._master], [], [], left)[0]:
            return False
        try:
            heard = os.read(self._master, 65536)
        except OSError:  # Linux: nobody has the other end open any more
            return False
        self.seen += _ESCAPES.sub("", heard.decode("utf-8", "replace"))
        return bool(heard)
