"""The clock of the reminders, on a real file and with a time of its own."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.reminders import ReminderClock
from graph.prompts import Prompts
from graph.settings import HOME
from store import undo
from store.clock import to_ms
from store.database import Database
from store.ledger import Ledger
from store.reminders import Reminder, ReminderStore
from store.undo import UndoStore
from tools.when import read

CARLA = "5491122223333"
ZONE = "America/Argentina/Buenos_Aires"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # Monday, 9:00 in Buenos Aires


class World:
    """A wall clock that the test moves, and what was fired."""

    def __init__(self, database: Database) -> None:
        self.now = START
        self.database = database
        self.fired: asyncio.Queue[int] = asyncio.Queue()
        self.looked = asyncio.Event()
        self.clock = self.restarted()
        self.store = ReminderStore(database, lambda: self.clock.wake())

    def restarted(self, nap_s: float = 60.0, *, templates: bool = False) -> ReminderClock:
        """A clock as a new process has it."""
        self.clock = ReminderClock(
            ReminderStore(self.database),
            Prompts(HOME / "prompts"),
            "es",
            on_fired=self.fired.put_nowait,
            now=self._tell,
            templates=templates,
            nap_s=nap_s,
        )
        return self.clock

    def _tell(self) -> datetime:
        self.looked.set()
        return self.now

    async def look(self, moment: datetime) -> None:
        """Let it be `moment`, and the clock look at it."""
        self.now = moment
        assert await self.clock.fire_due()

    async def remind(self, text: str, phrase: str, source: str = "") -> Reminder:
        when = read(phrase, now=self.now, zone=ZONE, language="es")
        return await self.store.add(
            CARLA, text, due_at=when.due_at, zone=ZONE, rule=when.rule, source=source
        )

    async def wrote(self, moment: datetime) -> None:
        """The owner wrote, which opens the 24 hours."""
        change = "UPDATE conversations SET last_wrote_at = ?"
        await self.database.write("test", lambda db: db.execute(change, (to_ms(moment),)))

    async def said(self) -> list[str]:
        return [row["body"] for row in await self.rows("SELECT body FROM outbox ORDER BY id")]

    async def rows(self, query: str) -> list[Any]:
        return await self.database.read(lambda db: db.execute(query).fetchall())


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def test_fires_when_it_is_due_and_not_before(world: World) -> None:
    await world.remind("salir", "en una hora")
    await world.wrote(START)
    await world.look(START + timedelta(minutes=59, seconds=59))
    assert await world.said() == []
    await world.look(START + timedelta(hours=1))
    await world.look(START + timedelta(hours=2))
    assert await world.said() == ["⏰ salir"]
    assert await world.store.all(CARLA) == []


async def test_one_that_comes_again_moves_on(world: World) -> None:
    reminder = await world.remind("tomar la pastilla", "todos los días hábiles a las 8")
    due = [datetime(2026, 11, day, 11, tzinfo=UTC) for day in (24, 25, 26, 27, 30)]
    for moment in due:
        await world.wrote(moment)
        await world.look(moment - timedelta(seconds=1))
        await world.look(moment)
    assert await world.said() == ["⏰ tomar la pastilla"] * 5
    keys = [row["key"] for row in await world.rows("SELECT key FROM outbox ORDER BY id")]
    assert keys == [f"reminder:{reminder.id}:{to_ms(moment)}" for moment in due]


async def test_after_a_downtime_each_is_said_once_and_says_when_it_was_due(world: World) -> None:
    await world.remind("tomar la pastilla", "todos los días a las 8")
    await world.remind("salir", "en una hora")
    await world.wrote(datetime(2026, 11, 26, 11, 30, tzinfo=UTC))
    await world.look(datetime(2026, 11, 26, 12, tzinfo=UTC))
    await world.look(datetime(2026, 11, 26, 13, tzinfo=UTC))
    assert await world.said() == [
        "⏰ salir\n(Te lo digo con demora: era para lun 23 nov, 10:00.)",
        "⏰ tomar la pastilla\n(Te lo digo con demora: era para mar 24 nov, 08:00.)",
    ]
    (left,) = await world.store.all(CARLA)
    assert left.due_at == datetime(2026, 11, 27, 11, tzinfo=UTC)


async def test_one_that_will_be_held_says_when_it_was_due(world: World) -> None:
    await world.remind("salir", "en 30 horas")
    await world.wrote(START)
    await world.look(START + timedelta(hours=30))
    assert await world.said() == ["⏰ salir\n(Te lo digo con demora: era para mar 24 nov, 15:00.)"]


async def test_one_that_comes_again_is_held_once(world: World) -> None:
    await world.remind("regar", "cada 6 horas")
    await world.wrote(START - timedelta(days=2))
    holding = "UPDATE outbox SET state = 'held'"
    for hours in (6, 12, 18):
        await world.look(START + timedelta(hours=hours))
        await world.database.write("test", lambda db: db.execute(holding))
    assert len(await world.said()) == 1
    (left,) = await world.store.all(CARLA)
    assert left.due_at == START + timedelta(hours=24)


async def test_with_a_template_nothing_waits_for_what_is_held(world: World) -> None:
    world.restarted(templates=True)
    await world.remind("regar", "cada 6 horas")
    await world.wrote(START - timedelta(days=2))
    holding = "UPDATE outbox SET state = 'held'"
    for hours in (6, 12):
        await world.look(START + timedelta(hours=hours))
        rows = await world.rows("SELECT state, template FROM outbox")
        assert [tuple(row) for row in rows] == [("queued", "regar")]
        await world.database.write("test", lambda db: db.execute(holding))  # Meta refused it
    # Should it be given later all the same, as a text, it says when it was due.
    assert await world.said() == ["⏰ regar\n(Te lo digo con demora: era para lun 23 nov, 21:00.)"]


async def test_in_a_template_it_is_late_only_after_a_downtime(world: World) -> None:
    world.restarted(templates=True)
    await world.remind("salir", "en 30 horas")
    await world.remind("entrar", "en 32 horas")
    await world.look(START + timedelta(hours=30))
    await world.look(START + timedelta(hours=33))
    assert [row["template"] for row in await world.rows("SELECT template FROM outbox")] == [
        "salir",
        "entrar (te lo digo con demora: era para mar 24 nov, 17:00)",
    ]


async def test_the_running_clock_notices_what_is_set_and_that_the_wall_clock_was_moved(
    world: World,
) -> None:
    await world.remind("luego", "en 3 horas")
    await world.wrote(START)
    async with asyncio.timeout(10):
        world.clock.start()
        await world.looked.wait()  # then it sleeps for a minute
        await world.store.add(CARLA, "ya", due_at=START, zone=ZONE, rule="", source="")
        await world.fired.get()
        await world.clock.stop()
        world.looked.clear()
        world.restarted(nap_s=0.01).start()
        await world.looked.wait()
        world.now += timedelta(hours=3)  # nobody tells it
        await world.fired.get()
        await world.clock.stop()
    assert await world.said() == ["⏰ ya", "⏰ luego"]


async def test_one_nobody_can_read_does_not_hold_up_the_others(world: World) -> None:
    await world.remind("rota", "todos los días a las 10")
    await world.remind("sana", "hoy a las 11")
    await world.wrote(START)
    breaking = "UPDATE reminders SET rule = 'DTSTART:?' WHERE text = 'rota'"
    await world.database.write("test", lambda db: db.execute(breaking))
    world.now = START + timedelta(hours=2)
    assert not await world.clock.fire_due()
    assert await world.said() == ["⏰ sana"]


async def test_an_occurrence_is_fired_by_one_of_two(world: World) -> None:
    reminder = await world.remind("salir", "en una hora")
    fired = await asyncio.gather(*(world.store.fire(reminder, "⏰ salir", None) for _ in range(5)))
    assert sorted(fired) == [False] * 4 + [True]
    assert await world.said() == ["⏰ salir"]


async def test_what_was_moved_or_cancelled_meanwhile_is_not_fired(world: World) -> None:
    moved = await world.remind("salir", "en una hora")
    cancelled = await world.remind("entrar", "en una hora")
    later = moved.due_at + timedelta(hours=1)
    await world.store.move(moved, due_at=later, zone=ZONE, rule="", source="a")
    await world.store.cancel(cancelled, source="b")
    assert not await world.store.fire(moved, "⏰ salir", None)
    assert not await world.store.fire(cancelled, "⏰ entrar", None)
    assert await world.said() == []


async def test_what_runs_again_changes_nothing_again(world: World) -> None:
    first = await world.remind("salir", "en una hora", source="call-1")
    assert await world.remind("salir", "en una hora", source="call-1") == first
    by_turn = await world.store.add(
        CARLA, "salir", due_at=START, zone=ZONE, rule="", source="call-2", turn="call-1"
    )
    assert by_turn == first
    await world.store.cancel(first, source="turn-2")
    assert await world.store.changed_by(CARLA, "turn-2") == first
    assert await world.store.changed_by(CARLA, "turn-3") is None
    store = UndoStore(world.database)
    undone = await store.take_back(CARLA, turn="turn-4")
    assert undone
    assert await store.take_back(CARLA, turn="turn-4") == undone
    assert await world.store.all(CARLA) == [first]


async def test_what_has_been_said_cannot_be_undone(world: World) -> None:
    await world.remind("salir", "en una hora", source="turn-1")
    await world.look(START + timedelta(hours=1))
    assert await UndoStore(world.database).take_back(CARLA, turn="turn-2") == []


async def test_what_was_cancelled_is_gone_after_an_hour(world: World) -> None:
    reminder = await world.remind("secreto", "en una hora")
    await world.store.cancel(reminder, source="turn-1")
    ageing = "UPDATE undo SET created_at = created_at - ?"
    await world.database.write("test", lambda db: db.execute(ageing, (undo.KEPT_MS,)))
    assert await UndoStore(world.database).take_back(CARLA, turn="turn-2") == []
    await world.database.write("test", undo.forget_old)
    assert await world.rows("SELECT * FROM undo") == []


async def test_clear_takes_what_a_template_said(world: World) -> None:
    world.restarted(templates=True)
    await world.remind("salir", "en una hora")
    await world.look(START + timedelta(hours=1))
    arrived = "UPDATE outbox SET state = 'delivered'"
    await world.database.write("test", lambda db: db.execute(arrived))
    await Ledger(world.database).clear(CARLA)
    rows = await world.rows("SELECT body, template FROM outbox")
    assert [tuple(row) for row in rows] == [("", "")]


async def test_clear_takes_those_that_have_been_said(world: World) -> None:
    await world.remind("salir", "en una hora")
    await world.remind("entrar", "en dos horas")
    await world.look(START + timedelta(hours=1))
    await Ledger(world.database).clear(CARLA)
    assert [row["text"] for row in await world.rows("SELECT text FROM reminders")] == ["entrar"]
