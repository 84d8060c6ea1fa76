"""What follows an occurrence, where clocks change and months are short."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from tools.when import When, next_after, read


def occurrences(phrase: str, zone: str, now: str, count: int) -> list[str]:
    """The first ones, on the wall and with their offset; `now` is on the wall too."""
    said = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    when = read(phrase, now=said, zone=zone, language="es")
    return [f"{one.astimezone(ZoneInfo(zone)):%d %b %H:%M%z}" for one in islice(_all(when), count)]


def _all(when: When) -> Iterator[datetime]:
    due: datetime | None = when.due_at
    while due:
        yield due
        due = next_after(when, due)


@pytest.mark.parametrize(
    ("phrase", "zone", "now", "expected"),
    [
        # 29 March 2026: 2:00 is 3:00 in Madrid. The time in the gap moves by the gap, once.
        (
            "todos los días a las 2:30",
            "Europe/Madrid",
            "2026-03-27 12:00",
            ["28 Mar 02:30+0100", "29 Mar 03:30+0200", "30 Mar 02:30+0200"],
        ),
        # 25 October 2026: 2:30 comes twice. The first of them, once.
        (
            "todos los días a las 2:30",
            "Europe/Madrid",
            "2026-10-23 12:00",
            ["24 Oct 02:30+0200", "25 Oct 02:30+0200", "26 Oct 02:30+0100"],
        ),
        # Daily rules keep the clock, elapsed ones the hours between.
        (
            "todos los días a las 20",
            "America/New_York",
            "2026-10-31 12:00",
            ["31 Oct 20:00-0400", "01 Nov 20:00-0500"],
        ),
        (
            "cada 12 horas",
            "America/New_York",
            "2026-10-31 12:00",
            ["01 Nov 00:00-0400", "01 Nov 11:00-0500", "01 Nov 23:00-0500"],
        ),
        # The first one in a gap that goes over midnight: those after it keep the clock asked for.
        (
            "todos los días a las 23:30",
            "America/Scoresbysund",
            "2026-03-28 12:00",
            ["29 Mar 00:30-0100", "29 Mar 23:30-0100", "30 Mar 23:30-0100"],
        ),
        # Samoa had no 30 December 2011: its eight o'clock is the 31st's, and comes once.
        (
            "todos los días a las 8",
            "Pacific/Apia",
            "2011-12-28 12:00",
            ["29 Dec 08:00-1000", "31 Dec 08:00+1400", "01 Jan 08:00+1400"],
        ),
        # Short months.
        (
            "el 31 de cada mes",
            "America/Argentina/Buenos_Aires",
            "2026-11-25 10:15",
            ["30 Nov 09:00-0300", "31 Dec 09:00-0300", "31 Jan 09:00-0300", "28 Feb 09:00-0300"],
        ),
        (
            "cada año el 29 de febrero",
            "America/Argentina/Buenos_Aires",
            "2026-11-25 10:15",
            ["28 Feb 09:00-0300", "29 Feb 09:00-0300", "28 Feb 09:00-0300"],
        ),
        # Every second week means the weeks of the calendar.
        (
            "cada 2 semanas los lunes y jueves",
            "America/Argentina/Buenos_Aires",
            "2026-11-25 10:15",
            ["26 Nov 09:00-0300", "07 Dec 09:00-0300", "10 Dec 09:00-0300", "21 Dec 09:00-0300"],
        ),
        # An end.
        (
            "todos los días a las 8 hasta el sábado",
            "America/Argentina/Buenos_Aires",
            "2026-11-25 10:15",
            ["26 Nov 08:00-0300", "27 Nov 08:00-0300", "28 Nov 08:00-0300"],
        ),
        (
            "cada 8 horas por un día",
            "America/Argentina/Buenos_Aires",
            "2026-11-25 10:15",
            ["25 Nov 18:15-0300", "26 Nov 02:15-0300", "26 Nov 10:15-0300"],
        ),
        ("mañana a las 8", "America/Mexico_City", "2026-11-25 10:15", ["26 Nov 08:00-0600"]),
    ],
)
def test_what_follows(phrase: str, zone: str, now: str, expected: list[str]) -> None:
    ends = "hasta" in phrase or "por" in phrase or len(expected) == 1
    assert occurrences(phrase, zone, now, len(expected) + ends) == expected


def test_long_after_a_downtime_the_next_one_is_still_to_come() -> None:
    now = datetime(2026, 11, 25, 13, 15, tzinfo=UTC)
    when = read("cada 6 horas", now=now, zone="UTC", language="es")
    years_later = datetime(2036, 11, 25, 13, 16, tzinfo=UTC)
    assert next_after(when, years_later) == datetime(2036, 11, 25, 19, 15, tzinfo=UTC)
