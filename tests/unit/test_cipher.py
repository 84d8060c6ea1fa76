"""Encrypted databases: the same life, nothing to read on the disk, no way in with another key."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.checks import storage
from app.checks.finding import Lines
from app.checks.opening import open_subject, read_settings
from app.cli import main
from store import archive, backup, cipher, driver
from store.database import Database
from store.driver import KeyFile
from store.errors import KeyRefused
from store.instance import hold
from store.memories import MemoryStore
from store.migrate import available
from tests.crash.points import ROOT, of_commands
from tests.fake_ollama import FakeOllama
from tests.histories import contents, live
from tests.unit.test_upgrade import as_of

Wasap = Callable[..., tuple[int, str]]

RAW = "x'" + "5a" * 32 + "'"
PHRASE = '  ñandú "quoted" it\'s; -- \t 🗝 '


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama().serve() as running:
        yield running


def key_file(path: Path, text: str = RAW) -> KeyFile:
    path.write_text(f"{text}\r\n", encoding="utf-8")
    path.chmod(0o600)
    return KeyFile(path)


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return key_file(tmp_path / "wasap.key")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A data folder as `as_of` fills it, of today's schema, not encrypted."""
    as_of(tmp_path / "data", available()[-1].name)
    return tmp_path / "data"


@pytest.fixture
def wasap(
    house: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Wasap:
    """Runs a command; its exit code and all that it prints."""
    monkeypatch.chdir(house.parent)  # no .env of the developer's
    monkeypatch.setenv("DATA_DIR", str(house))

    def run(command: str, key: Path | None, language: str = "es") -> tuple[int, str]:
        monkeypatch.setenv("DATABASE_KEY_FILE", str(key or ""))
        monkeypatch.setenv("OWNER_LANGUAGE", language)
        monkeypatch.setattr(sys, "argv", ["wasap", command])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), "".join(capsys.readouterr())

    return run


