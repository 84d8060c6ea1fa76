"""From arrival to outbox: once, in order, and only forward."""

from dataclasses import replace
from typing import Any

import pytest

from store.approvals import Approval, Settled
from store.clock import now_ms
from store.conversations import Sender
from store.database import Database
from store.intake import Edit, Inbound, Rules, Taken
from store.ledger import Ledger
from store.memories import MemoryStore
from store.outbox import Part
from store.statuses import Status
from tests.ledgers import (
    ANYONE,
    CARLA,
    arrival,
    claim,
    head,
    leaves,
    ledger,
    send_one,
    state_of,
    stays,
    take,
)

__all__ = ["ledger"]


async def test_twins_make_one_turn(ledger: Ledger) -> None:
    assert await take(ledger, arrival("A"), arrival("A")) == 1
    assert await take(ledger, arrival("A")) == 0
    turn = await claim(ledger)
    await ledger.finish(turn, said="hola", reply="¡hola!", parts=["¡hola!"])
    assert await take(ledger, arrival("A")) == 0
    assert await ledger.claim(1, merge=True, delay_s=lambda waiting: 0) is None


async def test_a_burst_is_one_turn_and_a_command_is_its_own(ledger: Ledger) -> None:
    await take(
        ledger,
        arrival("A", "uno"),
        arrival("B", "dos"),
        arrival("C", "/help", "command"),
        arrival("D", "tres"),
    )
    seen = []
    for _ in range(3):
        turn = await claim(ledger)
        seen.append([message.text for message in turn.messages])
        await ledger.finish(turn, said="", reply="", parts=[])
    assert seen == [["uno", "dos"], ["/help"], ["tres"]]


async def test_what_may_answer_a_question_is_a_turn_of_its_own(ledger: Ledger) -> None:
    tap = replace(arrival("B", "Sí"), consent=f"yes:{'0' * 32}")
    await take(ledger, arrival("A", "uno"), tap, arrival("C", "dos"), arrival("D", "tres"))
    first = await claim(ledger)
    assert [message.text for message in first.messages] == ["uno"]
    asks = Approval(first.id, first.id, ("f",), "nada")
    await ledger.finish(first, said="uno", reply="¿?", parts=["¿?"], asks=asks)
    tapped = await claim(ledger)  # a button of another question
    assert tapped.settled == Settled("late")
    await ledger.finish(tapped, said="", reply="", parts=[])
    answer = await claim(ledger)
    assert [message.text for message in answer.messages] == ["dos"]
    assert answer.settled == Settled("other", asks)


async def test_without_merging_every_message_is_a_turn(ledger: Ledger) -> None:
    await take(ledger, arrival("A"), arrival("B"))
    assert len((await claim(ledger, merge=False)).messages) == 1


async def test_an_open_turn_comes_back_as_it_was(ledger: Ledger) -> None:
    await take(ledger, arrival("A"), arrival("B"))
    before = await claim(ledger)
    await take(ledger, arrival("C"))  # arrived after the crash
    after = await claim(ledger)
    assert (after.id, [m.wa_id for m in after.messages]) == (before.id, ["A", "B"])


async def test_a_turn_ends_once(ledger: Ledger) -> None:
    await take(ledger, arrival("A"))
    turn = await claim(ledger)
    assert await ledger.finish(turn, said="hola", reply="uno", parts=["uno"])
    assert not await ledger.finish(turn, said="hola", reply="dos", parts=["dos"])
    assert (await head(ledger)).body == "uno"
    assert await ledger.outbox_depth() == 1


async def test_a_notice_is_said_once(ledger: Ledger) -> None:
    await take(ledger, arrival("A"))
    assert await ledger.notice(1, "k", "sin modelo")
    assert not await ledger.notice(1, "k", "sin modelo")


async def test_strangers_leave_nothing(ledger: Ledger, database: Database) -> None:
    stranger = Sender("541199999999", "", "5491199999999")
    rules = Rules(allowed=lambda sender: sender == CARLA, say=str)
    taken = await ledger.take([Inbound(stranger, arrival("A", "secreto"))], rules)
    assert (taken.stored, taken.strangers) == (0, 1)
    rows = await database.read(
        lambda db: db.execute(
            "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM conversations) AS n"
        ).fetchone()["n"]
    )
    assert rows == 0


async def test_a_user_id_learnt_beside_an_allowed_phone_is_allowed_later(ledger: Ledger) -> None:
    listed = Rules(allowed=lambda sender: sender.phone == CARLA.phone, say=str)
    nameless = Sender("", "AR.150", "AR.150")

    async def write(sender: Sender, wa_id: str, rules: Rules) -> Taken:
        return await ledger.take([Inbound(sender, arrival(wa_id))], rules)

    await write(CARLA, "A", listed)
    assert (await write(nameless, "B", listed)).stored == 1
    # ... and stops being allowed when the phone leaves the list.
    assert (await write(nameless, "C", Rules(allowed=lambda sender: False, say=str))).strangers == 1


