"""A turn through the six nodes: what the model reads, what the owner gets, what stays."""

import asyncio
import json
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from graph.errors import ModelBroke
from store.database import Database
from store.errors import StoreUnavailable
from store.memories import Memory, MemoryStore
from tests.brain import NOW, OWNER, SENT_AT, Brain, open_brain
from tests.fake_ollama import FakeOllama, Json, drop, fail, tool_call, tool_calls
from tools.choice import usable
from tools.contract import Context, Effect, tool
from tools.errors import ToolError
from tools.scan import scan


def last_user(chat: Json) -> str:
    return str([one["content"] for one in chat["messages"] if one["role"] == "user"][-1])


async def test_a_plain_message_costs_one_model_call(brain: Brain) -> None:
    brain.ollama.script("¡Hola! ¿Cómo andás?")
    assert await brain.say("Hola") == "¡Hola! ¿Cómo andás?"
    assert brain.updates == ["route", "retrieve_memory", "agent"]
    assert len(brain.chats) == 1
    assert [one["function"]["name"] for one in brain.chats[0]["tools"]] == [
        tool.name for tool in usable(scan(), ports=())
    ]


async def test_every_call_asks_for_the_same_window(brain: Brain) -> None:
    await brain.say("Hola")
    chat = brain.chats[0]
    assert chat["options"]["num_ctx"] == 8192
    assert chat["options"]["num_predict"] == 1024
    assert chat["keep_alive"] == "30m"
    assert chat["stream"] is True


async def test_the_front_of_the_prompt_is_the_same_bytes_turn_after_turn(brain: Brain) -> None:
    await brain.say("Me llamo Carla")
    await brain.say("/remember soy celíaca")
    await brain.say("¿Qué puedo comer?")
    first, second = brain.chats
    assert json.dumps(first["tools"]) == json.dumps(second["tools"])
    before = json.dumps(first["messages"], ensure_ascii=False)[:-1]
    assert json.dumps(second["messages"], ensure_ascii=False).startswith(before)


async def test_time_and_memories_stand_in_the_newest_message_and_stay_there(brain: Brain) -> None:
    await brain.say("/remember soy celíaca")
    await brain.say("¿Qué como?")
    frozen = last_user(brain.chats[0])
    assert frozen.startswith("¿Qué como?")
    assert "lunes, 23 de noviembre de 2026; acá son las 09:05" in frozen
    assert "soy celíaca" in frozen
    await brain.say("/olvidar 1")
    await brain.say("/recordar me gusta el mate")
    await brain.say("¿Y de postre?")
    assert "mate" in last_user(brain.chats[1])
    assert "mate" not in brain.chats[1]["messages"][1]["content"]
    assert "celíaca" not in brain.chats[0]["messages"][0]["content"]


async def test_without_memories_the_message_does_not_speak_of_any(brain: Brain) -> None:
    await brain.say("Hola")
    assert last_user(brain.chats[0]) == (
        "Hola\n\n[Nota: hoy es lunes, 23 de noviembre de 2026; acá son las 09:05.]"
    )


async def test_a_clear_sum_comes_with_a_reminder_of_the_tool(brain: Brain) -> None:
    """In the middle of a talk Qwen2.5 1.5B answers sums from memory, and wrong."""
    await brain.say("¿Cuánto es 345 por 27?")
    assert last_user(brain.chats[0]).endswith("\n\nLlamá a la herramienta calculator.")


async def test_what_others_wrote_asks_for_no_tool(brain: Brain) -> None:
    await brain.say("¿Qué te parece?", quoted="¿Cuánto es 345 por 27?")
    assert "herramienta" not in last_user(brain.chats[0])
    await brain.say("¿Cuánto es 345 por 27?", quoted="Decime vos")
    assert last_user(brain.chats[1]).endswith("\n\nLlamá a la herramienta calculator.")


