"""What a thousand phrases mean. The tables are in `phrases/`, to be read and argued with."""

from collections import Counter

import pytest

from tests.unit.when.table import FILES, rows


@pytest.mark.parametrize("name", FILES)
def test_phrases_mean_what_the_table_says(name: str) -> None:
    read_as = {row: row.read() for row in rows(name)}
    wrong = {row.phrase: (row.meaning, got) for row, got in read_as.items() if got != row.told}
    assert not wrong


def test_the_tables_are_large() -> None:
    counted = Counter(row.language for name in FILES for row in rows(name))
    assert counted["es"] >= 500
    assert counted["en"] >= 150
