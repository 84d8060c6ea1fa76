"""What a thousand phrases mean. The tables are in `phrases/`, to be read and argued with."""

from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from tests.unit.when.table import FILES, Row, rows
from tools.when import WhenError, read


@pytest.mark.parametrize("name", FILES)
def test_phrases_mean_what_the_table_says(name: str) -> None:
    read_as = {row: _read(row) for row in rows(name)}
    wrong = {row.phrase: (row.meaning, got) for row, got in read_as.items() if got != row.told}
    assert not wrong


def _read(row: Row) -> tuple[object, ...]:
    try:
        when = read(row.phrase, now=row.now, zone=row.zone, language=row.language)
    except WhenError as refused:
        return (refused.reason,)
    weekday = when.due_at.astimezone(ZoneInfo(row.zone)).strftime("%a").lower()
    return weekday, when.due_at, when.rule.partition("RRULE:")[2]


def test_the_tables_are_large() -> None:
    counted = Counter(row.language for name in FILES for row in rows(name))
    assert counted["es"] >= 500
    assert counted["en"] >= 150
