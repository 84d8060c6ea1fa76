"""The disk and the database let us down: real process, real file, and nobody there to help.

LOCK_S=35 is the figure we promise; `make test` takes the least that outlasts our own patience.
"""

import contextlib
import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fake_ollama import say
from tests.stack import Stack

LOCK_S = float(os.environ.get("LOCK_S", "4"))  # a try to commit ends after 2.5
DEADLINE_S = 40.0
TMPFS_MB = 6
CAP_DAC_OVERRIDE = 1
PR_CAPBSET_DROP = 24

Fault = Callable[[Stack], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program writes to the file and does not come to an end."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def nothing_can_be_written(stack: Stack) -> Iterator[None]:
    """No file of the process may be written to, the log included."""
    assert stack.process
    before = resource.prlimit(stack.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(stack.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.prlimit(stack.process.pid, resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def disk_full(stack: Stack) -> Iterator[None]:
    """The file system of the data has no byte left."""
    ballast = stack.folder / "data" / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@contextlib.contextmanager
def read_only(stack: Stack) -> Iterator[None]:
    """The files may not be changed any more, not even by root."""
    # Without the shared memory of SQLite, which is a mapped file: the kernel would end the process.
    files = [str(stack.folder / "data" / f"wasap.db{end}") for end in ("", "-wal")]
    subprocess.run(["chattr", "+i", *files], check=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)


def _works(*command: str) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


@pytest.fixture(params=["limit", "full", "read-only"])
def broken_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Fault]]:
    """A folder for a stack, and what goes wrong there. Without the rights for a kind: the first."""
    data = tmp_path / "stack" / "data"
    data.mkdir(parents=True)
    mounted = False
    fault: Fault = nothing_can_be_written
    if request.param == "full":
        size = f"size={TMPFS_MB}m"
        mounted = _works("mount", "-t", "tmpfs", "-o", size, "none", str(data))
        fault = disk_full if mounted else fault
    elif request.param == "read-only":
        probe = tmp_path / "probe"
        probe.touch()
        if _works("chattr", "+i", str(probe)):
            subprocess.run(["chattr", "-i", str(probe)], check=True)
            fault = read_only
    yield data.parent, fault
    if mounted:
        subprocess.run(["umount", str(data)], check=True)


def test_a_locked_database_gives_503_and_loses_nothing(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        stack.ollama.script("acá estoy")
        stack.write("hola")
        stack.answers(1)
        stack.ollama.script(*(f"respuesta {number}" for number in range(5)))
        with locked(tmp_path / "data" / "wasap.db"):
            until = time.monotonic() + LOCK_S
            ids = write_in_order(stack, 5)
            assert statuses_of(stack, ids[0], 1) == [503]
            time.sleep(max(0.0, until - time.monotonic()))  # the fault itself lasts this long
        assert stack.answers(6, DEADLINE_S)[1:] == [f"respuesta {number}" for number in range(5)]
        assert arrived(stack) == ids
        assert statuses_of(stack, ids[0], 2)[-1] == 200


def test_an_answer_that_meets_a_lock_is_sent_later_and_no_excuse_before_it(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        stack.ollama.script(say("la respuesta", delay_s=0.5))
        wa_id = stack.write("hola")
        stack.ollama.wait_for_chats(1)
        with locked(tmp_path / "data" / "wasap.db"):
            time.sleep(LOCK_S)  # outlasts the first try to store the answer, not the second
        assert stack.answers(1, DEADLINE_S) == ["la respuesta"]
        assert len(stack.ollama.chats) == 1  # the model was not asked again
        assert statuses_of(stack, wa_id, 1) == [200]


def test_locked_checkpoints_do_not_cost_an_answer(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        stack.ollama.script("uno", "dos")
        stack.write("a")
        stack.answers(1)
        with locked(tmp_path / "data" / "checkpoints.db"):
            stack.write("b")
            stack.ollama.wait_for_chats(2)
        assert stack.answers(2, DEADLINE_S) == ["uno", "dos"]


def test_a_disk_that_takes_nothing_gives_503_and_recovers(
    broken_disk: tuple[Path, Fault],
) -> None:
    folder, fault = broken_disk
    with Stack(folder) as stack:
        stack.ollama.script("antes", *(f"respuesta {number}" for number in range(3)))
        stack.write("hola")
        stack.answers(1)
        with fault(stack):
            ids = write_in_order(stack, 3)
            assert set(statuses_of(stack, ids[0], 3)) == {503}
        assert stack.answers(4, DEADLINE_S)[1:] == [f"respuesta {number}" for number in range(3)]
        assert arrived(stack) == ids


def test_an_answer_that_meets_a_full_disk_is_sent_when_there_is_room(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        stack.ollama.script(say("la respuesta", delay_s=1))
        stack.write("hola")
        stack.ollama.wait_for_chats(1)
        with nothing_can_be_written(stack):
            ids = write_in_order(stack, 1)  # its 503s show that the disk is still full ...
            statuses_of(stack, ids[0], 4)  # ... when the answer is there to be stored
        stack.ollama.script("otra")
        assert stack.answers(2, DEADLINE_S) == ["la respuesta", "otra"]


def refused_start(stack: Stack, **settings: str) -> str:
    """What `wasap serve` says before it ends with 1."""
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve"],
        env=stack.environment | {"PORT": "0", "ADMIN_PORT": "0"} | settings,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        preexec_fn=_obey_permissions,
    )
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    return " ".join(ended.stderr.split())


def _obey_permissions() -> None:
    """Root may write everywhere; after this it may not (and others could not before)."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


def test_a_read_only_folder_is_named_at_the_start(stack: Stack, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o555)
    said = refused_start(stack, DATA_DIR=str(folder))
    assert said.startswith("The database cannot be used: ")
    assert "data" in said
    folder.chmod(0o755)


def test_a_folder_that_cannot_be_made_is_named_at_the_start(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refused_start(stack, DATA_DIR=str(tmp_path / "file" / "data"))
    assert said.startswith("The database cannot be used: ")


@pytest.mark.parametrize("name", ["wasap.db", "checkpoints.db", "instance.lock"])
def test_a_file_that_is_no_database_is_named_at_the_start(
    stack: Stack, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"this is no database\n" * 400)
    said = refused_start(stack, DATA_DIR=str(tmp_path))
    assert "database" in said
    assert name in said


def test_a_locked_database_is_named_at_the_start(stack: Stack, tmp_path: Path) -> None:
    database = tmp_path / "wasap.db"
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "database is locked" in refused_start(stack, DATA_DIR=str(tmp_path))


def write_in_order(stack: Stack, count: int) -> list[str]:
    """The owner writes `count` messages; Meta delivers each when the one before it was taken."""
    answer = stack._meta.post("/_phone/messages", json={"text": "hola", "count": count})
    return [str(one["id"]) for one in answer.json()["messages"]]


def statuses_of(stack: Stack, wa_id: str, count: int) -> list[int]:
    """What the webhook answered to this message, as soon as it did so `count` times."""
    deadline = time.monotonic() + DEADLINE_S
    found: list[dict[str, Any]] = []
    seen = 0
    while len(found) < count and time.monotonic() < deadline:
        query = {"after": seen, "wait_s": deadline - time.monotonic()}
        new = stack._meta.get("/_control/deliveries", params=query).json()["deliveries"]
        seen = new[-1]["seq"] if new else seen
        found += [one for one in new if wa_id in one["body"]]
    return [one["status"] for one in found]


def arrived(stack: Stack) -> list[str]:
    """The ids of all messages but the first, in the order in which they were stored."""
    with contextlib.closing(sqlite3.connect(stack.folder / "data" / "wasap.db")) as db:
        rows = db.execute("SELECT wa_id FROM inbox WHERE kind = 'chat' ORDER BY id").fetchall()
    return [wa_id for (wa_id,) in rows[1:]]
