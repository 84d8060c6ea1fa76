"""Fixtures that the tests of the graph share."""

from collections.abc import AsyncIterator, Iterator

import pytest

from store.database import Database
from tests.brain import Brain, open_brain
from tests.fake_ollama import FakeOllama


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    """A scripted model of the test's own."""
    with FakeOllama().serve() as running:
        yield running


@pytest.fixture
async def brain(ollama: FakeOllama, database: Database) -> AsyncIterator[Brain]:
    """The graph on a real file, spoken to as the app does."""
    async with open_brain(ollama, database) as brain:
        yield brain
