"""The clock on the wall of a zone, and the instant it stands for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def instant(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a naive wall time. In a gap it moves forward by the gap; of a time that
    happens twice it is the first (fold 0 is both)."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def on_the_wall(moment: datetime, zone: str) -> datetime:
    """The naive wall time of an aware instant."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def at(day: date, minutes: int) -> datetime:
    """Wall time so many minutes after the midnight that begins a day; 24 h and more is the next."""
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)


@dataclass(frozen=True)
class Said:
    """When and where a phrase was said."""

    now: datetime  # aware UTC
    zone: str  # IANA
    month_first: bool  # 5/3 is the third of May

    @property
    def wall(self) -> datetime:
        """Naive wall time."""
        return on_the_wall(self.now, self.zone)

    @property
    def today(self) -> date:
        """The day on the wall."""
        return self.wall.date()

    def instant(self, wall: datetime) -> datetime:
        """The UTC instant of a naive wall time here."""
        return instant(wall, self.zone)
