"""What a run found: kept as a JSON file, and compared with what the same model did before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from app.evals.scenarios import Case

KIND = "wasap-eval"


@dataclass(frozen=True)
class Exchange:
    """A message, its answer, and the tools that were called on the way."""

    said: str
    reply: str
    calls: list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Try:
    """One go at a case; nothing `wrong` means that it passed."""

    wrong: list[str]
    exchanges: list[Exchange]
    seconds: float
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True)
class CaseResult:
    """A case with all its tries."""

    id: str
    area: str
    language: str
    half: str
    digest: str  # of the case: results of one that was edited are not compared
    passed: bool  # pass^k: every one of its tries
    tries: list[Try]

    @classmethod
    def of(cls, case: Case, tries: list[Try]) -> Self:
        passed = not any(one.wrong for one in tries)
        return cls(case.id, case.area, case.language, case.half, case.digest, passed, tries)

    @property
    def wrong(self) -> list[str]:
        """What was wrong in the try that failed."""
        return [one for go in self.tries for one in go.wrong]

    @property
    def seconds(self) -> float:
        return sum(go.seconds for go in self.tries)

    @property
    def tokens(self) -> tuple[int, int]:
        """In and out."""
        return sum(go.tokens_in for go in self.tries), sum(go.tokens_out for go in self.tries)


@dataclass(frozen=True)
class Run:
    """Cases answered by one model with one set of prompts."""

    at: str  # ISO 8601, UTC, when it began
    model: str
    prompts: str  # the folder
    prompts_hash: str
    cases: list[CaseResult] = field(default_factory=list)
    side: str = ""  # "A" or "B" of two folders: no later run is measured against it
    asked: int = 0  # how many cases; fewer are here where the model went away or somebody stopped
    kind: str = KIND

    @property
    def whole(self) -> bool:
        """Whether every case was answered."""
        return len(self.cases) == self.asked


@dataclass(frozen=True)
class Turned:
    """Cases that were answered before and now, and came out otherwise."""

    fixed: list[CaseResult]
    broken: list[CaseResult]
    compared: int  # how many cases both have


_READER = TypeAdapter(Run)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def stem(run: Run) -> str:
    """The name of its files."""
    at = datetime.fromisoformat(run.at).astimezone(UTC)
    safe = "".join(letter if letter.isalnum() or letter in ".-" else "-" for letter in run.model)
    return f"{at:%Y%m%dT%H%M%S%f}-{safe}{run.side and f'-{run.side}'}"


def write(run: Run, folder: Path) -> Path:
    """Keep it as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem(run)}.json"
    path.write_text(json.dumps(asdict(run), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def earlier(folder: Path, model: str) -> list[Run]:
    """Runs of a model that are kept in a folder, the oldest first; other files are left out."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            run = _READER.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue  # not ours, or cut short
        if run.kind == KIND and run.model == model and not run.side:
            found.append(run)
    return sorted(found, key=lambda run: run.at)


def last_results(runs: Sequence[Run]) -> dict[str, CaseResult]:
    """How each case came out the last time: a run of a few cases does not hide the others."""
    return {result.id: result for run in runs for result in run.cases}


def turned(before: Mapping[str, CaseResult], cases: Sequence[CaseResult]) -> Turned:
    """Against earlier results, by id. A case that was edited since is a new one."""
    both = [
        case
        for case in cases
        if (known := before.get(case.id)) is not None and known.digest == case.digest
    ]
    return Turned(
        fixed=[case for case in both if case.passed and not before[case.id].passed],
        broken=[case for case in both if not case.passed and before[case.id].passed],
        compared=len(both),
    )
