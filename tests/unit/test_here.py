"""Where the owner is, by the places they shared."""

import json
from typing import Any

import pytest

from app.channels.cloud_api.content import pin_of
from app.reading import HERE_MS, here
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.inbox import Arrival
from store.intake import Inbound, Rules
from store.ledger import Ledger, Turn
from tools.ports import Here

CARLA, BRUNO = Sender("541122223333", "", "5491122223333"), Sender("541133334444", "", "x")
MINUTE_MS = 60_000
FORWARDED = {"context": {"forwarded": True}}


def shared(latitude: float, name: str = "", **more: Any) -> dict[str, Any]:
    """Meta's message about a place."""
    place = {"latitude": latitude, "longitude": -58.4, "name": name}
    return {"type": "location", "location": place, **more}


class Phone:
    """Stores what is shared and asks, minutes from now."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.now = now_ms()
        self._count = 0

    async def write(
        self, message: dict[str, Any], minutes: float = 0, sender: Sender = CARLA
    ) -> None:
        self._count += 1
        payload, sent_at = json.dumps(message), self.now + int(minutes * MINUTE_MS)
        arrival = Arrival(f"W{self._count}", "chat", message["type"], "x", payload, sent_at)
        rules = Rules(allowed=lambda sender: True, say=str)
        await self.ledger.take([Inbound(sender, arrival)], rules)

    async def turn(self) -> Turn:
        """All that Carla wrote since the last one."""
        turn = await self.ledger.claim(1, merge=True, delay_s=lambda waiting: 0)
        assert isinstance(turn, Turn)
        return turn

    async def done(self) -> None:
        await self.ledger.finish(await self.turn(), said="x", reply="y", parts=["y"])

    async def ask(self) -> Here | None:
        await self.write({"type": "text"})
        turn = await self.turn()
        found = await here(turn, self.ledger)
        await self.ledger.finish(turn, said="x", reply="y", parts=["y"])
        return found


@pytest.fixture
def phone(database: Database) -> Phone:
    return Phone(Ledger(database))


async def test_the_newest_place_counts_whatever_turn_it_came_in(phone: Phone) -> None:
    assert await phone.ask() is None
    await phone.write(shared(-34.6, "Obelisco"), -30)
    await phone.done()
    assert await phone.ask() == Here(-34.6, -58.4, "Obelisco")
    await phone.write(shared(-31.4), -1)
    assert await phone.ask() == Here(-31.4, -58.4)


async def test_a_place_of_another_day_or_of_somebody_else_does_not(phone: Phone) -> None:
    await phone.write({"type": "text"})
    await phone.done()
    await phone.write(shared(-34.6), -HERE_MS / MINUTE_MS - 1)
    await phone.done()
    await phone.write(shared(-31.4, **FORWARDED), -5)
    await phone.write(shared(-32.9), -5, BRUNO)
    assert await phone.ask() is None
    await phone.write(shared(-38.0), -HERE_MS / MINUTE_MS + 1)
    assert await phone.ask() == Here(-38.0, -58.4)


async def test_a_turn_that_runs_again_does_not_see_what_came_after_it(phone: Phone) -> None:
    await phone.write(shared(-34.6), -5)
    turn = await phone.turn()
    await phone.write(shared(-31.4), 0)
    assert await here(turn, phone.ledger) == Here(-34.6, -58.4)


async def test_a_deleted_conversation_holds_no_place(phone: Phone) -> None:
    await phone.write(shared(-34.6))
    await phone.done()
    await phone.ledger.clear("541122223333")
    assert await phone.ask() is None


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "location"},
        {"type": "location", "location": "Obelisco"},
        {"type": "location", "location": {"latitude": "-34.6", "longitude": -58.4}},
        {"type": "location", "location": {"latitude": -91, "longitude": 0}},
        {"type": "location", "location": {"latitude": float("nan"), "longitude": 0}},
        {"type": "text", "location": {"latitude": 1, "longitude": 2}},
        shared(-34.6, **FORWARDED),
    ],
)
def test_what_is_no_place_of_the_owners(message: dict[str, Any]) -> None:
    assert pin_of(message) is None
