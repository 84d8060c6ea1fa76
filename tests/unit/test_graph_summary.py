"""Long threads are folded into a summary, after the answer, and never in the middle of a call."""

from collections.abc import Sequence

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, ToolMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from graph.build import run_config
from graph.gauge import Gauge
from graph.window import KEEP_MESSAGES, KEEP_MOST, cut_index, fitted, is_long, mended
from store import conversations
from store.database import Database
from tests.brain import OWNER, Brain, open_brain
from tests.fake_ollama import FakeOllama, fail, tool_call


def thread(turns: int, *, tool_every: int = 4, size: int = 20) -> list[AnyMessage]:
    """A conversation in which every n-th turn calls a tool."""
    messages: list[AnyMessage] = []
    for turn in range(turns):
        messages.append(HumanMessage(f"pregunta {turn} ".ljust(size, "x"), id=f"h{turn}"))
        if turn % tool_every == 0:
            call = {"name": "clock", "args": {}, "id": f"c{turn}"}
            messages.append(AIMessage("", tool_calls=[call], id=f"t{turn}"))
            messages.append(ToolMessage("21:05", tool_call_id=f"c{turn}", id=f"r{turn}"))
        messages.append(AIMessage(f"respuesta {turn} ".ljust(size, "x"), id=f"a{turn}"))
    return messages


async def remember(brain: Brain, messages: Sequence[AnyMessage], summary: str = "") -> None:
    change = {
        "messages": [RemoveMessage(id=REMOVE_ALL_MESSAGES), *messages],
        "summary": summary,
    }
    await brain.graph.aupdate_state(run_config(OWNER), change, as_node="command")


def pairs_are_whole(messages: Sequence[AnyMessage]) -> bool:
    calls = [
        call["id"] for one in messages if isinstance(one, AIMessage) for call in one.tool_calls
    ]
    results = [one.tool_call_id for one in messages if isinstance(one, ToolMessage)]
    return calls == results


async def test_forty_messages_are_left_alone(brain: Brain) -> None:
    await remember(brain, thread(19, tool_every=99)[2:])
    await brain.say("¿Y?")
    assert "summarize" not in brain.updates
    assert len(brain.chats) == 1


async def test_more_are_summarised_after_the_answer(brain: Brain) -> None:
    await remember(brain, thread(20), summary="Se llama Carla.")
    brain.ollama.script("Acá va.", "Carla preguntó mucho.")
    assert await brain.say("¿Y?") == "Acá va."
    assert brain.updates == ["route", "retrieve_memory", "agent", "summarize"]
    asked = brain.chats[1]
    assert asked["options"]["num_ctx"] == brain.chats[0]["options"]["num_ctx"]
    assert "Se llama Carla." in asked["messages"][0]["content"]
    assert asked["messages"][1]["content"].startswith("pregunta 0")
    kept = await brain.messages()
    assert KEEP_MESSAGES <= len(kept) <= KEEP_MOST
    assert isinstance(kept[0], HumanMessage)
    assert pairs_are_whole(kept)
    assert kept[-1].text == "Acá va."


async def test_the_model_reads_nothing_twice_for_a_summary(brain: Brain) -> None:
    """Asked at the end of the chat: all but the request itself is computed already."""
    await remember(brain, thread(20))
    await brain.say("¿Y?")
    answered, asked = brain.chats
    assert asked["tools"] == answered["tools"]
    folded = asked["messages"][:-1]
    assert folded == answered["messages"][: len(folded)]
    assert len(folded) > KEEP_MOST


async def test_a_model_that_calls_a_tool_instead_is_asked_apart(brain: Brain) -> None:
    await remember(brain, thread(20), summary="Se llama Carla.")
    brain.ollama.script("Acá va.", tool_call("clock"), "Carla preguntó mucho.")
    await brain.say("¿Y?")
    (prompt,) = brain.chats[2]["messages"]
    assert "Se llama Carla." in prompt["content"]
    assert "> pregunta 0" in prompt["content"]
    assert (await brain.state())["summary"] == "Carla preguntó mucho."


async def test_what_does_not_fit_beside_the_answer_is_summarised_apart(
    ollama: FakeOllama, database: Database
) -> None:
    async with open_brain(ollama, database, ollama_num_ctx=4096) as brain:
        await remember(brain, thread(16, size=800))
        ollama.script("Acá va.", "Carla preguntó mucho.")
        await brain.say("¿Y?")
        (prompt,) = brain.chats[1]["messages"]
        assert len(prompt["content"]) < 4096 * 3.5
        assert (await brain.state())["summary"] == "Carla preguntó mucho."


