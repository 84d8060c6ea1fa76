"""Files of messages: kept once, evicted by age, gone with their rows."""

import asyncio
import hashlib
import json
import stat
from pathlib import Path

import pytest

from store import inbox
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.erasure import Erasures
from store.inbox import Arrival
from store.intake import Inbound, Revoke, Rules
from store.ledger import Ledger
from store.media import MediaFile, MediaStore

CARLA = Sender("541122223333", "", "5491122223333", "Carla")
ANYONE = Rules(allowed=lambda sender: True, say=lambda key, **values: key)
CONTENT = b"canario" * 10


@pytest.fixture
def media(database: Database, tmp_path: Path) -> MediaStore:
    return MediaStore(database, tmp_path / "media", quota_bytes=1000)


async def arrive(database: Database, wa_id: str, type_: str = "audio") -> None:
    """A message whose turn runs."""
    payload = json.dumps({"type": type_, type_: {"id": "1"}})
    arrival = Arrival(wa_id, "chat", type_, "", payload, now_ms())
    await Ledger(database).take([Inbound(CARLA, arrival)], ANYONE)
    await Ledger(database).claim(1, merge=True, delay_s=lambda waiting: 0)


async def keep(
    media: MediaStore, wa_id: str, content: bytes = CONTENT, kind: str = "audio"
) -> MediaFile | None:
    async with media.incoming() as incoming:
        await incoming.write(content[:3])
        await incoming.write(content[3:])
        return await media.keep(incoming, wa_id=wa_id, kind=kind, mime_type="audio/ogg")


async def finish(database: Database) -> None:
    ledger = Ledger(database)
    turn = await ledger.claim(1, merge=True, delay_s=lambda waiting: 0)
    await ledger.finish(turn, said="x", reply="y", parts=[])  # type: ignore[arg-type]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "media").rglob("*") if path.is_file())


async def test_a_file_lies_where_its_sum_says_and_nobody_else_reads_it(
    database: Database, media: MediaStore, tmp_path: Path
) -> None:
    await arrive(database, "A")
    file = await keep(media, "A")
    assert file is not None
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert file.path == tmp_path / "media" / sha256[:2] / sha256
    assert (file.path.read_bytes(), file.sha256, file.size_bytes) == (CONTENT, sha256, 70)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert await media.of_message("A") == file
    assert files(tmp_path) == [file.path]  # nothing half written is left


async def test_what_breaks_off_leaves_nothing(
    database: Database, media: MediaStore, tmp_path: Path
) -> None:
    async def break_off() -> None:
        async with media.incoming() as incoming:
            await incoming.write(b"half")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await break_off()
    assert files(tmp_path) == []


async def test_the_same_bytes_go_with_the_last_message_that_brought_them(
    database: Database, media: MediaStore, tmp_path: Path
) -> None:
    await arrive(database, "A")
    await keep(media, "A")
    await finish(database)
    await arrive(database, "B")
    await keep(media, "B")
    ledger = Ledger(database)
    for wa_id, left in (("A", 1), ("B", 0)):
        deletion = Arrival(f"R{wa_id}", "silent", "revoke", "", "{}", now_ms())
        await ledger.take([Inbound(CARLA, deletion, Revoke(wa_id))], ANYONE)
        await media.sweep()
        assert len(files(tmp_path)) == left
    assert await media.of_message("B") is None


async def test_the_oldest_make_room_and_the_newest_stays_whatever_its_size(
    database: Database, media: MediaStore, tmp_path: Path
) -> None:
    for number in range(4):
        await arrive(database, str(number))
        await keep(media, str(number), bytes([number]) * 400)
        await finish(database)
    assert await media.sweep()
    assert [await media.of_message(str(number)) is not None for number in range(4)] == [
        False, False, True, True,
    ]  # fmt: skip
    await arrive(database, "big")
    assert await keep(media, "big", b"x" * 5000)
    await media.sweep()
    assert [path.stat().st_size for path in files(tmp_path)] == [5000]
    assert not await media.sweep()  # nothing is left to do


