"""One file that holds everything: whole or refused, and put back or not at all."""

import asyncio
import contextlib
import hashlib
import io
import json
import re
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.errors import AlreadyRunning, WasapError
from store import archive, backup, swap
from store.database import Database
from store.instance import hold
from store.memories import MemoryStore
from store.snapshot import media_path
from tests.histories import add_file, contents, owner_of, sqlite

PHOTO = b"a photo"
SUM = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a memory, a thread and a photo."""
    folder = tmp_path / "data"
    asyncio.run(fill(folder, "soy celíaca"))
    return folder


async def fill(folder: Path, memory: str) -> None:
    database = Database(folder / "wasap.db")
    await database.open()
    await MemoryStore(database).add("carla", memory)
    await database.close()
    with sqlite(folder / "checkpoints.db") as db:
        db.execute("CREATE TABLE IF NOT EXISTS checkpoints (thread_id TEXT)")
        db.execute("INSERT INTO checkpoints VALUES (?)", (memory,))
    add_file(folder, "audio-1", PHOTO)


def wasap(folder: Path, *arguments: str) -> str:
    """What a command prints, exit code 0."""
    result = CliRunner().invoke(
        cli, arguments, env={"DATA_DIR": str(folder)}, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def refused(folder: Path, *arguments: str, error: type[WasapError] = WasapError) -> str:
    """What a command says that cannot be done."""
    with pytest.raises(error) as raised:
        CliRunner().invoke(cli, arguments, env={"DATA_DIR": str(folder)}, catch_exceptions=False)
    return str(raised.value)


def wipe(folder: Path) -> None:
    folder.rename(folder.with_name("wiped"))


@pytest.mark.parametrize("name", ["mine.tar", "mine.tar.gz"])
def test_what_was_wiped_comes_back_whole(data: Path, tmp_path: Path, name: str) -> None:
    before = contents(data)
    said = wasap(data, "backup", str(tmp_path / name))
    assert "nothing in it is encrypted" in said
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    wipe(data)
    said = wasap(data, "restore", str(tmp_path / name))
    assert "1 files" in said
    assert contents(data) == before
    assert (data / media_path(SUM)).read_bytes() == PHOTO
    assert "no problems" in wasap(data, "verify")


def test_the_name_is_the_time_and_the_folder_is_private(data: Path, tmp_path: Path) -> None:
    wasap(data, "backup")
    (made,) = (data / "backups").glob("*.tar")
    assert re.fullmatch(r"wasap-\d{8}-\d{6}\.tar", made.name)
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    (tmp_path / "disk").mkdir()
    wasap(data, "backup", str(tmp_path / "disk"))
    assert len(list((tmp_path / "disk").iterdir())) == 1  # nothing but the file
    assert sorted(path.name for path in made.parent.iterdir()) == ["instance.lock", made.name]


def test_a_file_is_written_over_only_by_force(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.tar"
    file.write_text("holiday photos")
    assert "--force" in refused(data, "backup", str(file))
    assert file.read_text() == "holiday photos"
    wasap(data, "backup", str(file), "--force")
    assert "no problems" in wasap(data, "verify", str(file))


def test_what_was_there_stays_as_a_dated_folder_or_goes(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.tar"
    wasap(data, "backup", str(file))
    before = contents(data)
    asyncio.run(fill(data, "tengo un perro"))
    after = contents(data)
    said = wasap(data, "restore", str(file))
    (former,) = data.glob("former-*")
    assert str(former) in said
    assert contents(former) == after
    assert contents(data) == before
    wasap(data, "restore", str(file), "--discard")
    assert list(data.glob("former-*")) == [former]
    assert contents(data) == before


def test_threads_of_later_do_not_outlive_a_restore_without_any(data: Path, tmp_path: Path) -> None:
    threads = (data / "checkpoints.db").read_bytes()
    (data / "checkpoints.db").unlink()
    wasap(data, "backup", str(tmp_path / "mine.tar"))
    (data / "checkpoints.db").write_bytes(threads)
    wasap(data, "restore", str(tmp_path / "mine.tar"))
    with sqlite(data / "checkpoints.db") as db:
        assert not db.execute("SELECT * FROM sqlite_master").fetchall()


def test_no_restore_under_a_running_assistant(data: Path, tmp_path: Path) -> None:
    wasap(data, "backup", str(tmp_path / "mine.tar"))
    before = contents(data)
    with contextlib.closing(hold(data)):
        said = refused(data, "restore", str(tmp_path / "mine.tar"), error=AlreadyRunning)
        assert "is in use by another wasap process" in said
        wasap(data, "backup")  # beside it
        assert "no problems" in wasap(data, "verify")
    assert contents(data) == before


def test_a_restore_waits_for_no_backup_and_a_backup_for_no_other(
    data: Path, tmp_path: Path
) -> None:
    wasap(data, "backup", str(tmp_path / "mine.tar"))
    with contextlib.closing(hold(data / "backups")):
        refused(data, "restore", str(tmp_path / "mine.tar"), error=AlreadyRunning)
        refused(data, "backup", error=AlreadyRunning)


def test_no_data_is_no_backup_and_makes_no_folder(tmp_path: Path) -> None:
    assert "is DATA_DIR right?" in refused(tmp_path / "nowhere", "backup")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_went_meanwhile_is_noted_and_no_problem(data: Path, tmp_path: Path) -> None:
    (data / media_path(SUM)).unlink()
    assert "1 files that came with messages were not there" in wasap(
        data, "backup", str(tmp_path / "mine.tar")
    )
    assert "no problems" in wasap(data, "verify", str(tmp_path / "mine.tar"))


def test_what_waits_to_be_answered_is_told(data: Path, tmp_path: Path) -> None:
    with sqlite(data / "wasap.db") as db:
        db.execute(
            "INSERT INTO inbox (wa_id, conversation_id, kind, type, payload, state, sent_at,"
            " received_at) VALUES ('A', ?, 'chat', 'text', '{}', 'pending', 0, 0)",
            (owner_of(db),),
        )
    assert "1 messages in (1 open)" in wasap(data, "backup", str(tmp_path / "mine.tar"))
    said = wasap(data, "restore", str(tmp_path / "mine.tar"))
    assert "1 messages waited for an answer" in said


# Archives that somebody else made, or that a disk has changed


def repack(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """The same archive with other members."""
    with tarfile.open(source) as tar:
        members = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(target, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def in_manifest(members: dict[str, bytes], **changed: Any) -> None:
    members["manifest.json"] = json.dumps(
        {**json.loads(members["manifest.json"]), **changed}
    ).encode()


def put_in(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        manifest = members.pop("manifest.json")
        members[name] = b"x"
        members["manifest.json"] = manifest

    return change


def other_byte(members: dict[str, bytes]) -> None:
    members["wasap.db"] = members["wasap.db"][:-1] + b"\1"


HOSTILE = {
    "a path out": (put_in("../evil"), "it holds '../evil'"),
    "an absolute path": (put_in("/tmp/evil"), "it holds '/tmp/evil'"),  # noqa: S108
    "a path out of media": (put_in("media/ab/../../../evil"), "it holds"),
    "a file that is not ours": (put_in("instance.lock"), "it holds 'instance.lock'"),
    "a file that the manifest does not name": (put_in(media_path("0" * 64)), "damaged"),
    "no manifest": (lambda members: members.pop("manifest.json"), "not whole"),
    "a manifest that is none": (
        lambda members: members.update({"manifest.json": b"[]"}),
        "manifest.json is none",
    ),
    "another byte": (other_byte, "wasap.db is not what was put into it"),
    "no database": (lambda members: members.pop("wasap.db"), "damaged"),
    "a newer form": (lambda members: in_manifest(members, format=2), "newer WasAP"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_that_is_not_ours_changes_nothing(data: Path, tmp_path: Path, kind: str) -> None:
    change, words = HOSTILE[kind]
    wasap(data, "backup", str(tmp_path / "good.tar"))
    repack(tmp_path / "good.tar", tmp_path / "evil.tar", change)
    refused_everywhere(data, tmp_path / "evil.tar", words)


def refused_everywhere(data: Path, file: Path, words: str) -> None:
    hold(data).close()
    wasap(data, "verify")
    before, files = contents(data), set(data.rglob("*"))
    for command in ("restore", "verify"):
        assert words in refused(data, command, str(file))
    assert contents(data) == before
    assert set(data.rglob("*")) == files


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.XHDTYPE]
)
def test_nothing_but_plain_files_is_taken(data: Path, tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        info = tarfile.TarInfo("wasap.db")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    refused_everywhere(data, tmp_path / "evil.tar", "no plain file")


@pytest.mark.parametrize("name", ["cut.tar", "cut.tar.gz"])
def test_a_backup_that_was_cut_short_is_refused_wherever_it_was_cut(
    data: Path, tmp_path: Path, name: str
) -> None:
    wasap(data, "backup", str(tmp_path / name))
    whole = (tmp_path / name).read_bytes()
    for share in (0.0, 0.3, 0.6, 0.9):
        (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
        refused_everywhere(data, tmp_path / name, str(tmp_path / name))


def test_a_backup_with_more_than_the_disk_takes_is_refused(data: Path, tmp_path: Path) -> None:
    with (tmp_path / "evil.tar").open("wb") as file:
        info = tarfile.TarInfo("wasap.db")
        info.size = 1 << 50  # and the file ends here
        file.write(info.tobuf(tarfile.GNU_FORMAT))
    before = contents(data)
    assert "no room" in refused(data, "restore", str(tmp_path / "evil.tar"))
    assert contents(data) == before


def test_data_of_a_newer_product_is_not_put_back(data: Path, tmp_path: Path) -> None:
    before = contents(data)
    with sqlite(data / "wasap.db") as db:
        db.execute("INSERT INTO migrations VALUES ('9999_of_tomorrow.sql', 0)")
    wasap(data, "backup", str(tmp_path / "mine.tar"))
    with sqlite(data / "wasap.db") as db:
        db.execute("DELETE FROM migrations WHERE name LIKE '9999%'")
    assert "newer WasAP" in refused(data, "restore", str(tmp_path / "mine.tar"))
    assert contents(data) == before


# Data that has gone bad


def index_that_lies(data: Path) -> None:
    with sqlite(data / "wasap.db") as db:
        db.execute("INSERT INTO memories_fts (memories_fts) VALUES ('delete-all')")


def row_without_its_owner(data: Path) -> None:
    with sqlite(data / "wasap.db") as db:
        db.execute("UPDATE memories SET conversation_id = 99")


def photo_of_something_else(data: Path) -> None:
    (data / media_path(SUM)).write_bytes(b"another")


def photo_that_is_gone(data: Path) -> None:
    (data / media_path(SUM)).unlink()


def page_of_nonsense(data: Path) -> None:
    with (data / "wasap.db").open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096 * 20)


BAD = {
    index_that_lies: "wasap.db: memories_fts is not the index of what its table holds",
    row_without_its_owner: "1 rows of memories name rows of conversations that are not there",
    photo_of_something_else: f"{media_path(SUM)}: is not what came with its message",
    photo_that_is_gone: f"{media_path(SUM)}: cannot be read: No such file",
    page_of_nonsense: "wasap.db: ",
}


@pytest.mark.parametrize("spoil", BAD)
def test_what_has_gone_bad_is_named(data: Path, spoil: Callable[[Path], None]) -> None:
    spoil(data)
    result = CliRunner().invoke(cli, ["verify"], env={"DATA_DIR": str(data)})
    assert result.exit_code == 1
    assert BAD[spoil] in result.output
    assert sorted(path.name for path in (data / "backups").iterdir()) == ["instance.lock"]


def test_a_database_that_is_none_of_ours_is_no_backup(data: Path, tmp_path: Path) -> None:
    wasap(data, "backup", str(tmp_path / "mine.tar"))
    wipe(data)
    data.mkdir()
    with sqlite(data / "wasap.db") as db:
        db.execute("CREATE TABLE holiday (photo BLOB)")
    assert "no such table" in refused(data, "backup", str(tmp_path / "other.tar"))
    result = CliRunner().invoke(cli, ["verify"], env={"DATA_DIR": str(data)})
    assert (result.exit_code, result.output) == (1, "wasap.db: no such table: inbox\n")


def test_damaged_data_is_not_called_a_backup(data: Path, tmp_path: Path) -> None:
    page_of_nonsense(data)
    assert "No backup was made" in refused(data, "backup", str(tmp_path / "mine.tar"))
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


# Steps


def test_what_is_read_back_is_what_was_written(data: Path, tmp_path: Path) -> None:
    made = backup.make(data, tmp_path / "mine.tar")
    assert archive.read(made.path) == made.manifest
    assert set(made.manifest.members) == {"wasap.db", "checkpoints.db", media_path(SUM)}


def test_a_plan_that_was_half_done_is_finished_by_the_next_to_come(data: Path) -> None:
    """As a kill between any two steps would leave it."""
    new = swap.begin(data)
    (new / "wasap.db").write_bytes((data / "wasap.db").read_bytes())
    (new / "plan.json").write_text('{"former": "former-x", "discard": false}')
    (data / "wasap.db").rename(data / "was.db")
    new.rename(data / swap.READY)
    assert "no problems" in wasap(data, "verify")
    assert not (data / swap.READY).exists()
