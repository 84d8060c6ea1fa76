"""Fixtures that every folder of tests shares."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A real file, opened and migrated."""
    database = Database(tmp_path / "wasap.db")
    await database.open()
    yield database
    await database.close()