def readable(folder: Path, words: tuple[str, ...]) -> list[str]:
    """Files below a folder, media aside, in which one of these words can be read."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and "media" not in path.parts
        if any(word.encode() in path.read_bytes() for word in words)
    ]


# The same life


@pytest.mark.parametrize("text", [None, RAW, PHRASE], ids=["plain", "key", "passphrase"])
async def test_a_life_is_lived_backed_up_and_put_back(
    tmp_path: Path, ollama: FakeOllama, text: str | None
) -> None:
    data, file = tmp_path / "data", tmp_path / "mine.tar"
    key = None if text is None else key_file(tmp_path / "wasap.key", text)
    await live(data, 7, ollama, turns=8, key=key)
    database = Database(data / "wasap.db", key)
    await database.open()
    memories = MemoryStore(database)
    await memories.add("carla", "soy celíaca")
    assert [one.content for one in await memories.with_rare_words("carla", ["CELIACA"], limit=1)]
    await database.close()
    before = contents(data, key)
    assert before["checkpoints.db: checkpoints"]
    assert not backup.make(data, file, key).report.problems
    assert not backup.look_at(file, key)[1].problems
    if key is not None:
        assert readable(tmp_path, ("celíaca", "clave-del-bar", "SQLite format")) == []
        assert not archive.is_plain(file)
    shutil.rmtree(data)
    backup.restore(file, data, key)
    assert contents(data, key) == before
    assert not backup.look_at_data(data, key).problems


async def test_the_copy_before_an_upgrade_is_as_encrypted_as_the_data(
    tmp_path: Path, key: KeyFile
) -> None:
    data = tmp_path / "data"
    as_of(data, available()[-2].name)
    cipher.encrypt(data, key)
    before = contents(data, key)
    database = Database(data / "wasap.db", key)
    await database.open()
    await database.close()
    (copy,) = (data / "backups").glob("*.tar")
    assert not archive.is_plain(copy)
    backup.restore(copy, data, key, discard=True)
    assert contents(data, key) == before


def test_a_backup_from_before_is_encrypted_when_it_is_put_back(house: Path, key: KeyFile) -> None:
    before = contents(house)
    file = backup.make(house, house.parent / "old.tar").path
    cipher.encrypt(house, key)
    backup.restore(file, house, key)
    assert contents(house, key) == before
    assert readable(house, ("celíaca",)) == []


# Encrypt and decrypt


def test_encrypting_changes_the_form_and_nothing_else(house: Path, wasap: Wasap) -> None:
    before, key = contents(house), house.parent / "new.key"
    assert readable(house, ("celíaca",))
    blocks = house.parent / "the same blocks of the disk"
    blocks.hardlink_to(house / "wasap.db")
    code, said = wasap("encrypt", key)
    assert code == 0
    assert f"La clave nueva está en {key}" in said
    assert "Las dos bases de datos están cifradas" in said
    text = key.read_text().strip()
    assert text not in said
    assert stat.S_IMODE(key.stat().st_mode) == stat.S_IMODE((house / "wasap.db").stat().st_mode)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert contents(house, KeyFile(key)) == before
    assert readable(house.parent, ("celíaca", "SQLite format")) == []
    assert not any(blocks.read_bytes())  # overwritten, not only deleted
    assert sorted(path.name for path in house.iterdir()) == [
        "backups",
        "checkpoints.db",
        "instance.lock",
        "wasap.db",
    ]
    assert "ya están cifradas" in wasap("encrypt", key)[1]
    assert key.read_text().strip() == text
    code, said = wasap("decrypt", key, "en")
    assert (code, contents(house)) == (0, before)
    assert "Remove DATABASE_KEY_FILE" in said
    assert "Nothing to decrypt" in wasap("decrypt", key, "en")[1]


def test_what_is_still_to_be_read_is_named_or_deleted(
    house: Path,
    key: KeyFile,
    wasap: Wasap,
) -> None:
    mine = backup.make(house, house / "backups" / "mine.tar.gz").path
    upgrade = backup.before_upgrade(house, "0003_x.sql")
    backup.restore(mine, house)
    (former,) = house.glob("former-*")
    code, said = wasap("encrypt", key.path)
    assert code == 0
    assert not upgrade.exists()
    assert f"Sin cifrar: {mine}." in said
    assert f"Sin cifrar: {former}." in said
    sealed = backup.make(house, house / "backups" / "sealed.tar", key).path
    assert str(sealed) not in wasap("encrypt", key.path)[1]


def test_not_under_a_running_assistant(
    house: Path,
    key: KeyFile,
    wasap: Wasap,
) -> None:
    before = contents(house)
    for folder in (house, house / "backups"):
        with contextlib.closing(hold(folder)):
            code, said = wasap("encrypt", key.path)
        assert code == 1
        assert "está en uso" in said
    assert contents(house) == before


def test_damaged_data_is_left_as_it_is(
    house: Path,
    key: KeyFile,
    wasap: Wasap,
) -> None:
    with (house / "wasap.db").open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096 * 20)
    before = (house / "wasap.db").read_bytes()
    code, said = wasap("encrypt", key.path)
    assert code == 1
    assert "No se pudo" in said
    assert "Traceback" not in said
    assert (house / "wasap.db").read_bytes() == before
    assert not list(house.glob("restore.*"))


OF_RESTORE = {"restore:unpacked", "restore:checked"}  # before it comes to what both do
POINTS = sorted({*of_commands("restore:", "cipher:"), "cipher:copied#2"} - OF_RESTORE)


@pytest.mark.parametrize("at", POINTS)
def test_killed_at_any_moment_the_data_is_there_in_one_form_or_the_other(
    house: Path, key: KeyFile, at: str
) -> None:
    before = contents(house)
    code = (
        "import sys; from pathlib import Path; from store import cipher, driver;"
        " cipher.encrypt(Path(sys.argv[1]), driver.KeyFile(Path(sys.argv[2])))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(house), str(key.path)],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "WASAP_CRASH_AT": at},
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    hold(house).close()  # as whoever comes next
    decided = not driver.is_plain(house / "wasap.db")
    assert decided == (at.startswith("restore:") and at != "restore:ready:before")
    assert contents(house, key if decided else None) == before
    if decided:
        assert readable(house, ("celíaca",)) == []
    assert cipher.encrypt(house, key) != decided
    assert contents(house, key) == before


# A key that does not fit


def spoil(case: str, house: Path, key: KeyFile) -> Path | None:
    """Make it so; the file that DATABASE_KEY_FILE names."""
    if case != "unneeded":
        cipher.encrypt(house, key)
    if case == "wrong":
        return key_file(key.path.with_name("other.key"), "another one").path
    if case == "empty":
        return key_file(key.path.with_name("other.key"), "").path
    if case == "unreadable":
        return key.path.with_name("on a stick that is not there")
    return None if case == "missing" else key.path


REFUSED = {
    "wrong": "no abre con la clave",
    "empty": "No hay una clave en",
    "unreadable": "No puedo leer la clave",
    "missing": "está cifrado (o dañado) y no hay una clave",
    "unneeded": "no está cifrado",
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_key_that_does_not_fit_is_refused_in_a_sentence_and_changes_nothing(
    house: Path, key: KeyFile, wasap: Wasap, case: str
) -> None:
    path = spoil(case, house, key)
    sealed = None if case == "unneeded" else key
    before, files = contents(house, sealed), set(house.rglob("*"))
    for command in ("verify", "backup", "encrypt", "decrypt"):
        if case in ("unneeded", "missing") and command.endswith("crypt"):
            continue  # there is something for them to do, or no key to do it with
        code, said = wasap(command, path)
        assert code == 1
        assert REFUSED[case] in said
        assert len(said.splitlines()) == 1
        assert RAW not in said
    assert contents(house, sealed) == before
    assert set(house.rglob("*")) - files <= {house / "backups", house / "backups" / "instance.lock"}


@pytest.mark.parametrize("case", REFUSED)
async def test_nothing_is_opened_with_it_and_doctor_says_so_once(
    house: Path, key: KeyFile, case: str
) -> None:
    path = spoil(case, house, key)
    with pytest.raises(KeyRefused):
        await Database(house / "wasap.db", path and KeyFile(path)).open()
    settings, broken = read_settings(data_dir=house, database_key_file=path)
    async with open_subject(settings, broken, Lines("es")) as subject:
        finding = await storage.encryption(subject)
        assert finding is not None
        assert (finding.level, REFUSED[case] in finding.says) == ("fail", True)
        assert await storage.database(subject) is None
        assert await storage.threads(subject) is None
