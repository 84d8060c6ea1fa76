"""A ledger, and what the world does to it: messages arrive, turns are claimed, parts leave."""

import pytest

from store.clock import now_ms
from store.conversations import Conversation, Sender
from store.database import Database
from store.inbox import Arrival, Kind
from store.intake import Inbound, Rules
from store.ledger import Ledger, Turn
from store.outbox import Part, Ready

CARLA = Sender("541122223333", "AR.150", "5491122223333", "Carla")


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def arrival(wa_id: str, text: str = "hola", kind: Kind = "chat") -> Arrival:
    return Arrival(wa_id, kind, "text", text, "{}", now_ms())


ANYONE = Rules(allowed=lambda sender: True, say={"while_away": "Mientras no estabas:"}.__getitem__)


async def take(ledger: Ledger, *arrivals: Arrival, sender: Sender = CARLA) -> int:
    taken = await ledger.take([Inbound(sender, a) for a in arrivals], ANYONE)
    return taken.stored


async def claim(ledger: Ledger, *, merge: bool = True) -> Turn:
    turn = await ledger.claim(1, merge=merge, delay_s=lambda waiting: 0)
    assert isinstance(turn, Turn)
    return turn


def leaves(part: Part, conversation: Conversation) -> bool:
    return True


def stays(part: Part, conversation: Conversation) -> bool:
    return False


async def head(ledger: Ledger, *, ready: Ready = stays) -> Part:
    found = await ledger.next_part(1, ready=ready)
    assert found is not None
    return found.part


async def send_one(ledger: Ledger) -> Part:
    await take(ledger, arrival("A"))
    turn = await claim(ledger)
    await ledger.finish(turn, said="hola", reply="r", parts=["r"])
    return await head(ledger, ready=leaves)


async def state_of(database: Database, part: Part) -> str:
    return await database.read(
        lambda db: str(
            db.execute("SELECT state FROM outbox WHERE id = ?", (part.id,)).fetchone()["state"]
        )
    )
