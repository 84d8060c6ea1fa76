"""Time as the tables hold it: whole milliseconds since the epoch, UTC."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def now_ms() -> int:
    """The current time in milliseconds."""
    return time.time_ns() // 1_000_000


def utc_now() -> datetime:
    """The current time, aware."""
    return datetime.now(UTC)


def month_began_ms(timezone: str) -> int:
    """When this month began in an IANA zone."""
    now = datetime.now(ZoneInfo(timezone))
    began = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return int(began.timestamp() * 1000)


def to_ms(moment: datetime) -> int:
    """What `from_ms` takes; an aware datetime of any zone."""
    return round(moment.timestamp() * 1000)


def from_ms(value: int) -> datetime:
    """An aware UTC datetime."""
    return datetime.fromtimestamp(value / 1000, UTC)
