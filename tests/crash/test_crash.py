"""A minute of `make crash`, and its list of points against the sources."""

import random
from pathlib import Path

import pytest

from tests.crash.points import PACKAGES, Uncovered, covered
from tests.crash.run import Run

KILLING_S = 50.0  # then a last life answers what is left
KILLS_MAX = 100
WALL_S = 240  # a life that does not get anywhere and the last one included


@pytest.mark.timeout(WALL_S)
async def test_a_minute_of_kills_costs_no_message(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    verdict = await Run(tmp_path, KILLS_MAX, 2, KILLING_S, seed, quiet=True).run()
    assert verdict.kept, "\n".join([f"seed {seed}", *verdict.defects, str(verdict.points)])
    assert verdict.total("kills")
    assert verdict.figures["answers"]


def test_every_point_of_the_sources_has_a_recipe_and_every_recipe_a_point() -> None:
    assert covered()


def test_a_commit_without_a_recipe_and_a_recipe_without_a_commit_are_named(tmp_path: Path) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
    source = 'async def put(self):\n    await self._db.write("notes.put", job)\n'
    (tmp_path / "store" / "notes.py").write_text(source)
    with pytest.raises(Uncovered) as raised:
        covered(tmp_path)
    assert r"commit:notes\.put:before has no recipe" in str(raised.value)
    assert "commit:ledger.finish:after is nowhere in the sources" in str(raised.value)