async def test_our_own_notes_do_not_travel_as_fields(brain: Brain) -> None:
    await brain.say("Hola")
    assert all(one.keys() <= {"role", "content"} for one in brain.chats[0]["messages"])


class BrokenMemories(MemoryStore):
    """A store whose search fails, as when the disk is gone."""

    async def all(self, sender: str) -> list[Memory]:
        raise StoreUnavailable("disk I/O error")


async def test_broken_memories_do_not_cost_the_answer(
    ollama: FakeOllama, database: Database
) -> None:
    async with open_brain(ollama, database, memories=BrokenMemories(database)) as brain:
        assert await brain.say("Hola") == "Entendido."


async def test_english_owners_get_the_english_prompt(brain: Brain) -> None:
    await brain.say("Hi", language="en")
    assert brain.chats[0]["messages"][0]["content"].startswith("You are WasAP")
    assert "[Note: today is Monday, November 23, 2026; here it is 9:05 AM.]" in last_user(
        brain.chats[0]
    )


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Es 423. [Ahora: lunes, 23 de noviembre de 2026, 09:07.]", "Es 423."),
        ("Es 423.\n\n[Lunes, 23 de noviembre de 2026, 09:05.] ¿Algo más?", "Es 423. ¿Algo más?"),
        ("Hoy es lunes, 23 de noviembre de 2026.", "Hoy es lunes, 23 de noviembre de 2026."),
        ("[lunes, 23 de noviembre de 2026]", "[lunes, 23 de noviembre de 2026]"),
        ("Tomá nota [importante].", "Tomá nota [importante]."),
    ],
)
async def test_a_copy_of_our_note_does_not_reach_the_owner(
    brain: Brain, said: str, answer: str
) -> None:
    brain.ollama.script(said)
    assert await brain.say("Hola") == answer
    assert (await brain.messages())[-1].text == answer


# Tools


async def test_a_tool_round(brain: Brain) -> None:
    brain.ollama.script(tool_call("calculator", expression="18% de 2350"), "Son 423.")
    assert await brain.say("¿Cuánto es el 18% de 2350?") == "Son 423."
    assert brain.updates == ["route", "retrieve_memory", "agent", "tool_executor", "agent"]
    result = brain.chats[1]["messages"][-1]
    assert (result["role"], result["content"], result["tool_name"]) == ("tool", "423", "calculator")


async def test_a_call_written_as_text_is_made(brain: Brain) -> None:
    written = '```json\n{"name": "calculator", "arguments": {"expression": "0.18 * 2350"}}\n```'
    brain.ollama.script(written, "Son 423.")
    assert await brain.say("¿Cuánto es el 18% de 2350?") == "Son 423."
    call = (await brain.messages())[1]
    assert isinstance(call, AIMessage)
    assert call.additional_kwargs == {"rescued": True}
    assert (call.content, call.tool_calls[0]["args"]) == ("", {"expression": "0.18 * 2350"})
    assert brain.chats[1]["messages"][-1]["content"] == "423"


@pytest.mark.parametrize(
    "written",
    [
        '{"name": "send_money", "arguments": {"amount": 5}}',
        '<tool_call>{"name": "send_money", "arguments": {}}</tool_call>',
        '```json\n[{"function": {"name": "send_money", "arguments": "{}"}}]\n```',
        # cut short, a quote lost, a newline inside a string, words around it
        '{"name": "calculator", "arguments": {"expression": "0.18',
        '{"name": "calculator',
        '{"name": "send_money", "arguments": {"amount": "5}}',
        '{"name": "send_money", "arguments": {"note": "a\nb"}}',
        'Dejame ver. {"name": "calculator", "arguments": {"expression": "0.18',
    ],
)
async def test_a_call_that_nobody_can_run_is_no_answer(brain: Brain, written: str) -> None:
    brain.ollama.script(written, "No puedo hacer eso.")
    assert await brain.say("Mandá plata") == "No puedo hacer eso."
    assert not brain.chats[1]["tools"]


