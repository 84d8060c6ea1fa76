"""Choices under a message: buttons while they fit, else a list; a text when Meta takes neither."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from app.channels.cloud_api.client import CloudApi
from app.channels.cloud_api.policy import refusal
from app.condition import Condition
from app.errors import SendError
from app.sender import OutboxSender
from app.simulator import SimulatorConfig, create_app
from app.simulator.serving import BackgroundServer
from store import approvals
from store.approvals import Approval
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.inbox import Arrival
from store.intake import Inbound, Rules
from store.ledger import Ledger, Turn
from store.outbox import Button
from store.statuses import Status
from tools.certificates import authorities

CONFIG = SimulatorConfig(send_statuses=False)
CARLA = Sender("541122223333", "", "5491122223333")


@pytest.fixture(scope="module")
def meta() -> Iterator[str]:
    with BackgroundServer(create_app(CONFIG)) as server:
        yield server.url


async def sent(meta: str, body: str, buttons: Sequence[Button]) -> dict[str, Any]:
    """What goes over the wire; the stand-in refuses what is over Meta's limits."""
    token, number = CONFIG.access_token, CONFIG.phone_number_id
    channel = CloudApi(meta, "v26.0", number, token, timeout_s=10, opens_list="Elegir")
    await channel.send_buttons(CARLA.send_to, body, buttons, callback="7-1")
    await channel.aclose()
    async with httpx.AsyncClient(base_url=meta, trust_env=False, verify=authorities()) as http:
        request = (await http.get("/_control/requests")).json()["requests"][-1]
    interactive: dict[str, Any] = request["body"]["interactive"]
    return interactive


def offered(count: int, about: str = "") -> list[Button]:
    return [Button(f"say:{number}", f"/olvidar {number}", about) for number in range(count)]


async def test_three_are_buttons(meta: str) -> None:
    message = await sent(meta, "¿Cuál?", offered(3, "Soy celíaca"))
    assert message["type"] == "button"
    replies = [one["reply"] for one in message["action"]["buttons"]]
    assert replies[2] == {"id": "wasap:say:2", "title": "/olvidar 2"}


async def test_more_are_a_list_that_says_what_each_is(meta: str) -> None:
    message = await sent(meta, "¿Cuál?", offered(10, "Soy celíaca"))
    assert message["type"] == "list"
    assert message["action"]["button"] == "Elegir"
    (section,) = message["action"]["sections"]
    assert len(section["rows"]) == 10
    row = {"id": "wasap:say:9", "title": "/olvidar 9", "description": "Soy celíaca"}
    assert section["rows"][9] == row


async def test_a_long_text_takes_a_list_too(meta: str) -> None:
    message = await sent(meta, "x" * 4096, offered(2))
    assert message["type"] == "list"
    assert message["action"]["sections"][0]["rows"][0] == {
        "id": "wasap:say:0",
        "title": "/olvidar 0",
    }


async def test_what_a_row_says_is_shortened_at_a_word(meta: str) -> None:
    message = await sent(meta, "¿Cuál?", offered(4, "Mi gato\nse llama Ñandú " * 9))
    about = message["action"]["sections"][0]["rows"][0]["description"]
    assert about.startswith("Mi gato se llama Ñandú Mi gato")
    assert about.endswith(" llama…")
    assert len(about) <= 72


# When Meta refuses it


class NoButtons:
    """A channel that takes nothing but texts."""

    def __init__(self, error: SendError) -> None:
        self.error = error
        self.offered = 0
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.texts_pass = True

    async def send_buttons(
        self, to: str, body: str, buttons: Sequence[Button], *, callback: str
    ) -> str:
        self.offered += 1
        raise self.error

    async def send_text(self, to: str, body: str, *, callback: str) -> str:
        self.said.put_nowait(body)
        if not self.texts_pass:
            raise self.error
        return "wamid.1"


@pytest.fixture
async def ledger(database: Database) -> Ledger:
    """With a question that waits to be sent."""
    ledger = Ledger(database)
    turn = await claimed(ledger, "A", "guardá eso")
    await ledger.finish(
        turn,
        said="guardá eso",
        reply="¿Lo guardo?",
        parts=["¿Lo guardo?"],
        asks=Approval("A", "A", ("f",), "(sin hacer)"),
        buttons=approvals.buttons("A", "Sí", "No"),
    )
    return ledger


async def claimed(ledger: Ledger, wa_id: str, text: str, consent: str = "") -> Turn:
    arrival = Arrival(wa_id, "chat", "text", text, "{}", now_ms(), consent=consent)
    await ledger.take([Inbound(CARLA, arrival)], Rules(allowed=lambda sender: True, say=str))
    turn = await ledger.claim(1, merge=True, delay_s=lambda waiting: 0)
    assert isinstance(turn, Turn)
    return turn


@pytest.mark.parametrize("code", [100, 131009])
async def test_a_question_whose_buttons_are_refused_is_put_as_a_text(
    ledger: Ledger, code: int
) -> None:
    channel = NoButtons(refusal(code, 400))
    sender = sender_to(ledger, channel)
    sender.wake(1)
    assert await asyncio.wait_for(channel.said.get(), 10) == "¿Lo guardo?"
    await nothing_left(ledger)
    assert (channel.offered, channel.said.qsize()) == (1, 0)
    # And typing answers it.
    turn = await claimed(ledger, "B", "sí", consent="yes")
    assert turn.settled is not None
    assert turn.settled.verdict == "yes"
    await sender.stop(0)


async def test_a_text_that_is_refused_as_well_has_failed(ledger: Ledger) -> None:
    channel = NoButtons(refusal(131009, 400))
    channel.texts_pass = False
    sender = sender_to(ledger, channel)
    sender.wake(1)
    await asyncio.wait_for(channel.said.get(), 10)
    await nothing_left(ledger)
    assert (channel.offered, channel.said.qsize()) == (1, 0)
    await sender.stop(0)


async def test_buttons_that_fail_after_they_were_taken_give_way_to_a_text(ledger: Ledger) -> None:
    """131026 is what an old WhatsApp gives that knows no lists; it comes by a status webhook."""
    found = await ledger.next_part(1, ready=lambda part, conversation: True)
    assert found is not None
    await ledger.mark_sent(found.part, "wamid.1", ready=lambda part, conversation: False)
    await settled(ledger, Status("wamid.1", "failed", found.part.callback, 131026))
    again = await ledger.next_part(1, ready=lambda part, conversation: True)
    assert again is not None
    assert (again.part.body, again.part.buttons) == ("¿Lo guardo?", ())
    await ledger.mark_sent(again.part, "wamid.2", ready=lambda part, conversation: False)
    await settled(ledger, Status("wamid.2", "failed", again.part.callback, 131026))
    await nothing_left(ledger)


async def settled(ledger: Ledger, status: Status) -> None:
    await ledger.take([status], Rules(allowed=lambda sender: True, say=str))


def sender_to(ledger: Ledger, channel: Any) -> OutboxSender:
    return OutboxSender(ledger, channel, Condition(), settle_s=30, retry_s=60)


async def nothing_left(ledger: Ledger) -> None:
    async with asyncio.timeout(10):
        while True:
            if not await ledger.outbox_depth():
                return
            await asyncio.sleep(0)
