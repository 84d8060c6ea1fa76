"""kill -9 in a backup and in a restore, at every point of theirs, as often as it is passed."""

import contextlib
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store import backup, swap
from store.errors import StoreError
from store.instance import hold
from tests.crash.points import of_commands
from tests.histories import add_file, contents
from tests.stack import wasap


@dataclass
class Drill:
    """`first` and `second` are data folders; the second is what an owner has now.

    `passes`: how often a point is passed at most before the kill; it may be passed again and again.
    """

    folder: Path
    first: Path
    second: Path
    passes: int = 100
    kills: int = 0
    defects: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)

    def run(self) -> None:
        """All kills; what was found is in `defects`."""
        self.old, self.now = contents_of(self.first), contents_of(self.second)
        self.archive = backup.make(self.first, self.folder / "first.tar").path
        for point in of_commands("backup:", "restore:"):
            one = self._of_backup if point.startswith("backup:") else self._of_restore
            for number in range(1, self.passes + 1):
                if not one(f"{point}#{number}"):
                    break
                self.reached.add(point)
        self.defects += [
            f"{one} was never reached"
            for one in of_commands("backup:", "restore:")
            if one not in self.reached
        ]

    def _of_backup(self, at: str) -> bool:
        with self._data(at) as (data, out):
            target = out / "mine.tar.gz"
            if not self._killed(at, data, "backup", str(target)):
                return False
            self._same(at, "the data", contents(data), self.now)
            if target.exists():
                self._sound(at, target)
            backup.make(data, target, force=True)
            self._sound(at, target)
            if left := {path.name for path in out.iterdir()} - {target.name}:
                self.defects.append(f"{at}: the next backup left {left}")
        return True

    def _of_restore(self, at: str) -> bool:
        with self._data(at) as (data, _):
            if not self._killed(at, data, "restore", str(self.archive), "--discard"):
                return False
            decided = (data / swap.READY).exists() or "finished" in at
            # Whoever comes next is killed at the same point of what is left to do.
            self._killed(at.partition("#")[0], data, "verify")
            hold(data).close()
            self._same(at, "the data", contents(data), self.old if decided else self.now)
            if left := {path.name for path in data.iterdir()} & {swap.PARTIAL, swap.READY}:
                self.defects.append(f"{at}: {left} is still there")
            if decided and list(data.glob("former-*")):
                self.defects.append(f"{at}: the former data was to be deleted")
            backup.restore(self.archive, data)
            self._same(at, "a second restore", contents(data), self.old)
        return True

    def _killed(self, at: str, data: Path, *command: str) -> bool:
        """Whether it got to the point; else it came to its end."""
        settings = {"DATA_DIR": str(data), "WASAP_CRASH_AT": at}
        # In this folder: no .env of the developer's.
        ended = wasap(*command, settings=settings, folder=self.folder)
        if ended.returncode not in (0, -signal.SIGKILL):
            self.defects.append(f"{at}: {command[0]} failed: {ended.stdout}{ended.stderr}")
        killed = ended.returncode == -signal.SIGKILL
        self.kills += killed
        return killed

    def _same(self, at: str, what: str, found: dict[str, Any], wanted: dict[str, Any]) -> None:
        if found != wanted:
            differ = sorted(
                name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)
            )
            self.defects.append(f"{at}: {what} differs in {differ}")

    def _sound(self, at: str, target: Path) -> None:
        try:
            _, report = backup.look_at(target)
        except StoreError as error:
            self.defects.append(f"{at}: {error}")
        else:
            self.defects += [f"{at}: {problem}" for problem in report.problems]

    @contextlib.contextmanager
    def _data(self, at: str) -> Iterator[tuple[Path, Path]]:
        """A data folder as a kill left it, and a folder for backups."""
        run = self.folder / at.replace(":", "-").replace("#", "-")
        out = run / "out"
        out.mkdir(parents=True)
        data = run / "data"
        shutil.copytree(self.second, data)
        yield data, out
        shutil.rmtree(run)


def leave_logs(folder: Path, copy: Path) -> None:
    """Copy a data folder as a killed server leaves it: with write-ahead logs; and with files."""
    for number in range(2):
        add_file(folder, f"photo-{number}", bytes([number]))
    with contextlib.ExitStack() as stack:
        for name in ("wasap.db", "checkpoints.db"):
            db = stack.enter_context(
                contextlib.closing(sqlite3.connect(folder / name, isolation_level=None))
            )
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE only_in_the_log AS SELECT 1 AS one")
        shutil.copytree(folder, copy)


def contents_of(folder: Path) -> dict[str, Any]:
    """The same as `contents`, and the folder stays as it is, logs included."""
    copy = folder.with_name(f"{folder.name}.copy")
    shutil.copytree(folder, copy)
    found = contents(copy)
    shutil.rmtree(copy)
    return found
