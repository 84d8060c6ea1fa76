"""The tables of phrases: what was said, where and when, and what it means."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent / "phrases"


@dataclass(frozen=True)
class Row:
    """One phrase. `meaning` is "thu 2026-11-26 09:00", with "; RULE" behind it, or a refusal."""

    phrase: str
    meaning: str
    now: datetime  # aware
    zone: str
    language: str

    @property
    def rule(self) -> str:
        return self.meaning.partition("; ")[2]

    @property
    def refused(self) -> str:
        """The reason ("which_hour", "past"), "" when a time is set."""
        reason = self.meaning.removeprefix("ask ").replace(" ", "_")
        return "" if self.meaning[4:8].isdecimal() else reason

    @property
    def weekday(self) -> str:
        return self.meaning[:3]

    @property
    def due_at(self) -> datetime:
        """Aware UTC."""
        return _aware(datetime.fromisoformat(self.meaning.partition("; ")[0][4:]), self.zone)


def rows() -> Iterator[Row]:
    """Every row of every file."""
    for path in sorted(FOLDER.glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["table"]:
            now = _aware(table["now"], table["zone"])
            for phrase, meaning in table["rows"].items():
                yield Row(phrase, meaning, now, table["zone"], path.stem[:2])


def _aware(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)
