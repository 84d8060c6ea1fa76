"""A file that is edited while it is used: read again when it has changed, and kept as it was when
the edit cannot be used."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from graph.errors import PromptError

log = structlog.get_logger(__name__)

T = TypeVar("T")
# What a file holds, and what counted before (None: nothing yet). Raises PromptError or ValueError.
Read = Callable[[bytes, T | None], T]

_UNUSABLE = (OSError, ValueError, PromptError)  # ValueError: UnicodeDecodeError, TOMLDecodeError
_GONE = (-1, -1, -1)


class KeptFile(Generic[T]):
    """`problem` says why the file is not used as it stands; "" where it is."""

    def __init__(self, path: Path, read: Read[T], spare: Path) -> None:
        """`spare` counts until `path` can be used."""
        self.path = path
        self.problem = ""
        self._read = read
        self._signature: tuple[int, int, int] | None = None  # mtime in ns, size in bytes, inode
        self._value: T | None = None
        if spare.resolve() != path.resolve():
            with suppress(*_UNUSABLE):
                self._value = read(spare.read_bytes(), None)
        self.refresh()

    @property
    def usable(self) -> bool:
        """Whether there is a value."""
        return self._value is not None

    def value(self) -> T:
        """The newest version that can be used. Raises PromptError where there never was one."""
        self.refresh()
        if self._value is None:
            raise PromptError(f"{self.path}: {self.problem}")
        return self._value

    def refresh(self) -> None:
        """Look at the file once more; an edit that cannot be used is logged once."""
        signature = _signature(self.path)
        if signature == self._signature:
            return
        self._signature = signature
        try:
            self._value = self._read(self.path.read_bytes(), self._value)
            self.problem = ""
        except _UNUSABLE as error:
            self.problem = (isinstance(error, OSError) and error.strerror) or str(error)
            name = f"{self.path.parent.name}/{self.path.name}"
            log.error("prompt_rejected", prompt=name, reason=self.problem)


def _signature(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return _GONE
    return (status.st_mtime_ns, status.st_size, status.st_ino)
