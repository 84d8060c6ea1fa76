"""So many bodies and forged signatures, in worker processes; what they did together."""

import asyncio
import gc
import multiprocessing
import os
import random
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.forged import forge
from tests.fuzz.intake import SECRET, Intake, Seen, memory_mb, open_intake, watch_logs
from tests.fuzz.mutators import Bodies

AT_ONCE = 64  # requests in flight: they share commits, as in life
FILE_BODIES = 25_000  # then the rows are looked at and a new file begins
WARM_UP = 5_000  # bodies before memory is measured
KEPT = 20  # bodies kept of those that were not answered 200


@dataclass
class Outcome:
    """The sums of a session."""

    bodies: int = 0
    forged: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    accepted_forgeries: int = 0
    logged: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    odd_rows: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    growth_mb: float = 0.0
    refused: list[bytes] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Take in what another worker did."""
        self.bodies += other.bodies
        self.forged += other.forged
        self.statuses += other.statuses
        self.accepted_forgeries += other.accepted_forgeries
        self.logged += other.logged
        self.taken += other.taken
        self.rows += other.rows
        self.odd_rows += other.odd_rows
        self.seconds += other.seconds
        self.growth_mb = max(self.growth_mb, other.growth_mb)
        self.refused = (self.refused + other.refused)[:KEPT]

    @property
    def violations(self) -> list[str]:
        """What must not be, in words."""
        found = {
            f"answers other than 200: {dict(self.statuses)}": self.statuses[200] != self.bodies,
            f"errors in the log: {dict(self.logged)}": bool(self.logged),
            f"forged signatures accepted: {self.accepted_forgeries}": self.accepted_forgeries > 0,
            f"odd rows: {self.odd_rows[:5]}": bool(self.odd_rows),
            f"{self.rows} rows for {self.taken['stored']} messages": self.rows
            != self.taken["stored"],
        }
        return [words for words, is_so in found.items() if is_so]


def run(bodies: int, forged: int, seed: int, workers: int) -> Outcome:
    """Each worker has a file, a seed and its share."""
    total = Outcome()
    if workers == 1:
        total.add(_work(bodies, forged, seed))
        return total
    shares = [(bodies // workers, forged // workers, seed + n) for n in range(workers)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for outcome in pool.map(_work, *zip(*shares, strict=True)):
            total.add(outcome)
    return total


def _work(bodies: int, forged: int, seed: int) -> Outcome:
    return asyncio.run(_Session(seed).run(bodies, forged))


class _Session:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._bodies = Bodies(seed)
        self._seen = Seen()
        self._outcome = Outcome()
        self._memory_mb: float | None = None

    async def run(self, bodies: int, forged: int) -> Outcome:
        outcome, seen = self._outcome, self._seen
        watch_logs(seen)
        with tempfile.TemporaryDirectory() as folder:
            for number, begun in enumerate(range(0, bodies, FILE_BODIES)):
                path = Path(folder) / str(number)
                async with open_intake(path, seen) as intake:
                    await self._post(intake, min(FILE_BODIES, bodies - begun))
                    intake.look_at_rows()
                for file in path.iterdir():
                    file.unlink()
            outcome.bodies, outcome.statuses, outcome.logged = bodies, seen.statuses, seen.logged
            outcome.taken, outcome.rows, outcome.odd_rows = seen.taken, seen.rows, seen.odd_rows
            outcome.seconds = seen.seconds
            if self._memory_mb is not None:
                outcome.growth_mb = _memory_mb() - self._memory_mb
            await self._forge(Path(folder) / "forged", forged)
        return outcome

    async def _post(self, intake: Intake, count: int) -> None:
        for begun in range(0, count, AT_ONCE):
            some = [self._bodies.next() for _ in range(min(AT_ONCE, count - begun))]
            statuses = await asyncio.gather(*map(intake.post, some))
            if any(status != 200 for status in statuses):
                bad = [body for body, got in zip(some, statuses, strict=True) if got != 200]
                self._outcome.refused = (self._outcome.refused + bad)[:KEPT]
            if self._memory_mb is None and len(intake.seen.seconds) >= WARM_UP:
                self._memory_mb = _memory_mb()

    async def _forge(self, path: Path, count: int) -> None:
        rng = random.Random(self._seed)
        async with open_intake(path, Seen()) as intake:
            for _ in range(count):
                body, signatures = forge(self._bodies.next(), SECRET, rng)
                status = await intake.post(body, signatures)
                # One byte more may be one too many: 413 before the signature is looked at.
                self._outcome.accepted_forgeries += status not in (401, 413)
        self._outcome.forged = count


def _memory_mb() -> float:
    gc.collect()
    return memory_mb(os.getpid())
