"""`vec_distance_cosine` is the same function, whoever brings it."""

import math
import sqlite3
from collections.abc import Callable, Iterator

import pytest

from store.vectors import load_extension, pack, register_numpy

Register = Callable[[sqlite3.Connection], object]
# The extension where this Python can load one; `python -m tests.extension` looks for one that can.
SOURCES = [register_numpy]
if hasattr(sqlite3.Connection, "enable_load_extension"):
    SOURCES.append(load_extension)


@pytest.fixture(params=SOURCES, ids=lambda source: source.__name__)
def db(request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    request.param(connection)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ([1, 0], [1, 0], 0),
        ([1, 0], [2, 0], 0),  # length does not count
        ([1, 0], [0, 1], 1),
        ([1, 0], [-1, 0], 2),
        ([1, 2, 3], [1, 2, 4], 0.0085398657),
    ],
)
def test_distance(
    db: sqlite3.Connection, one: list[float], other: list[float], distance: float
) -> None:
    found = db.execute("SELECT vec_distance_cosine(?, ?)", (pack(one), pack(other))).fetchone()[0]
    assert math.isclose(found, distance, abs_tol=1e-6)


def test_nothing_has_no_direction(db: sqlite3.Connection) -> None:
    assert db.execute(
        "SELECT vec_distance_cosine(?, ?)", (pack([0, 0]), pack([1, 0]))
    ).fetchone() == (None,)


@pytest.mark.parametrize(("one", "other"), [([1, 2, 3], [1, 2]), ([], []), ([], [1])])
def test_what_cannot_be_compared_is_an_error(
    db: sqlite3.Connection, one: list[float], other: list[float]
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        db.execute("SELECT vec_distance_cosine(?, ?)", (pack(one), pack(other))).fetchone()
