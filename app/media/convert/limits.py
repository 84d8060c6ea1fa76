"""What the process may take, and what it must not do, whatever the file makes the parsers do.

The parsers are Python and lxml, and run nothing of what they read. Should one try all the same:
no file can be written, no process begun, nothing connected to.
"""

import contextlib
import os
import signal
import sys
from typing import Any

MEMORY_BYTES = 768 << 20  # of address space; not enforced by macOS
CPU_S = 30
WALL_S = 45
SOFT_S = 20.0  # then what is there by now is all
MAX_TEXT = 1_500_000  # characters of a document, some 500 pages
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")
FORBIDDEN_CALLS = frozenset(
    {
        "os.system", "os.startfile", "os.remove", "os.rename", "os.link", "os.symlink", "os.mkdir",
        "os.rmdir", "os.truncate", "os.chmod", "os.kill", "shutil.rmtree", "ctypes.dlopen",
    }
)  # fmt: skip


def confine() -> None:
    """For the rest of this process's life."""
    _limit()
    sys.dont_write_bytecode = True
    # Neither is needed for text; openpyxl and pypdf import them where they are, at 60 MB.
    for heavy in ("numpy", "PIL"):
        sys.modules[heavy] = None  # type: ignore[assignment]
    sys.addaudithook(_watch)


def _limit() -> None:
    with contextlib.suppress(ImportError, AttributeError):  # Windows: the parent's timeout is left
        import resource

        signal.alarm(WALL_S)  # should the parent be gone
        for what, most in (
            (resource.RLIMIT_CPU, CPU_S),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_AS, MEMORY_BYTES),
        ):
            with contextlib.suppress(ValueError, OSError):  # not on this system
                resource.setrlimit(what, (most, most))


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        _, _, flags = arguments
        forbidden = bool(isinstance(flags, int) and flags & WRITES)
    else:
        forbidden = event.startswith(FORBIDDEN) or event in FORBIDDEN_CALLS
    if forbidden:
        raise PermissionError(f"a document must not cause {event}")
