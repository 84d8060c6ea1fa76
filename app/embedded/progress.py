"""How a fetch tells what it is doing: a bar at a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

STEP_PERCENT = 10


class Report(Protocol):
    """What a fetch needs to tell."""

    def say(self, sentence: str) -> None:
        """One sentence for the reader."""

    def at(self, done_bytes: int) -> None:
        """How much of the file is here now."""


class _Bar:
    def __init__(self, progress: Progress, name: str, total_bytes: int) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=total_bytes)

    def say(self, sentence: str) -> None:
        self._progress.console.print(sentence, highlight=False, markup=False)

    def at(self, done_bytes: int) -> None:
        self._progress.update(self._task, completed=done_bytes)


class _Lines:
    def __init__(self, console: Console, name: str, total_bytes: int) -> None:
        self._console = console
        self._name = name
        self._total = total_bytes
        self._told = 0

    def say(self, sentence: str) -> None:
        self._console.print(sentence, highlight=False, markup=False, soft_wrap=True)

    def at(self, done_bytes: int) -> None:
        percent = done_bytes * 100 // self._total
        if percent < self._told:  # started over
            self._told = 0
        if percent >= self._told + STEP_PERCENT:
            self._told = percent - percent % STEP_PERCENT
            size = f"{done_bytes / 1e6:,.0f} of {self._total / 1e6:,.0f} MB"
            self.say(f"{self._name}: {percent} % ({size})")


@contextmanager
def report_on(console: Console, name: str, total_bytes: int) -> Iterator[Report]:
    """A report for one download."""
    if not console.is_terminal:
        yield _Lines(console, name, total_bytes)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield _Bar(progress, name, total_bytes)
