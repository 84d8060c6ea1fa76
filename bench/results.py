"""What was measured, and when, where and by which command: one JSON file a part, all of one shape.

They are kept with the sources: docs/performance.md is made from them. What only whoever looks for a
defect reads (transcripts, points of a crash run) goes to `DETAILS`, which is not.
"""

import contextlib
import json
import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bench.figures import Figure

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
DETAILS = RESULTS / "details"
# What a run itself changes makes no other revision of it.
MADE = ("bench/results", "docs/performance.md", "docs/cost-by-*.svg")


@dataclass(frozen=True)
class Result:
    """Of one part. Whether others used the machine is not known: its load at the start hints."""

    part: str
    command: str
    at: str  # ISO 8601, UTC, when it began
    revision: str = ""  # of git, with "+" where the sources were changed; "": not known
    cores: int | None = None
    load: float | None = None  # average of the minute before
    python: str = ""
    machine: str = ""
    seconds: float | None = None
    figures: Sequence[Figure] = field(default_factory=list)


_READER = TypeAdapter(Result)


@dataclass(frozen=True)
class Begun:
    """A run whose figures are still to come."""

    result: Result
    clock: float

    def ended(self, figures: Sequence[Figure]) -> Result:
        """With its figures."""
        took = round(time.monotonic() - self.clock, 1)
        return replace(self.result, figures=figures, seconds=took)


def begin(part: str, command: str = "") -> Begun:
    """To be called before anything is measured; without a command it is this process's own."""
    result = Result(
        part,
        command or _own_command(),
        datetime.now(UTC).isoformat(timespec="seconds"),
        _revision(),
        os.cpu_count(),
        round(os.getloadavg()[0], 2),
        platform.python_version(),
        platform.machine(),
    )
    return Begun(result, time.monotonic())


def write(result: Result, folder: Path = RESULTS) -> None:
    """Take the place of the result before."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = json.dumps(_short(asdict(result)), indent=1, ensure_ascii=False)
    (folder / f"{result.part}.json").write_text(f"{whole}\n", encoding="utf-8")


def read(folder: Path = RESULTS) -> dict[str, Result]:
    """The last result of each part that has one; files of another shape are left out."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(ValidationError):
            result = _READER.validate_json(path.read_bytes())
            found[result.part] = result
    return found


def _short(value: Any) -> Any:
    """Six digits of a number: more would be noise in every diff."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_short(one) for one in value]
    return value


def _own_command() -> str:
    # Of a path that is somebody's own only the last name.
    words = (Path(one).name if one.startswith("/") else one for one in sys.orig_argv[1:])
    return f"python {shlex.join(words)}"


def _revision() -> str:
    try:
        revision = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--", ".", *(f":(exclude){one}" for one in MADE))
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{revision}{'+' if changed else ''}"


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
