"""How long a part waits for its next try, by what became of the last one."""

import asyncio

import pytest

from app.channels.cloud_api.policy import refusal
from app.condition import Condition
from app.errors import Outcome, SendError
from app.sender import OutboxSender
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.inbox import Arrival
from store.intake import Inbound, Rules
from store.ledger import Ledger, Turn

SETTLE_S = 30.0
RETRY_S = 60.0


class Refusing:
    """A channel that refuses what it is given, each time with the same error."""

    def __init__(self, error: SendError) -> None:
        self.error = error
        self.sent: asyncio.Queue[str] = asyncio.Queue()

    async def send_text(self, to: str, body: str, *, callback: str) -> str:
        self.sent.put_nowait(callback)
        raise self.error

    async def mark_read(self, message_id: str, *, typing: bool) -> None:
        raise AssertionError

    async def aclose(self) -> None:
        raise AssertionError


UNKNOWN = SendError("read timeout", outcome=Outcome.UNKNOWN)

# The error, and the least seconds until the next try after the first failure, the second ...;
# the most is twice that, for the jitter.
WAITS = [
    (refusal(131016, 503), [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 150, 150]),
    (refusal(None, 502), [0.5, 1, 2]),
    (refusal(130429, 429, retry_after_s=20), [20, 20, 20, 20]),
    (refusal(130429, 429, retry_after_s=0), [0.5, 1, 2]),
    (refusal(131056, 400), [2, 8, 32, 128, 512, 1800, 1800]),  # Meta: 4^X
    (refusal(4, 400), [30, 60, 120, 150]),
    (refusal(190, 401), [30, 30, 30, 30]),
    (UNKNOWN, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]),
]


@pytest.fixture
async def ledger(database: Database) -> Ledger:
    """With one answer that waits to be sent."""
    ledger = Ledger(database)
    sender = Sender("541122223333", "", "5491122223333")
    arrival = Arrival("A", "chat", "text", "hola", "{}", now_ms())
    await ledger.take([Inbound(sender, arrival)], Rules(allowed=lambda sender: True, say=str))
    turn = await ledger.claim(1, merge=True, delay_s=lambda waiting: 0)
    assert isinstance(turn, Turn)
    await ledger.finish(turn, said="hola", reply="¡hola!", parts=["¡hola!"])
    return ledger


@pytest.mark.parametrize(("error", "least_s"), WAITS, ids=[str(error) for error, _ in WAITS])
async def test_waits(
    database: Database, ledger: Ledger, error: SendError, least_s: list[float]
) -> None:
    channel = Refusing(error)
    sender = OutboxSender(ledger, channel, Condition(), settle_s=SETTLE_S, retry_s=RETRY_S)
    for seconds in least_s:
        tried_at = now_ms()
        sender.wake(1)
        await asyncio.wait_for(channel.sent.get(), 10)
        due_at = await _settled(database)
        assert seconds <= (due_at - tried_at) / 1000 < 2 * seconds + 1
        await database.write("test.hasten", lambda db: db.execute("UPDATE outbox SET due_at = 0"))
    await sender.stop(0)


@pytest.mark.parametrize("code", [1, 131000])
async def test_the_unexplained_is_tried_three_times(
    database: Database, ledger: Ledger, code: int
) -> None:
    channel = Refusing(refusal(code, 500))
    sender = OutboxSender(ledger, channel, Condition(), settle_s=SETTLE_S, retry_s=RETRY_S)
    for _ in range(3):
        sender.wake(1)
        await asyncio.wait_for(channel.sent.get(), 10)
        await _settled(database)
        await database.write("test.hasten", lambda db: db.execute("UPDATE outbox SET due_at = 0"))
    assert await ledger.outbox_depth() == 0
    assert channel.sent.empty()
    await sender.stop(0)


async def _settled(database: Database) -> int:
    """When the part is due, as soon as the last try is written down."""
    async with asyncio.timeout(10):
        while True:
            row = await database.read(
                lambda db: db.execute("SELECT state, due_at FROM outbox").fetchone()
            )
            if row["state"] != "sending":
                return int(row["due_at"])
            await asyncio.sleep(0)
