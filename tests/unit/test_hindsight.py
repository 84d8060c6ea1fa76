"""What is told of a turn, from its rows and its thread."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from app.hindsight import hindsight
from graph.frozen import NOTE
from store.conversations import Sender
from store.database import Database
from store.inbox import Arrival, Kind
from store.intake import Inbound, Rules
from store.ledger import Ledger, Past, Turn

CARLA = Sender("541122223333", "AR.150", "5491122223333", "Carla")
ANYONE = Rules(allowed=lambda sender: True, say=lambda key: key)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


async def answered(ledger: Ledger, wa_id: str, kind: Kind = "chat", at: int = 1_000) -> Turn:
    await ledger.take([Inbound(CARLA, Arrival(wa_id, kind, "text", "hola", "{}", at))], ANYONE)
    turn = await ledger.claim(1, merge=True, delay_s=lambda waiting: 0)
    assert isinstance(turn, Turn)
    await ledger.finish(turn, said="hola", reply="¡hola!", parts=["¡hola!"])
    return turn


async def past(ledger: Ledger, wa_id: str) -> Past:
    found = await ledger.past(wa_id)
    assert found is not None
    return found


def asked(wa_id: str, *memories: str) -> HumanMessage:
    note = {"text": "hola", "memories": list(memories)}
    return HumanMessage("hola", id=wa_id, additional_kwargs={NOTE: note})


def called(call_id: str, name: str, **arguments: Any) -> AIMessage:
    used = {"input_tokens": 900, "output_tokens": 20, "total_tokens": 920}
    call = {"id": call_id, "name": name, "args": arguments}
    return AIMessage("", tool_calls=[call], usage_metadata=used)


async def test_a_turn_is_found_by_what_was_asked_and_by_what_was_answered(ledger: Ledger) -> None:
    turn = await answered(ledger, "A")
    part = await ledger.next_part(1, ready=lambda part, conversation: True)
    assert part is not None
    await ledger.mark_sent(part.part, "OUT", ready=lambda part, conversation: False)
    for wa_id in ("A", "OUT"):
        found = await past(ledger, wa_id)
        assert (found.turn.id, found.turn.conversation) == (turn.id, turn.conversation)
        assert found.answered_at is not None
    assert await ledger.past("nobody's") is None


async def test_a_notice_belongs_to_no_turn(ledger: Ledger) -> None:
    await answered(ledger, "A")
    await ledger.notice(1, "model_down", "No responde.")
    for wa_id in ("OUT", "NOTICE"):
        part = await ledger.next_part(1, ready=lambda part, conversation: True)
        assert part is not None
        await ledger.mark_sent(part.part, wa_id, ready=lambda part, conversation: False)
    assert await ledger.past("NOTICE") is None


async def test_memories_tools_and_tokens_are_told_and_not_those_of_other_turns(
    ledger: Ledger,
) -> None:
    await answered(ledger, "A")
    thread: list[AnyMessage] = [
        asked("before", "vive en Rosario"),
        called("c0", "clock"),
        ToolMessage("las diez", tool_call_id="c0"),
        AIMessage("Las diez."),
        asked("A", "es contadora"),
        called("c1", "calculator", expression="6*7"),
        ToolMessage("42", tool_call_id="c1"),
        called("c2", "weather", place="Marte"),
        ToolMessage("no existe", tool_call_id="c2", status="error"),
        AIMessage("42"),
        asked("after"),
    ]
    told = hindsight(await past(ledger, "A"), thread)
    assert told["route"] == "chat"
    assert told["answer_ms"] >= 0
    assert told["memories"] == ["es contadora"]
    assert told["tools"] == [
        {"name": "calculator", "arguments": {"expression": "6*7"}, "result": "42", "ok": True},
        {"name": "weather", "arguments": {"place": "Marte"}, "result": "no existe", "ok": False},
    ]
    assert told["model"] == [{"read": 900, "written": 20, "cached": None}] * 2


async def test_a_yes_tells_of_the_turn_that_asked(ledger: Ledger) -> None:
    await answered(ledger, "yes")
    thread: list[AnyMessage] = [
        asked("request", "es contadora"),
        called("c1", "save_note", text="leche"),
        ToolMessage("hecho", tool_call_id="c1"),
        HumanMessage("sí", id="yes"),
        AIMessage("Anoté: leche"),
    ]
    told = hindsight(await past(ledger, "yes"), thread)
    assert [tool["name"] for tool in told["tools"]] == ["save_note"]
    assert told["memories"] == ["es contadora"]


async def test_a_call_that_waits_for_a_tap_has_no_result_yet(ledger: Ledger) -> None:
    await answered(ledger, "A")
    told = hindsight(await past(ledger, "A"), [asked("A"), called("c1", "save_note", text="x")])
    assert [(tool["result"], tool["ok"]) for tool in told["tools"]] == [(None, False)]


async def test_what_has_left_the_thread_is_not_told(ledger: Ledger) -> None:
    await answered(ledger, "A", "command")
    told = hindsight(await past(ledger, "A"), [asked("other", "es contadora")])
    assert (told["route"], told["in_thread"]) == ("command", False)
    assert "memories" not in told


async def test_the_cached_share_is_told_where_the_model_server_tells_it(ledger: Ledger) -> None:
    await answered(ledger, "A")
    used = {
        "input_tokens": 900,
        "output_tokens": 2,
        "total_tokens": 902,
        "input_token_details": {"cache_read": 800},
    }
    said = AIMessage("hola", usage_metadata=used)
    told = hindsight(await past(ledger, "A"), [asked("A"), said])
    assert told["model"] == [{"read": 900, "written": 2, "cached": 800}]
