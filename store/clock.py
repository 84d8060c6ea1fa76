"""Time as the tables hold it: whole milliseconds since the epoch, UTC."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """The current time in milliseconds."""
    return time.time_ns() // 1_000_000


def from_ms(value: int) -> datetime:
    """An aware UTC datetime."""
    return datetime.fromtimestamp(value / 1000, UTC)