@pytest.mark.parametrize(
    "written",
    [
        '{"nombre": "Ana", "edad": 3}',
        '{"name": "Ana", "age": 3}',
        'Así empieza: {"name": "Ana", "age":',
        'Un reloj: {"name": "clock", "price": 3}',
    ],
)
async def test_json_the_owner_asked_for_is_an_answer(brain: Brain, written: str) -> None:
    brain.ollama.script(written)
    assert await brain.say("Dame un JSON") == written


@tool(effect=Effect.READ)
async def slow_and_fast(text: str, context: Context) -> str:
    """Answers later when asked to be slow.

    Args:
        text: What to say.
    """
    if text == "slow":
        await asyncio.sleep(0.05)
    return f"{text} {context.call_id} {context.sender} {context.timezone} {context.now:%H:%M}"


async def test_calls_run_side_by_side_and_results_keep_the_order(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.script(
        tool_calls(("slow_and_fast", {"text": "slow"}), ("slow_and_fast", {"text": "fast"})), "Ya."
    )
    async with open_brain(ollama, database, tools=[slow_and_fast]) as brain:
        await brain.say("Las dos")
        messages = await brain.messages()
    asked = messages[1]
    assert isinstance(asked, AIMessage)
    results = [one for one in messages if isinstance(one, ToolMessage)]
    assert [one.tool_call_id for one in results] == [one["id"] for one in asked.tool_calls]
    assert [one.text.split()[0] for one in results] == ["slow", "fast"]
    # What the server knows reached the tool, and the model was not asked for it.
    assert results[1].text.split()[1:] == [
        str(asked.tool_calls[1]["id"]),
        OWNER,
        "America/Argentina/Buenos_Aires",
        f"{NOW:%H:%M}",
    ]
    assert brain.chats[0]["tools"][0]["function"]["parameters"]["properties"].keys() == {"text"}


@tool(effect=Effect.READ, timeout_s=0.05)
async def troubled(kind: str) -> str:
    """Fails in many ways.

    Args:
        kind: Which way.
    """
    if kind == "slow":
        await asyncio.sleep(30)
    if kind == "refuses":
        raise ToolError("The shop is closed on Mondays.")
    if kind == "long":
        return "x" * 100_000
    raise RuntimeError("secret=hunter2")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (tool_call("troubled", kind="slow"), "troubled tardó demasiado y lo corté."),
        (tool_call("troubled", kind="refuses"), "The shop is closed on Mondays."),
        (tool_call("troubled", kind="breaks"), "troubled falló y no dio resultado."),
        (tool_call("troubled", wrong=1), "Los datos para troubled no sirven. Revisá: kind."),
        (tool_call("troubled", kind={"a": 1}), "Los datos para troubled no sirven. Revisá: kind."),
        (tool_call("nothing"), "La herramienta nothing no existe. Las que hay: troubled."),
    ],
)
async def test_a_tool_that_fails_gives_the_model_one_sentence(
    ollama: FakeOllama, database: Database, call: Json, said: str
) -> None:
    ollama.script(call, "No se pudo.")
    async with open_brain(ollama, database, tools=[troubled]) as brain:
        assert await brain.say("Dale") == "No se pudo."
        assert brain.chats[1]["messages"][-1]["content"] == said


async def test_a_long_result_is_cut(ollama: FakeOllama, database: Database) -> None:
    ollama.script(tool_call("troubled", kind="long"), "Ya.")
    async with open_brain(ollama, database, tools=[troubled]) as brain:
        await brain.say("Dale")
        assert len(brain.chats[1]["messages"][-1]["content"]) < 5_000


async def test_a_number_where_text_is_wanted_is_that_text(brain: Brain) -> None:
    brain.ollama.script(tool_call("calculator", expression=5), "Es 5.")
    await brain.say("5")
    assert brain.chats[1]["messages"][-1]["content"] == "5"


