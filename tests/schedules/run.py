"""A clock that fires reminders, with downtimes, against what should have happened.

The clock knows only `next_after` and how far it got, as one that starts again after a crash does.
What fell into a downtime comes once, when it is over, marked late.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.schedules.schedule import Schedule
from tools.when import When, WhenError, next_after, read

NextAfter = Callable[[When, datetime], datetime | None]
Downtimes = Sequence[tuple[datetime, datetime]]
Fired = tuple[datetime, bool]  # when, and whether it was marked late
SHOWN = 20  # faults that are told in full


@dataclass
class Verdict:
    """Totals over many schedules."""

    schedules: int = 0
    due: int = 0
    fired: int = 0
    late: int = 0
    zones: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)  # early, missed, twice, late, read
    shown: list[str] = field(default_factory=list)


def judge(schedules: Iterable[Schedule], seed: int, next_after: NextAfter = next_after) -> Verdict:
    """Run every schedule with downtimes of its own."""
    rng, verdict = random.Random(seed), Verdict()
    for schedule in schedules:
        verdict.schedules += 1
        verdict.due += len(schedule.due)
        verdict.zones.add(schedule.zone)
        downtimes = _downtimes(schedule, rng)
        try:
            when = read(
                schedule.phrase, now=schedule.now, zone=schedule.zone, language=schedule.language
            )
        except WhenError as refused:
            # Only what has no instant left may be refused: tomorrow's time that a gap moved away.
            _blame(verdict, {"read": 1} if schedule.due else {}, schedule, [], refused.reason)
            continue
        fired = simulate(when, schedule, downtimes, next_after)
        verdict.fired += len(fired)
        verdict.late += sum(late for _, late in fired)
        expected = _expected(schedule, downtimes)
        _blame(verdict, compare(expected, fired), schedule, expected, fired)
    return verdict


def simulate(
    when: When, schedule: Schedule, downtimes: Downtimes, next_after: NextAfter
) -> list[Fired]:
    """What the clock fires until the schedule's truth ends."""
    fired: list[Fired] = []
    got_to = schedule.now
    while due := next_after(when, got_to):
        if due > schedule.until or len(fired) > 2 * len(schedule.due) + 5:
            break
        up_again = next((end for start, end in downtimes if start <= due < end), due)
        fired.append((up_again, up_again > due))
        got_to = up_again
    return fired


def _expected(schedule: Schedule, downtimes: Downtimes) -> list[Fired]:
    moments: dict[datetime, bool] = {}
    for due in schedule.due:
        up_again = next((end for start, end in downtimes if start <= due < end), due)
        moments[up_again] = moments.get(up_again, False) or up_again > due
    return sorted(moments.items())


def compare(expected: Sequence[Fired], fired: Sequence[Fired]) -> Counter[str]:
    """The faults: fired when nothing was due, not fired, fired again, lateness wrongly marked."""
    due, counted = dict(expected), Counter(moment for moment, _ in fired)
    faults = Counter(
        early=sum(moment not in due for moment in counted),
        missed=sum(moment not in counted for moment in due),
        twice=sum(times - 1 for times in counted.values()),
        late=sum(due.get(moment, late) != late for moment, late in fired),
    )
    return +faults


def _downtimes(schedule: Schedule, rng: random.Random) -> Downtimes:
    """None to three, from minutes to a third of the time, some of them beginning or ending at the
    very moment something is due."""
    length = schedule.until - schedule.now
    edges: list[datetime] = []
    for _ in range(rng.randrange(4)):
        start = schedule.now + length * rng.random()
        end = start + length * rng.random() ** 3 / 3 + timedelta(minutes=1)
        if schedule.due and rng.random() < 0.3:
            start = rng.choice(schedule.due)
            end = start + (end - start)
        if schedule.due and rng.random() < 0.2:
            end = max(end, rng.choice(schedule.due))
        if start > max(edges, default=schedule.now) and end > start:
            edges += [start, end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _blame(
    verdict: Verdict,
    faults: Counter[str] | dict[str, int],
    schedule: Schedule,
    expected: object,
    fired: object,
) -> None:
    verdict.faults.update(faults)
    if faults and len(verdict.shown) < SHOWN:
        verdict.shown.append(f"{dict(faults)} {schedule}\n  expected {expected}\n  fired {fired}")
