"""Fixtures that every folder of tests shares."""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from store.database import Database, connect
from store.migrate import migrate
from tests import stack
from tests.lives import Nursery

# Tests with a real model: two calls at once crawl on two cores, so one worker runs them all.
WITH_MODEL = ("test_demo", "test_embedded", "test_acceptance", "test_speech")


class _ByFile(LoadScopeScheduling):
    """Each file is one worker's: its tests share what was started for them.

    `--dist loadgroup` does nothing with pytest 9.2: pytest-xdist 3.8 writes the groups into an
    attribute that nobody reads any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "model" if Path(path).name.startswith(WITH_MODEL) else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByFile:
    return _ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def nursery() -> Iterator[None]:
    """Stacks of the tests fork the product from one process that has imported it."""
    stack.NURSERY = Nursery() if hasattr(os, "pidfd_open") else None  # Linux
    yield
    if stack.NURSERY is not None:
        stack.NURSERY.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """wasap.db without a row: migrating takes far longer than copying what comes of it."""
    path = tmp_path_factory.mktemp("migrated") / "wasap.db"
    with contextlib.closing(connect(path)) as db:
        migrate(db)
    return path


@pytest.fixture
async def database(tmp_path: Path, migrated: Path) -> AsyncIterator[Database]:
    """A real file, opened."""
    shutil.copyfile(migrated, tmp_path / "wasap.db")
    database = Database(tmp_path / "wasap.db")
    await database.open()
    yield database
    await database.close()