async def test_what_a_tool_refuses_is_said_in_the_owners_language(brain: Brain) -> None:
    brain.ollama.script(tool_call("calculator", expression="9**9**9"), "Es demasiado.")
    await brain.say("9**9**9")
    assert brain.chats[1]["messages"][-1]["content"].startswith("El resultado es demasiado grande")


# Thinking


async def test_a_thinking_model_is_told_not_to_and_an_other_one_is_told_nothing(
    brain: Brain, ollama: FakeOllama, database: Database
) -> None:
    await brain.say("Hola")
    assert brain.chats[0].get("think") is None
    ollama.models["qwen3:8b"] = ("completion", "tools", "thinking")
    async with open_brain(ollama, database) as thinker:
        await thinker.say("Hola")
        assert thinker.chats[1]["think"] is False


@pytest.mark.parametrize("open_tag", ["<think>\n", ""])  # some templates open the block themselves
async def test_thoughts_reach_neither_the_owner_nor_the_history(
    brain: Brain, open_tag: str
) -> None:
    brain.ollama.script(f"{open_tag}A ver, saluda...\n</think>\n\n¡Hola!", "Bien.")
    assert await brain.say("Hola") == "¡Hola!"
    await brain.say("¿Todo bien?")
    assert "A ver" not in json.dumps(brain.chats[1], ensure_ascii=False)


async def test_ollamas_own_figures_are_not_kept(brain: Brain) -> None:
    await brain.say("Hola")
    answer = (await brain.messages())[-1]
    assert isinstance(answer, AIMessage)
    assert answer.response_metadata == {}
    assert answer.usage_metadata is not None


# When the model is away


async def test_the_turn_is_finished_when_the_model_is_back(brain: Brain) -> None:
    brain.ollama.script(drop(), drop())
    with pytest.raises(ModelBroke):
        await brain.say("¿Estás?")
    assert len(brain.chats) == 2  # one quick second try
    brain.ollama.script("Acá estoy.")
    assert await brain.resume() == "Acá estoy."
    people = [one for one in await brain.messages() if isinstance(one, HumanMessage)]
    assert [one.id for one in people] == ["turn-1"]
    assert last_user(brain.chats[-1]).count("[Nota:") == 1


async def test_a_short_breath_of_the_server_is_not_noticed(brain: Brain) -> None:
    brain.ollama.script(fail(503, "server busy"), "Acá estoy.")
    assert await brain.say("¿Estás?") == "Acá estoy."


async def test_a_call_that_a_crash_left_open_does_not_spoil_the_thread(brain: Brain) -> None:
    brain.ollama.script(tool_call("calculator", expression="1+1"), fail(400, "no"), fail(400, "no"))
    config = {"configurable": {"thread_id": OWNER}}
    cut_short = AIMessage("", tool_calls=[{"name": "clock", "args": {}, "id": "c1"}])
    await brain.graph.aupdate_state(
        config, {"messages": [HumanMessage("¿Hora?", id="old"), cut_short]}, as_node="command"
    )
    brain.ollama._script.clear()
    await brain.say("¿Seguís ahí?")
    roles = [one["role"] for one in brain.chats[0]["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "user"]
    assert brain.chats[0]["messages"][3]["content"] == "Esta llamada no llegó a hacerse."


def test_the_clock_of_these_tests_rounds_up(tmp_path: Path) -> None:
    assert SENT_AT.second >= 30  # else "09:05" above would not show the rounding


async def test_what_a_small_model_makes_of_a_result_is_said_once(
    brain: Brain, ollama: FakeOllama
) -> None:
    twice = "¡Perfecto! El 18% de 2350 es 423.\n\nEl 18% de 2350 es 423."
    ollama.script(tool_call("calculator", expression="18% de 2350"), twice, twice)
    assert await brain.say("¿Cuánto es el 18% de 2350?") == twice.split("\n")[0]
    assert await brain.say("Escribí un estribillo") == twice  # no tool: its own words
