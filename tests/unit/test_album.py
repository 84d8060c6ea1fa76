"""Which picture a later question is about, and for how long."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.media.album import HOUR_MS, Album
from app.media.eyes import Eyes
from graph.prompts import Prompts
from graph.settings import HOME
from graph.vision import OllamaVision
from store.clock import now_ms
from store.database import Database
from store.inbox import Arrival
from store.intake import Inbound, Revoke
from store.ledger import Ledger
from store.media import MediaStore
from tests.brain import settings
from tests.drawing import saved, written
from tests.fake_ollama import FakeOllama, fail
from tests.unit.test_media_store import ANYONE, CARLA, arrive, files, finish, keep
from tools.errors import ToolError

ME = CARLA.phone


@pytest.fixture
def media(database: Database, tmp_path: Path) -> MediaStore:
    return MediaStore(
        database, tmp_path / "media", quota_bytes=1 << 30, keep_ms={"image": 24 * HOUR_MS}
    )


@pytest.fixture
async def album(media: MediaStore, ollama: FakeOllama, tmp_path: Path) -> AsyncIterator[Album]:
    vision = OllamaVision(settings(ollama, tmp_path), base_url=ollama.url)
    eyes = Eyes(None, Prompts(HOME / "prompts"), "es")
    eyes.open(vision)
    yield Album(media, eyes, keep_hours=24)
    await vision.aclose()


async def send(
    database: Database, media: MediaStore, wa_id: str, *, kind: str = "image", hours_ago: float = 0
) -> None:
    """A picture, or another file, that came so long ago and was answered."""
    await arrive(database, wa_id, kind)
    assert await keep(media, wa_id, saved(written([wa_id])), kind)
    await finish(database)
    await age(database, wa_id, hours_ago)


def taken_back(wa_id: str) -> Inbound:
    """The sender deletes a message."""
    silent = Arrival(f"revoke-{wa_id}", "silent", "revoke", "", "{}", now_ms())
    return Inbound(CARLA, silent, Revoke(wa_id))


async def age(database: Database, wa_id: str, hours: float) -> None:
    update = "UPDATE media SET created_at = ? WHERE wa_id = ?"
    then = now_ms() - int(hours * HOUR_MS)
    await database.write("test", lambda db: db.execute(update, (then, wa_id)))


async def test_the_newest_picture_is_looked_at_with_the_question(
    album: Album, media: MediaStore, database: Database, ollama: FakeOllama
) -> None:
    await send(database, media, "A")
    await send(database, media, "B")
    await send(database, media, "C", kind="document")
    ollama.sees = "Dice B."
    assert await album.look(ME, "¿qué dice?") == "Dice B."
    assert "«¿qué dice?»" in ollama.chats[0]["messages"][0]["content"]
    await Ledger(database).take([taken_back("B")], ANYONE)
    await album.look(ME, "¿y ahora?")
    newest, older = ollama.pictures
    assert newest != older


@pytest.mark.parametrize("sender", [ME, "5491155667788"])
async def test_nobody_sees_the_pictures_of_others_or_old_ones(
    album: Album, media: MediaStore, database: Database, ollama: FakeOllama, sender: str
) -> None:
    await send(database, media, "A", hours_ago=25 if sender == ME else 0)
    with pytest.raises(ToolError) as refused:
        await album.look(sender, "¿qué dice?")
    assert refused.value.text == "picture_none"
    assert ollama.pictures == []


async def test_a_deleted_picture_cannot_be_looked_at(
    album: Album, media: MediaStore, database: Database, ollama: FakeOllama
) -> None:
    await send(database, media, "A")
    await Ledger(database).take([taken_back("A")], ANYONE)
    with pytest.raises(ToolError, match="picture_none"):
        await album.look(ME, "¿qué dice?")


async def test_a_model_in_trouble_is_a_sentence(
    album: Album, media: MediaStore, database: Database, ollama: FakeOllama
) -> None:
    await send(database, media, "A")
    ollama.sees = fail(502)
    with pytest.raises(ToolError, match="picture_later"):
        await album.look(ME, "¿qué dice?")
    del ollama.models["llava:7b"]
    with pytest.raises(ToolError, match="ollama pull llava:7b"):
        await album.look(ME, "¿qué dice?")


async def test_pictures_leave_the_disk_when_their_time_is_over(
    media: MediaStore, database: Database, tmp_path: Path
) -> None:
    await send(database, media, "A", hours_ago=25)
    await send(database, media, "B", hours_ago=23)
    await send(database, media, "C", kind="document", hours_ago=99)
    assert len(files(tmp_path)) == 3
    assert await media.sweep()
    assert not await media.sweep()
    assert await media.of_message("A") is None
    assert await media.of_message("B")
    assert await media.of_message("C")
    assert len(files(tmp_path)) == 2


async def test_a_picture_that_a_turn_still_waits_for_stays(
    media: MediaStore, database: Database
) -> None:
    """The model may be away for longer than pictures are kept."""
    await arrive(database, "A", "image")
    assert await keep(media, "A", saved(written(["A"])), "image")
    await age(database, "A", 48)
    await media.sweep()
    assert await media.of_message("A")
