"""A sample of the generated schedules, and that a wrong clock would be found out."""

from datetime import datetime, timedelta

import pytest

from tests.schedules.oracle import changes, instant_of, scanned, wall_of
from tests.schedules.run import NextAfter, judge
from tests.schedules.schedule import generate
from tools.when import When, next_after

SAMPLE = 1_000
SEED = 20261124


def test_reminders_come_neither_early_nor_twice_and_none_is_missed() -> None:
    verdict = judge(generate(SEED, SAMPLE), SEED)
    assert not verdict.faults, verdict.shown
    assert verdict.fired > 4 * SAMPLE
    assert verdict.late > SAMPLE / 4
    assert len(verdict.zones) > 400


def _an_hour_early(when: When, moment: datetime) -> datetime | None:
    due = next_after(when, moment + timedelta(hours=1))
    return due - timedelta(hours=1) if due else None


def _on_the_clock_of_utc(when: When, moment: datetime) -> datetime | None:
    return next_after(When(when.due_at, when.rule, "UTC", ()), moment)


def _only_once(when: When, moment: datetime) -> datetime | None:
    return when.due_at if when.due_at > moment else None


def _again_and_again(when: When, moment: datetime) -> datetime | None:
    return next_after(when, moment - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (_an_hour_early, "early"),
        (_on_the_clock_of_utc, "early"),
        (_only_once, "missed"),
        (_again_and_again, "twice"),
    ],
)
def test_a_wrong_clock_is_found_out(wrong: NextAfter, fault: str) -> None:
    assert judge(generate(SEED, 50), SEED, wrong).faults[fault]


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "America/Santiago",
        "America/Scoresbysund",  # jumps over midnight
        "Africa/Casablanca",
        "Antarctica/Troll",  # by two hours
        "Australia/Lord_Howe",  # by half an hour
        "Europe/Madrid",
        "Pacific/Apia",  # left out 30 December 2011
        "Pacific/Auckland",
    ],
)
def test_the_oracle_agrees_with_looking_at_the_wall_every_minute(zone: str) -> None:
    for change in changes(zone)[:: max(1, len(changes(zone)) // 4)]:
        for minutes in (-90, -31, -1, 0, 1, 20, 45, 75):
            wall = wall_of(change, zone) + timedelta(minutes=minutes)
            assert instant_of(wall, zone) == scanned(wall, zone), (change, wall)