async def test_what_a_turn_has_still_to_read_makes_no_room(
    database: Database, media: MediaStore
) -> None:
    await arrive(database, "waits")
    await keep(media, "waits", b"a" * 900)
    await arrive(database, "comes")
    await keep(media, "comes", b"b" * 900)
    await media.sweep()
    assert await media.of_message("waits") is not None


async def test_clear_keeps_documents_and_forgetme_keeps_nothing(
    database: Database, media: MediaStore, tmp_path: Path
) -> None:
    for wa_id, kind in (("A", "audio"), ("B", "document")):
        await arrive(database, wa_id, kind)
        await keep(media, wa_id, kind.encode(), kind)
        await Ledger(database).hear(wa_id, f"canario {kind}", "")
        await finish(database)
    await Ledger(database).clear("541122223333")
    await media.sweep()
    assert [path.read_bytes() for path in files(tmp_path)] == [b"document"]
    assert await database.read(lambda db: inbox.text_of(db, "A")) == ""
    await Erasures(database).everything("541122223333", "turn")
    await media.sweep()
    assert files(tmp_path) == []


async def test_a_forgotten_fact_takes_the_recording_that_tells_it(
    database: Database, media: MediaStore, tmp_path: Path
) -> None:
    for wa_id, heard in (("A", "mi loro se llama Tito"), ("B", "hola")):
        await arrive(database, wa_id)
        await keep(media, wa_id, wa_id.encode())
        await Ledger(database).hear(wa_id, heard, "")
        await finish(database)
    await Erasures(database).redact("541122223333", "t", lambda text: text.replace("Tito", "…"))
    await media.sweep()
    assert [path.read_bytes() for path in files(tmp_path)] == [b"B"]
    assert await database.read(lambda db: inbox.text_of(db, "A")) == "mi loro se llama …"


async def test_a_message_deleted_while_its_file_comes_keeps_neither_file_nor_words(
    database: Database, media: MediaStore, tmp_path: Path
) -> None:
    await arrive(database, "A")
    ledger = Ledger(database)
    deletion = Arrival("R", "silent", "revoke", "", "{}", now_ms())
    await ledger.take([Inbound(CARLA, deletion, Revoke("A"))], ANYONE)
    assert await keep(media, "A") is None
    await ledger.hear("A", "canario", "")
    assert await database.read(lambda db: inbox.text_of(db, "A")) == ""
    assert files(tmp_path) == []


async def test_a_crash_before_a_file_is_gone_or_named_is_made_good(
    database: Database, tmp_path: Path
) -> None:
    first = MediaStore(database, tmp_path / "media", quota_bytes=1000)
    await arrive(database, "A")
    kept = await keep(first, "A")
    stray = tmp_path / "media" / "ab" / ("ab" * 32)
    stray.parent.mkdir()
    stray.write_bytes(b"its row was never committed")
    half = tmp_path / "media" / ".incoming" / "half"
    half.write_bytes(b"a download that a crash cut")
    second = MediaStore(database, tmp_path / "media", quota_bytes=1000)
    await second.clean()
    await second.sweep()
    assert kept is not None
    assert files(tmp_path) == [kept.path]
    await Erasures(database).everything("541122223333", "t")  # and the process dies here
    await MediaStore(database, tmp_path / "media", quota_bytes=1000).sweep()
    assert files(tmp_path) == []


async def test_a_sweep_never_takes_a_file_that_comes_again_meanwhile(
    database: Database, media: MediaStore, tmp_path: Path
) -> None:
    for round_ in range(20):
        await arrive(database, f"A{round_}")
        await asyncio.gather(keep(media, f"A{round_}"), media.sweep())
        file = await media.of_message(f"A{round_}")
        assert file is not None
        await finish(database)
        await Ledger(database).clear("541122223333")
    assert list((tmp_path / "media" / ".incoming").iterdir()) == []
