"""What a check found, and the sentences for it."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum

from graph.prompts import fill
from graph.settings import HOME

FILE = "checks.toml"


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    level: Level
    key: str  # of its sentences
    says: str  # what is so
    fix: str = ""  # what to do about it
    check: str = ""  # filled in by who runs the check


class Lines:
    """The sentences of the checks in one language.

    Read from our own prompts folder: they must be there when PROMPTS_DIR is what is wrong.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        path = HOME / "prompts" / language / FILE
        self._table: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))

    def finding(self, level: Level, key: str, /, **values: object) -> Finding:
        """A finding with its sentences filled in; each stays on one line."""
        texts = {name: " ".join(str(value).split()) for name, value in values.items()}
        entry = self._table[key]
        return Finding(level, key, fill(entry["says"], texts), fill(entry.get("fix", ""), texts))
