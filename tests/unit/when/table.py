"""The tables of phrases: what was said, where and when, and what it means."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tools.when import WhenError, read

FOLDER = Path(__file__).parent / "phrases"
FILES = sorted(path.name for path in FOLDER.glob("*.toml"))


@dataclass(frozen=True)
class Row:
    """One phrase. `meaning` is "thu 2026-11-26 09:00", with "; RULE" behind it, or a refusal."""

    phrase: str
    meaning: str
    now: datetime  # aware
    zone: str
    language: str

    @property
    def refused(self) -> str:
        """The reason ("which_hour", "past"), "" when a time is set."""
        reason = self.meaning.removeprefix("ask ").replace(" ", "_")
        return "" if self.meaning[4:8].isdecimal() else reason

    @property
    def told(self) -> tuple[object, ...]:
        """The refusal, or the weekday, the instant (aware UTC) and the rule ("" for once)."""
        if self.refused:
            return (self.refused,)
        moment, _, rule = self.meaning.partition("; ")
        return moment[:3], _aware(datetime.fromisoformat(moment[4:]), self.zone), rule

    def read(self) -> tuple[object, ...]:
        """What we make of it, in the form of `told`."""
        try:
            when = read(self.phrase, now=self.now, zone=self.zone, language=self.language)
        except WhenError as refused:
            return (refused.reason,)
        weekday = when.due_at.astimezone(ZoneInfo(self.zone)).strftime("%a").lower()
        return weekday, when.due_at, when.rule.partition("RRULE:")[2]


def rows(name: str) -> Iterator[Row]:
    """Every row of a file."""
    for table in tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))["table"]:
        now = _aware(table["now"], table["zone"])
        for phrase, meaning in table["rows"].items():
            yield Row(phrase, meaning, now, table["zone"], name[:2])


def _aware(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)
