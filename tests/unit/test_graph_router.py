"""Tools for a model that Ollama says has none: one call, held to a JSON schema."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from graph.model import wire_schemas
from graph.router import shape
from graph.warmup import read_front
from store.database import Database
from store.reminders import ReminderStore
from tests.brain import OWNER, Brain
from tests.fake_ollama import FakeOllama, Json, answered, routed, say
from tools.choice import usable
from tools.scan import scan


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(models={"qwen3:8b": ("completion",)}).serve() as running:
        running.fallback = answered("Entendido.")
        yield running


def told(chat: Json) -> list[tuple[str, str]]:
    """What a chat call says after the system text, without our notes."""
    return [(one["role"], one["content"].split("\n\n[Nota:")[0]) for one in chat["messages"][1:]]


async def test_a_plain_message_costs_one_call_and_its_answer_is_text(brain: Brain) -> None:
    brain.ollama.script(answered('¡Hola!\nDicen que "todo bien".'))
    assert await brain.say("Hola") == '¡Hola!\nDicen que "todo bien".'
    assert len(brain.chats) == 1
    assert not brain.chats[0]["tools"]
    assert (await brain.messages())[-1].text == '¡Hola!\nDicen que "todo bien".'


async def test_a_tool_round(brain: Brain) -> None:
    brain.ollama.script(routed("calculator", expression="18% de 2350"), answered("Son 423."))
    assert await brain.say("¿Cuánto es el 18% de 2350?") == "Son 423."
    assert brain.updates == ["route", "retrieve_memory", "agent", "tool_executor", "agent"]
    call, result = told(brain.chats[1])[1:]
    assert call == (
        "assistant",
        '{"tool": "calculator", "arguments": {"expression": "18% de 2350"}}',
    )
    assert result[0] == "user"
    assert result[1].startswith("Resultado de calculator:\n423\n")
    # The thread keeps them as it does for any other model: the next one may have tools.
    _, asked, got, said = await brain.messages()
    assert isinstance(asked, AIMessage)
    assert isinstance(got, ToolMessage)
    assert asked.tool_calls[0]["args"] == {"expression": "18% de 2350"}
    assert asked.additional_kwargs == {}
    assert (got.text, said.text) == ("423", "Son 423.")


async def test_a_write_is_confirmed_from_its_row(brain: Brain, database: Database) -> None:
    call = routed("set_reminder", text="pagar la luz", when="el viernes a las 18")
    brain.ollama.script(call, answered("Hecho."))
    reply = await brain.say("Recordame pagar la luz el viernes a las 18")
    assert reply.startswith("Hecho.\n\nListo, te aviso: pagar la luz (vie 27 nov, 18:00)")
    assert [one.text for one in await ReminderStore(database).all(OWNER)] == ["pagar la luz"]


async def test_a_claim_is_asked_for_again_with_the_tools(brain: Brain) -> None:
    call = routed("set_reminder", text="pagar la luz", when="el viernes a las 18")
    brain.ollama.script(answered("Listo, te lo agendé."), call, answered("Hecho."))
    reply = await brain.say("Recordame pagar la luz el viernes a las 18")
    assert reply.startswith("Hecho.\n\nListo, te aviso: pagar la luz")
    assert brain.chats[1]["format"] == brain.chats[0]["format"]


async def test_the_front_is_the_same_bytes_turn_after_turn(brain: Brain) -> None:
    await brain.say("Me llamo Carla")
    await brain.say("¿Cómo me llamo?")
    first, second = brain.chats
    assert first["format"] == second["format"]
    before = json.dumps(first["messages"], ensure_ascii=False)[:-1]
    assert json.dumps(second["messages"], ensure_ascii=False).startswith(before)
    system = first["messages"][0]["content"]
    assert system.startswith(brain.services.prompts.system("es"))
    assert all(f"- {tool.name}(" in system for tool in usable(scan(), ports=()))
    assert told(second)[1] == ("assistant", '{"answer": "Entendido."}')


async def test_a_summary_stands_behind_the_tools(brain: Brain) -> None:
    state: Any = {"messages": [HumanMessage("Hola", id="h")], "summary": "Se llama Carla."}
    await brain.graph.aupdate_state(
        {"configurable": {"thread_id": OWNER}}, state, as_node="command"
    )
    await brain.say("¿Cómo me llamo?")
    system = brain.chats[0]["messages"][0]["content"]
    assert 0 < system.index("- calculator(") < system.index("Se llama Carla.")


async def test_it_warms_up_with_the_same_front(brain: Brain) -> None:
    await read_front(brain.services, "es")
    await brain.say("Hola")
    warm, chat = brain.chats
    assert warm["messages"] == chat["messages"][:1]
    assert not warm["tools"]


async def test_after_six_rounds_only_an_answer_is_allowed(brain: Brain) -> None:
    def again(body: Json) -> object:
        if "anyOf" not in body["format"]:
            return answered("Con eso alcanza.")
        return routed("calculator", expression=f"{len(body['messages'])} + 1")

    brain.ollama.fallback = again  # type: ignore[assignment]
    assert await brain.say("Sumá para siempre") == "Con eso alcanza."
    assert brain.updates.count("tool_executor") == 6
    assert len(brain.chats) == 7


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ('{"answer": "Había una vez un \\"gato', 'Había una vez un "gato'),
        ('{"answer": "Cortado acá\\', "Cortado acá"),
        ("Un servidor que no sabe de formatos.", "Un servidor que no sabe de formatos."),
        ('{"answer": "Bien."}\n\n', "Bien."),
    ],
)
async def test_what_is_not_whole_is_still_an_answer(
    brain: Brain, written: str, answer: str
) -> None:
    brain.ollama.script(say(written))
    assert await brain.say("Contame algo") == answer


async def test_a_made_up_tool_is_refused_in_a_sentence(brain: Brain) -> None:
    brain.ollama.script(routed("send_money", amount=5), answered("No puedo hacer eso."))
    assert await brain.say("Mandá plata") == "No puedo hacer eso."
    assert "La herramienta send_money no existe." in told(brain.chats[1])[-1][1]


async def test_english_owners_get_english_words(brain: Brain) -> None:
    brain.ollama.script(routed("calculator", expression="2+2"), answered("It is 4."))
    await brain.say("What is 2+2?", language="en")
    assert "Always reply with a single JSON object." in brain.chats[0]["messages"][0]["content"]
    assert told(brain.chats[1])[-1][1].startswith("Result of calculator:\n4\n")


@pytest.mark.parametrize(
    ("reply", "fits"),
    [
        ({"answer": "Hola"}, True),
        ({"tool": "calculator", "arguments": {"expression": "2+2"}}, True),
        ({"tool": "list_reminders", "arguments": {}}, True),
        ({"tool": "weather", "arguments": {"place": "Salta"}}, True),
        ({"tool": "calculator", "arguments": {}}, False),
        ({"tool": "calculator", "arguments": {"expression": 4}}, False),
        ({"tool": "send_money", "arguments": {}}, False),
        ({"answer": "Hola", "tool": "calculator"}, False),
        ("Hola", False),
    ],
)
def test_what_the_schema_allows(reply: object, fits: bool) -> None:
    validator = Draft202012Validator(shape(wire_schemas(scan())))
    assert validator.is_valid(reply) == fits
