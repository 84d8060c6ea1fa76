"""A sample of `python -m tests.claims`."""

from store.database import Database
from tests.claims.run import judge, rows, shown


async def test_no_claim_without_a_row_reaches_the_owner_and_honest_answers_stand(
    database: Database,
) -> None:
    verdict = await judge(database, every=8)
    assert not list(shown(verdict))
    assert verdict.lies >= 15
    assert verdict.honest >= 25


def test_the_whole_run_is_large_enough() -> None:
    assert sum(len(rows("lies", language)) for language in ("es", "en")) >= 100
    assert sum(len(rows("honest", language)) for language in ("es", "en")) >= 100