# What happens to one part, in order, and its state in the end. A number is the try that Meta has
# an id for: "1 taken" is the response to the send, "1 delivered" a status. "1 dropped" is a failure
# that passes, "1 late" one for want of the 24 hours, "1 failed" one for good, "1 unpaid" one that
# only the owner can cure.
STATUS_ROWS = [
    (["1 taken", "1 sent", "1 delivered", "1 read"], "read"),
    (["1 taken", "1 read", "1 delivered", "1 sent"], "read"),
    (["1 taken", "1 sent", "1 sent", "1 delivered", "1 delivered"], "delivered"),
    (["1 taken", "1 read", "1 failed"], "read"),
    # A status is faster than the response.
    (["1 delivered", "1 taken"], "delivered"),
    (["1 dropped", "1 taken"], "queued"),
    (["1 late", "1 taken"], "held"),
    (["1 failed", "1 taken"], "failed"),
    # What is known about a try that failed does not count for the next one.
    (["1 taken", "1 sent", "1 dropped", "1 sent"], "queued"),
    (["1 dropped", "1 taken", "1 sent"], "queued"),
    (["1 taken", "1 dropped", "again", "1 dropped"], "sending"),
    (["1 taken", "1 dropped", "again", "1 sent"], "sending"),
    (["1 taken", "1 dropped", "again", "1 dropped", "2 taken", "2 delivered"], "delivered"),
    (["1 taken", "1 dropped", "again", "2 dropped", "2 taken"], "queued"),
    (["1 taken", "1 dropped", "again", "2 taken", "1 failed"], "sent"),
    # The first try arrived after all.
    (["1 taken", "1 dropped", "1 delivered"], "delivered"),
    (["nobody knows", "1 sent"], "sent"),
    (["nobody knows", "again", "1 dropped", "2 taken"], "sent"),
    # It fails again and again.
    (["1 taken", *[f"{n} dropped;again" for n in range(1, 5)], "5 dropped"], "failed"),
    (["1 taken", *[f"{n} unpaid;again" for n in range(1, 5)], "5 unpaid"], "queued"),
]


@pytest.mark.parametrize(("steps", "state"), STATUS_ROWS)
async def test_rows_only_move_forward(
    ledger: Ledger, database: Database, steps: list[str], state: str
) -> None:
    part = await send_one(ledger)
    for step in ";".join(steps).split(";"):
        await happen(ledger, part, step)
    assert await state_of(database, part) == state


FAILURES: dict[str, dict[str, Any]] = {
    "failed": {"when_failed": "failed"},
    "late": {"when_failed": "held"},
    "dropped": {"when_failed": "queued"},
    "unpaid": {"when_failed": "queued", "for_ever": True},
}


async def happen(ledger: Ledger, part: Part, step: str) -> None:
    number, _, what = step.partition(" ")
    if step == "nobody knows":
        await ledger.mark_unknown(part.id, due_at=0)
    elif step == "again":
        await head(ledger, ready=leaves)
    elif what == "taken":
        await ledger.mark_sent(part, f"wamid.{number}", ready=stays)
    else:
        status: Any = "failed" if what in FAILURES else what
        more = FAILURES.get(what, {})
        await ledger.take([Status(f"wamid.{number}", status, part.callback, **more)], ANYONE)


async def test_the_callback_of_a_part_in_an_earlier_file_is_not_ours(
    ledger: Ledger, database: Database
) -> None:
    part = await send_one(ledger)
    old = Status("wamid.OLD", "read", callback=f"{part.id}-{part.created_at - 1}")
    await ledger.take([old], ANYONE)
    assert await state_of(database, part) == "sending"


async def test_what_cannot_be_sent_any_more_is_held_with_all_that_follows(
    ledger: Ledger, database: Database
) -> None:
    await take(ledger, arrival("A"))
    turn = await claim(ledger)
    await ledger.finish(turn, said="", reply="", parts=["uno", "dos", "x" * 4096])
    for _ in range(2):  # held twice, introduced once
        first = await head(ledger, ready=leaves)
        assert await ledger.hold_send(first, 131047, wrote_at=2**50)
        assert await ledger.outbox_depth() == 0
        await take(ledger, arrival(f"B{first.attempts}{first.body}"))
    bodies = []
    for _ in range(3):
        part = await head(ledger, ready=leaves)
        bodies.append(part.body)
        await ledger.mark_sent(part, f"wamid.{part.id}", ready=stays)
    assert bodies == ["Mientras no estabas:\nuno", "dos", "x" * 4096]


async def test_an_answer_made_while_one_is_held_does_not_overtake_it(ledger: Ledger) -> None:
    await take(ledger, arrival("A"))
    await take(ledger, arrival("B"))
    turn = await claim(ledger, merge=False)
    await ledger.finish(turn, said="", reply="", parts=["uno"])
    await ledger.hold_send(await head(ledger, ready=leaves), 131047, wrote_at=2**50)
    turn = await claim(ledger, merge=False)
    await ledger.finish(turn, said="", reply="", parts=["dos"])
    assert await ledger.outbox_depth() == 0
    await take(ledger, arrival("C"))
    bodies = []
    for _ in range(2):
        part = await head(ledger, ready=leaves)
        bodies.append(part.body)
        await ledger.mark_sent(part, f"wamid.{part.id}", ready=stays)
    assert bodies == ["Mientras no estabas:\nuno", "dos"]


