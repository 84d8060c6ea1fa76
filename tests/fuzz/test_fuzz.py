"""The part of `make fuzz` that runs with every `make test`."""

from pathlib import Path

from tests.fuzz import process, session

SEED = 7


def test_mutated_bodies_are_taken_and_forged_signatures_are_not() -> None:
    outcome = session.run(bodies=20_000, forged=2_000, seed=SEED, workers=1)
    assert outcome.violations == []
    assert outcome.statuses[200] == 20_000
    assert outcome.forged == 2_000
    # The mutations leave enough whole: this is no fuzzing of the JSON reader alone.
    assert outcome.taken["stored"] > 8_000
    assert outcome.taken["duplicates"] > 200
    assert outcome.taken["strangers"] > 500


def test_the_real_process_takes_them_and_answers_what_it_took(tmp_path: Path) -> None:
    served = process.run(tmp_path, bodies=300, seed=SEED)
    assert served.violations == []
