"""Crashes that once cost something: each was found by `make crash`."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.crash.life import Nursery
from tests.crash.phone import NOT_HEARD, SENTENCES, SOUND, Said
from tests.crash.points import ROOT, Flavour
from tests.crash.product import Death, Product, number_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

BROKEN_PLUGIN = "[wasap.tools]\nbroken = no_such_module:tool\n"
DIES_S = 30.0


class One:
    """One person and the product."""

    def __init__(self, folder: Path, nursery: Nursery) -> None:
        self.product = Product("one", folder / "one", 1, [number_of(0)], ROOT, nursery)
        self._written = 0

    async def start(self) -> None:
        await self.product.start(forked=True)

    async def write(self, kind: Flavour = "chat") -> Said:
        """A message that was taken."""
        self._written += 1
        phone = self.product.phones[0]
        message = phone.write(kind, self._written)
        life = await self.product.meta.deliver(phone.webhook([message]))
        phone.stored([message], life)
        return message

    async def ask(self, kind: Flavour = "chat") -> str:
        """A message and its answer."""
        await self.write(kind)
        await self.product.drain()
        return self.heard[-1]

    async def die(self, point: str, kind: Flavour | None = None) -> None:
        """A life that ends at `point`, with a message on the way there."""
        process = await self.product.start(forked=True, WASAP_CRASH_AT=point)
        if kind:
            await self.write(kind)
        async with asyncio.timeout(DIES_S):
            assert await process.wait() == -signal.SIGKILL
        self.product.deaths.append(Death(point))

    def files(self) -> list[str]:
        """What is kept of what was sent, whole or not."""
        folder = self.product.folder / "data" / "media"
        return [path.name for path in folder.rglob("*") if path.is_file()]

    @property
    def heard(self) -> list[str]:
        """What is on the phone."""
        return [send.body for send in self.product.meta.sends]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nursery() -> AsyncIterator[Nursery]:
    nursery = Nursery(ROOT)
    yield nursery
    await nursery.close()


@pytest_asyncio.fixture(loop_scope="module")
async def one(tmp_path: Path, nursery: Nursery) -> AsyncIterator[One]:
    one = One(tmp_path, nursery)
    await one.product.open()
    one.product.add_phone(number_of(0))
    try:
        yield one
    finally:
        await one.product.close()


async def test_two_crashes_before_the_request_leaves_do_not_cost_the_answer(one: One) -> None:
    await one.die("call:graph_api.send:before", "chat")
    await one.die("call:graph_api.send:before")
    await one.start()
    await one.product.drain()
    assert one.heard == ["Van q1"]


async def test_a_forgotten_memory_is_the_right_one_after_a_crash(one: One) -> None:
    await one.start()
    await one.ask("remember")
    await one.ask("remember")
    await one.product.end(signal.SIGTERM)
    await one.die("commit:memories.forget:after", "forget")
    await one.start()
    await one.product.drain()
    assert one.heard[-1] == SENTENCES["forget_done"].format(memory="dato d000001")
    assert one.product.meta.sends[-1].life == 1
    await one.product.end(signal.SIGTERM)
    assert one.product.query("SELECT content FROM memories") == [("dato d000002",)]


@pytest.mark.parametrize("point", ["commit:ledger.finish:before", "commit:ledger.finish:after"])
async def test_what_was_cleared_stays_cleared_after_a_crash(one: One, point: str) -> None:
    await one.start()
    await one.ask()
    await one.product.end(signal.SIGTERM)
    await one.die(point, "clear")
    await one.start()
    await one.product.drain()
    assert one.heard[-1] == SENTENCES["clear_done"]
    assert await one.ask() == "Van q3"
    assert one.product.model.broken_threads == []  # q1 among them, had the model read it again


@pytest.mark.parametrize(
    "point",
    ["commit:ledger.finish:before", "commit:ledger.finish:after", "commit:checkpoint.put:before#3"],
)
async def test_the_thread_keeps_an_answer_that_a_crash_cut_off(one: One, point: str) -> None:
    await one.die(point, "tool")
    await one.start()
    await one.product.drain()
    assert one.heard == ["Van q1"]
    assert await one.ask() == "Van q2"
    assert one.product.model.broken_threads == []


async def test_a_brain_that_does_not_load_costs_no_message(one: One, tmp_path: Path) -> None:
    plugin = tmp_path / "plugin" / "broken-1.0.dist-info"
    plugin.mkdir(parents=True)
    (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (plugin / "entry_points.txt").write_text(BROKEN_PLUGIN)
    process = await one.product.start(PYTHONPATH=str(plugin.parent))
    await one.write()
    async with asyncio.timeout(DIES_S):
        assert await process.wait() == 1
    assert one.heard == []
    await one.start()
    await one.product.drain()
    assert one.heard == ["Van q1"]


@pytest.mark.parametrize("side", ["before", "after"])
async def test_everything_goes_over_a_crash_too(one: One, side: str) -> None:
    await one.start()
    await one.ask()
    await one.ask("remember")
    assert await one.ask("erase") == SENTENCES["forgetme_confirm"]
    await one.product.end(signal.SIGTERM)
    await one.die(f"commit:erasures.everything:{side}", "erase")
    await one.start()
    await one.product.drain()
    assert one.heard[-1] == SENTENCES["forgetme_done"]
    assert await one.ask() == "Van q5"
    assert one.product.model.broken_threads == []  # q1 among them, had the model read it again
    assert one.product.query("SELECT content FROM memories") == []


@pytest.mark.parametrize("point", ["commit:exports.send:after", "call:graph_api.upload:after"])
async def test_an_export_is_sent_once_over_a_crash(one: One, point: str) -> None:
    await one.die(point, "export")
    await one.start()
    await one.product.drain()
    assert one.heard[:2] == ["wasap.md", "wasap.json"]
    assert len(one.heard) == 3


@pytest.mark.parametrize(
    "point",
    [
        "call:graph_api.download:after",
        "commit:media.keep:before",
        "commit:media.keep:after",
        "commit:ledger.hear:before",
        "commit:ledger.hear:after",
    ],
)
async def test_a_voice_note_is_kept_and_answered_once_over_a_crash(one: One, point: str) -> None:
    await one.die(point, "voice")
    await one.start()
    await one.product.drain()
    assert [NOT_HEARD in body for body in one.heard] == [True]
    await one.product.end(signal.SIGTERM)
    ((name,),) = one.product.query("SELECT sha256 FROM media")
    assert one.files() == [name]


@pytest.mark.parametrize(
    "point", ["commit:ledger.keep_sound:before", "call:graph_api.send:after#2"]
)
async def test_an_answer_is_said_aloud_once_over_a_crash(one: One, point: str) -> None:
    await one.die(point, "aloud")
    await one.start()
    await one.product.drain()
    assert one.heard == [SENTENCES["media_gone"], SOUND]


async def test_a_file_that_is_gone_by_the_books_leaves_the_disk_after_a_crash(one: One) -> None:
    await one.start()
    await one.ask("voice")
    await one.product.end(signal.SIGTERM)
    assert len(one.files()) == 1
    await one.die("commit:ledger.clear:after", "clear")
    assert len(one.files()) == 1
    await one.start()
    await one.product.drain()
    async with asyncio.timeout(DIES_S):
        while one.files():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("point", ["call:vision.chat:before", "call:vision.chat:after"])
async def test_a_picture_is_described_and_answered_once_over_a_crash(one: One, point: str) -> None:
    await one.die(point, "picture")
    await one.start()
    await one.product.drain()
    assert one.heard == ["Van q1"]
    assert len(one.files()) == 1


@pytest.mark.parametrize(
    "point",
    [
        "commit:documents.add:before",
        "commit:documents.add:after",
        "commit:documents.set_vectors:before",
    ],
)
async def test_a_document_is_kept_and_answered_once_over_a_crash(one: One, point: str) -> None:
    await one.die(point, "document")
    await one.start()
    await one.product.drain()
    assert one.heard == ["Van q1"]
    await one.product.end(signal.SIGTERM)
    assert one.product.query("SELECT name FROM documents") == [("d000001.txt",)]


@pytest.mark.parametrize("side", ["before", "after"])
async def test_the_right_document_is_deleted_over_a_crash(one: One, side: str) -> None:
    await one.start()
    await one.ask("document")
    await one.product.end(signal.SIGTERM)
    await one.die(f"commit:documents.delete:{side}", "document_delete")
    await one.start()
    await one.product.drain()
    assert one.heard[-1] == SENTENCES["document_deleted"].format(name="d000001.txt")
    await one.product.end(signal.SIGTERM)
    assert one.product.query("SELECT name FROM documents") == []


@pytest.mark.parametrize("side", ["before", "after"])
async def test_buttons_that_meta_refuses_are_a_text_over_a_crash(one: One, side: str) -> None:
    await one.start()
    await one.ask("remember")
    await one.ask("remember")
    await one.product.end(signal.SIGTERM)
    one.product.meta.fault = "unbuttoned"
    await one.die(f"commit:ledger.drop_buttons:{side}", "choose")
    one.product.meta.fault = "unbuttoned" if side == "before" else ""
    await one.start()
    await one.product.drain()
    assert [body.startswith(SENTENCES["forget_several"]) for body in one.heard] == [
        False, False, True,
    ]  # fmt: skip
