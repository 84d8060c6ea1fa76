"""Lane beside lane, over one deck of points."""

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.lane import Lane
from tests.crash.points import Recipe, covered
from tests.crash.product import snapshot
from tests.crash.verdict import Verdict, judge

NEWS_EVERY = 25  # kills
ALL_REACHED = 3  # times as many kills as points, and each must have been reached


@dataclass
class Run:
    """Kills until there are `kills`, or `seconds` have passed."""

    folder: Path
    kills: int
    lanes: int
    seconds: float
    seed: int
    quiet: bool = False
    done: int = 0
    lived: list[Lane] = field(default_factory=list)

    async def run(self) -> Verdict:
        """All lanes; their verdict."""
        source = snapshot(self.folder)
        recipes = covered(source)
        deck = self._deck(recipes)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(self.lanes):
                lane = Lane(f"lane{number}", self.folder, self.seed + number, source)
                self.lived.append(lane)
                group.create_task(self._live(lane, deck, began))
        verdict = Verdict()
        for lane in self.lived:
            judge(lane.product, verdict)
        verdict.figures["seconds"] = int(time.monotonic() - began)
        if self.done >= ALL_REACHED * len(recipes):
            missed = (point for point in recipes if not verdict.at(point).kills)
            verdict.defects += [f"no kill at {point}" for point in missed]
        return verdict

    def _deck(self, recipes: dict[str, Recipe]) -> Iterator[tuple[str, Recipe]]:
        """Every point once, in any order, then all of them again."""
        dice = random.Random(self.seed)
        points = list(recipes.items())
        while True:
            dice.shuffle(points)
            yield from points

    async def _live(self, lane: Lane, deck: Iterator[tuple[str, Recipe]], began: float) -> None:
        await lane.open()
        try:
            while self.done < self.kills and time.monotonic() - began < self.seconds:
                death = await lane.live(*next(deck))
                self.done += death.reached
                if not self.quiet and self.done % NEWS_EVERY == 0 and death.reached:
                    pace = (time.monotonic() - began) / self.done
                    sys.stderr.write(f"{self.done} kills, {pace:.2f} s each\n")
            await lane.drain()
        finally:
            await lane.close()
