"""Backups of a server that works, and its life with what they bring back."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store import backup
from store.migrate import available
from tests.fake_ollama import FakeOllama, echo
from tests.histories import contents, live
from tests.lives import ROOT
from tests.stack import Stack
from tests.unit.test_upgrade import as_of

HISTORIES = 5  # `python -m bench backup` does a hundred


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    # A copy may be made between a send and its outcome, which is then waited for.
    with Stack(tmp_path, SEND_SETTLE_S="0.5") as running:
        running.ollama.fallback = echo
        yield running


def wasap(
    stack: Stack, *arguments: str, before: Callable[[], None] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=stack.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=before,
    )


def worked(stack: Stack, *arguments: str) -> str:
    ended = wasap(stack, *arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def talk(stack: Stack, *texts: str) -> None:
    for text in texts:
        stack.write(text)
        stack.replies(1)
    stack.until(stack.is_idle)


def told(stack: Stack) -> str:
    """All the model was told in the newest call."""
    return "\n".join(message["content"] for message in stack.ollama.chats[-1]["messages"])


def test_a_wiped_server_goes_on_where_its_backup_was_made(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "mine.tar"
    talk(stack, "/recordar soy celíaca", "/notas nueva wifi: clave-del-bar", "me llamo Carla")
    assert "nothing in it is encrypted" in worked(stack, "backup", str(file))
    talk(stack, "esto es de después")
    refused = wasap(stack, "restore", str(file))
    assert refused.returncode == 1
    assert "in use by another wasap process" in refused.stderr
    assert "no problems" in worked(stack, "verify")
    stack.stop()
    shutil.rmtree(tmp_path / "data")
    worked(stack, "restore", str(file))
    stack.start()
    talk(stack, "¿qué sabés de mí?")
    assert "me llamo Carla" in told(stack)
    assert "de después" not in told(stack)
    stack.write("/notas")
    assert "clave-del-bar" in stack.replies(1)[0]
    stack.write("/memorias")
    assert "celíaca" in stack.replies(1)[0]


def test_backups_beside_a_server_that_works_are_whole_and_cost_no_message(
    stack: Stack, tmp_path: Path
) -> None:
    for number in range(4):
        stack.write(f"mensaje {number}")  # answered while the copy is made
        made = backup.make(tmp_path / "data", tmp_path / f"{number}.tar")
        assert not made.report.problems
        assert made.report.inbox >= number
    stack.replies(4)
    stack.stop()
    backup.restore(tmp_path / "3.tar", tmp_path / "data")
    before = stack.rows("SELECT count(*) FROM messages")[0][0]
    stack.start()
    stack.until(stack.is_idle)  # what was open in the backup is answered
    assert stack.rows("SELECT count(*) FROM messages")[0][0] >= before
    assert stack.rows("SELECT count(*) FROM inbox WHERE state <> 'done'") == [(0,)]


async def test_random_histories_come_back_equal(tmp_path: Path) -> None:
    with FakeOllama().serve() as ollama:
        for seed in range(HISTORIES):
            data, file = tmp_path / str(seed), tmp_path / f"{seed}.tar"
            await live(data, seed, ollama, turns=12)
            before = contents(data)
            backup.make(data, file)
            shutil.rmtree(data)
            backup.restore(file, data)
            assert contents(data) == before


def test_a_server_upgrades_data_of_before_and_keeps_a_copy(tmp_path: Path) -> None:
    oldest = available()[0].name
    as_of(tmp_path / "data", oldest)
    stack = Stack(tmp_path)
    stack.ollama.fallback = lambda body: "sí, acá estoy"
    with stack:
        stack.until(stack.is_idle)  # the day in which the owner last wrote is over
        stack.write("volví")
        stack.until(stack.is_idle)
        said = "\n".join(stack.answers(1))
    assert "¡Hola, Carla!" in said  # was to be sent in the old data
    assert said.count("sí, acá estoy") == 2  # the second to what nobody had answered there
    assert "hola" in told(stack)  # the thread is made again from the old history
    (copy,) = (tmp_path / "data" / "backups").glob("*.tar")
    assert backup.look_at(copy)[0].migrations == (oldest,)


def test_a_disk_without_room_for_the_copy_refuses_the_start_and_the_data_is_as_it_was(
    tmp_path: Path,
) -> None:
    stack = Stack(tmp_path)
    with stack:
        stack.stop()
        shutil.rmtree(tmp_path / "data")
        as_of(tmp_path / "data", available()[-2].name)
        before = contents(tmp_path / "data")
        refused = wasap(stack, "serve", before=_write_little)
        assert refused.returncode == 1, refused.stderr
        said = " ".join(refused.stderr.split())
        assert "the copy before that failed. Nothing was changed" in said
        assert "Traceback" not in said
        assert contents(tmp_path / "data") == before
        assert not list((tmp_path / "data" / "backups").glob("*.tar"))


def test_nothing_is_left_of_a_backup_that_met_a_full_disk(stack: Stack, tmp_path: Path) -> None:
    talk(stack, "hola")
    refused = wasap(stack, "backup", str(tmp_path / "mine.tar"), before=_write_little)
    assert refused.returncode == 1
    assert "No backup was made" in refused.stderr
    assert not list(tmp_path.glob("*.tar"))
    assert not list(tmp_path.glob(".*partial"))
    left = [path.name for path in (tmp_path / "data" / "backups").iterdir()]
    assert left == ["instance.lock"]
    assert stack.rows("PRAGMA integrity_check") == [("ok",)]


def _write_little() -> None:
    """No file may grow beyond this: what a full disk looks like to whoever writes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))