async def test_the_ledger_knows_the_summary_and_where_it_ends(
    brain: Brain, database: Database
) -> None:
    await database.write("test", lambda db: conversations.ensure_thread(db, OWNER))
    for turn in range(21):
        await brain.say(f"mensaje {turn}")
    kept = await brain.messages()
    rows = await database.read(
        lambda db: db.execute("SELECT summary, summary_ends_at FROM conversations").fetchall()
    )
    assert [tuple(row) for row in rows] == [((await brain.state())["summary"], kept[0].id)]


async def test_the_summary_stands_behind_the_static_text(brain: Brain) -> None:
    await brain.say("Hola")
    static = brain.chats[0]["messages"][0]["content"]
    await remember(brain, thread(20))
    brain.ollama.script("Acá va.", "Carla vive en Salta.")
    await brain.say("¿Y?")
    await brain.say("¿Dónde vivo?")
    system = brain.chats[-1]["messages"][0]["content"]
    assert system.startswith(static)
    assert system.endswith("Carla vive en Salta.")


async def test_a_summary_apart_reads_what_the_owner_wrote_not_our_notes(brain: Brain) -> None:
    for turn in range(20):
        await brain.say(f"mensaje {turn}")
    brain.ollama.script("Acá va.", tool_call("clock"), "Carla preguntó mucho.")
    await brain.say("mensaje 20")
    prompt = brain.ollama.chats[-1]["messages"][0]["content"]
    assert "> mensaje 0\nWasAP: Entendido." in prompt
    assert "[Nota:" not in prompt


async def test_a_failed_summary_keeps_everything(brain: Brain) -> None:
    await remember(brain, thread(20), summary="Antes.")
    brain.ollama.script("Acá va.", fail(500))
    assert await brain.say("¿Y?") == "Acá va."
    state = await brain.state()
    assert len(state["messages"]) == len(thread(20)) + 2
    assert state["summary"] == "Antes."


async def test_few_long_messages_are_summarised_too(ollama: FakeOllama, database: Database) -> None:
    async with open_brain(ollama, database, ollama_num_ctx=4096) as brain:
        await remember(brain, thread(8, size=600))
        await brain.say("¿Y?")
        assert brain.updates[-1] == "summarize"
        kept = await brain.messages()
        assert 0 < Gauge().tokens(kept) <= 0.3 * 4096


async def test_the_models_own_count_brings_the_summary_too(brain: Brain) -> None:
    """Emoji and code take more tokens than letters suggest; the server knows."""
    await remember(brain, thread(5))
    brain.ollama.script(fail(503), "Acá va.")
    await brain.say("¿Y?")
    assert "summarize" not in brain.updates
    counted = AIMessage(
        "x", usage_metadata={"input_tokens": 6000, "output_tokens": 1, "total_tokens": 6001}
    )
    messages = [*thread(30)[-30:], HumanMessage("y"), counted]
    assert is_long(messages, overhead=0, num_ctx=8192, gauge=Gauge())


@pytest.mark.parametrize("tool_every", [1, 2, 3, 4, 99])
@pytest.mark.parametrize("turns", range(1, 40, 3))
def test_a_cut_starts_at_a_human_message_and_splits_no_pair(turns: int, tool_every: int) -> None:
    messages = thread(turns, tool_every=tool_every)
    kept = messages[cut_index(messages, num_ctx=8192, gauge=Gauge()) :]
    assert isinstance(kept[0], HumanMessage)
    assert pairs_are_whole(kept)
    assert len(kept) <= KEEP_MOST


def test_one_endless_turn_is_never_cut_away() -> None:
    messages = [HumanMessage("x" * 100_000), AIMessage("y")]
    assert cut_index(messages, num_ctx=8192, gauge=Gauge()) == 0
    assert fitted(messages, budget=100, gauge=Gauge()) == messages


def test_what_does_not_fit_goes_from_the_front() -> None:
    messages = thread(30, size=400)
    kept = fitted(messages, budget=1000, gauge=Gauge())
    assert Gauge().tokens(kept) <= 1000
    assert kept[-1] == messages[-1]
    assert isinstance(kept[0], HumanMessage)
    assert pairs_are_whole(kept)


def test_results_follow_their_calls_in_order() -> None:
    calls = [{"name": "clock", "args": {}, "id": name} for name in ("a", "b")]
    asked = AIMessage("", tool_calls=calls)
    late = [ToolMessage("B", tool_call_id="b"), ToolMessage("A", tool_call_id="a")]
    whole = mended([HumanMessage("?"), asked, *late], missing="-")
    assert [one.text for one in whole[2:]] == ["A", "B"]
    lost = mended([ToolMessage("nobody asked", tool_call_id="z"), asked], missing="-")
    assert [one.text for one in lost] == ["", "-", "-"]
