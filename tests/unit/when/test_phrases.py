"""What a thousand phrases mean. The tables are in `phrases/`, to be read and argued with."""

from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from tests.unit.when.table import Row, rows
from tools.when import WhenError, read

ROWS = list(rows())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.language}: {row.phrase}")
def test_a_phrase_means_what_the_table_says(row: Row) -> None:
    if row.refused:
        with pytest.raises(WhenError) as refused:
            read(row.phrase, now=row.now, zone=row.zone, language=row.language)
        assert refused.value.reason == row.refused
        return
    when = read(row.phrase, now=row.now, zone=row.zone, language=row.language)
    assert (when.due_at, _rrule(when.rule)) == (row.due_at, row.rule), row.meaning
    assert when.due_at.astimezone(ZoneInfo(row.zone)).strftime("%a").lower() == row.weekday


def _rrule(rule: str) -> str:
    return rule.partition("RRULE:")[2]


def test_the_tables_are_large() -> None:
    counted = Counter(row.language for row in ROWS)
    assert counted["es"] >= 500
    assert counted["en"] >= 150
