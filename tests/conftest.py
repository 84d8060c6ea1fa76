"""Fixtures that every folder of tests shares."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store.database import Database
from tests import stack
from tests.lives import Nursery

# Tests with a real model: two calls at once crawl on two cores, so one worker runs them all.
WITH_MODEL = ("test_demo", "test_embedded", "test_acceptance", "test_speech")


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file is one worker's: its tests share what was started for them."""
    for item in items:
        model = item.path.name.startswith(WITH_MODEL)
        item.add_marker(pytest.mark.xdist_group("model" if model else str(item.path)))


@pytest.fixture(scope="session", autouse=True)
def nursery() -> Iterator[None]:
    """Stacks of the tests fork the product from one process that has imported it."""
    stack.NURSERY = Nursery() if hasattr(os, "pidfd_open") else None  # Linux
    yield
    if stack.NURSERY is not None:
        stack.NURSERY.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A real file, opened and migrated."""
    database = Database(tmp_path / "wasap.db")
    await database.open()
    yield database
    await database.close()
