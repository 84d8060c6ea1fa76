"""A backup or a restore that is killed costs nothing of the data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.backups import Drill, leave_logs
from tests.fake_ollama import FakeOllama
from tests.histories import live


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama().serve() as running:
        yield running


@pytest.mark.timeout(240)
async def test_killed_at_every_point_the_data_is_whole(tmp_path: Path, ollama: FakeOllama) -> None:
    await live(tmp_path / "first", 1, ollama, turns=8)
    await live(tmp_path / "second", 2, ollama, turns=8)
    leave_logs(tmp_path / "second", tmp_path / "now")
    drill = Drill(tmp_path, tmp_path / "first", tmp_path / "now", passes=1)
    drill.run()
    assert not drill.defects, "\n".join(drill.defects)