async def test_an_introduction_makes_nothing_too_long(ledger: Ledger) -> None:
    await take(ledger, arrival("A"))
    turn = await claim(ledger)
    await ledger.finish(turn, said="", reply="", parts=["x" * 4090])
    await ledger.hold_send(await head(ledger, ready=leaves), 131047, wrote_at=2**50)
    await take(ledger, arrival("B"))
    assert (await head(ledger)).body == "x" * 4090


async def test_the_owner_wrote_while_meta_said_that_it_is_too_late(
    ledger: Ledger, database: Database
) -> None:
    part = await send_one(ledger)
    assert not await ledger.hold_send(part, 131047, wrote_at=0)
    assert await state_of(database, part) == "queued"


async def test_a_crash_while_sending_is_an_unknown_outcome(
    ledger: Ledger, database: Database
) -> None:
    part = await send_one(ledger)
    assert await ledger.recover_outbox(30_000) == [1]
    assert await state_of(database, part) == "unknown"


async def test_an_unknown_outcome_waits_for_the_statuses_that_no_process_could_take(
    ledger: Ledger,
) -> None:
    part = await send_one(ledger)
    await ledger.mark_unknown(part.id, due_at=0)  # which passed while nothing ran
    began = now_ms()
    await ledger.recover_outbox(30_000)
    assert (await head(ledger)).due_at >= began + 30_000


async def test_parts_wait_for_the_one_before(ledger: Ledger) -> None:
    await take(ledger, arrival("A"))
    turn = await claim(ledger)
    await ledger.finish(turn, said="", reply="", parts=["uno", "dos"])
    part = await head(ledger, ready=leaves)
    await ledger.retry_send(part.id, due_at=2**50, code=None)
    assert (await head(ledger)).body == "uno"


async def test_an_edit_may_make_a_command_of_a_message(ledger: Ledger) -> None:
    await take(ledger, arrival("A"), arrival("B"))
    edited = Inbound(CARLA, arrival("C", "/help", "command"), Edit("B", "/help"))
    await ledger.take([edited], ANYONE)
    seen = []
    for _ in range(2):
        turn = await claim(ledger)
        seen += [(message.kind, message.text) for message in turn.messages]
        await ledger.finish(turn, said="", reply="", parts=[])
    assert seen == [("chat", "hola"), ("command", "/help")]


async def test_nobody_edits_the_words_of_somebody_else(ledger: Ledger) -> None:
    await take(ledger, arrival("A"))
    other = Sender("541155550001", "", "5491155550001")
    await ledger.take([Inbound(other, arrival("B", "chau"), Edit("A", "chau"))], ANYONE)
    assert [message.text for message in (await claim(ledger)).messages] == ["hola"]


async def test_a_deleted_message_is_looked_for_where_it_can_be(ledger: Ledger) -> None:
    await take(ledger, arrival("A", "uno"), arrival("B", "/help", "command"), arrival("C", "dos"))
    for keep in (True, False, True):
        turn = await claim(ledger)
        await ledger.finish(turn, said="", reply="", parts=[], keep=keep)
    found = await ledger.turn_of(turn.conversation, "A")
    assert found is not None
    assert [message.text for message in found.messages] == ["uno"]
    assert await ledger.turn_of(turn.conversation, "B") is None
    assert await ledger.turn_of(turn.conversation, "never") is None
    await ledger.clear(CARLA.phone)
    assert await ledger.turn_of(turn.conversation, "C") is None


async def test_memories_of_one_person(ledger: Ledger, database: Database) -> None:
    memories = MemoryStore(database)
    await take(ledger, arrival("A"))
    kept = await memories.add(CARLA.phone, "soy celíaca", source="A")
    assert (await memories.add(CARLA.phone, "soy celíaca", source="A")).id == kept.id
    await memories.add("someone", "otra cosa")
    assert [m.content for m in await memories.all(CARLA.phone)] == ["soy celíaca"]
    assert not await memories.forget("someone", kept.id)
    assert await memories.forget(CARLA.phone, kept.id)
    assert not await memories.all(CARLA.phone)


async def test_who_goes_on_writing_too_fast_is_heard_again(
    ledger: Ledger, database: Database
) -> None:
    rules = replace(ANYONE, per_minute=2, say=str)

    async def limited(wa_id: str) -> int:
        return (await ledger.take([Inbound(CARLA, arrival(wa_id))], rules)).limited

    assert [await limited(wa_id) for wa_id in "ABCD"] == [0, 0, 1, 1]
    await database.write(
        "test",
        lambda db: (
            db.execute(
                "UPDATE inbox SET received_at = received_at - 61000 WHERE wa_id IN ('A', 'B')"
            )
            and None
        ),
    )
    assert await limited("E") == 0  # though C and D came just now
