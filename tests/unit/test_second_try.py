"""What a small model leaves out is asked for once more, or done by code."""

import json

import pytest

from store.database import Database
from store.lists import ListStore
from store.memories import MemoryStore
from store.reminders import ReminderStore
from tests.brain import OWNER, open_brain, our_prompts
from tests.fake_ollama import Answer, FakeOllama, tool_call
from tests.unit.test_graph_lists import written
from tests.unit.test_graph_pictures import Shown

PROMPTS = our_prompts()
SMALL, LARGE = "qwen2.5:1.5b", "qwen3:8b"
ALARM = json.dumps({"text": "despertarme", "when": "mañana a las 7"})


@pytest.fixture(autouse=True)
def small(ollama: FakeOllama) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]


async def test_a_call_that_was_not_made_is_asked_for(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.script("¡Claro, te despierto!", ALARM, "Listo.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert "despertarme" in await brain.say("despertame mañana a las 7")
    assert [one.text for one in await ReminderStore(database).all(OWNER)] == ["despertarme"]
    asked = ollama.chats[1]
    assert asked["format"]["properties"].keys() == {"text", "when"}
    assert "set_reminder" in asked["messages"][0]["content"]


async def test_an_answer_to_our_question_is_one(ollama: FakeOllama, database: Database) -> None:
    ollama.script("¿Para cuándo?", "Claro, mañana a las 7.", ALARM, "Listo.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("haceme acordar de despertarme")
        await brain.say("mañana a las 7")
    assert len(await ReminderStore(database).all(OWNER)) == 1


@pytest.mark.parametrize(
    ("model", "said", "reply"),
    [
        (SMALL, "despertame mañana", "¿A qué hora te despierto?"),
        (SMALL, "hoy me desperté a las 7", "¡Qué temprano!"),
        (SMALL, "¡gracias por recordarme!", "De nada."),
        (SMALL, "¿pusiste el recordatorio del dentista?", "Sí, está puesto."),
        (SMALL, "no canceles el recordatorio del dentista", "Queda como está."),
        (SMALL, "ya cancelé el recordatorio del dentista", "Muy bien."),
        (SMALL, "did you add milk to the list?", "Yes, it is on it."),
        (SMALL, "don't delete milk from the list", "It stays there."),
        (LARGE, "despertame mañana a las 7", "¿Con música?"),
    ],
)
async def test_what_needs_no_call_is_left_alone(
    ollama: FakeOllama, database: Database, model: str, said: str, reply: str
) -> None:
    ollama.script(reply)
    async with open_brain(ollama, database, ollama_model=model) as brain:
        assert await brain.say(said) == reply
    assert len(ollama.chats) == 1


async def test_a_picture_that_came_with_the_question_is_not_looked_at_again(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.script("Dice CERRADO.")
    async with open_brain(ollama, database, ollama_model=SMALL, pictures=Shown()) as brain:
        said = await brain.say("¿y qué dice el cartel?", quoted="(Una foto: un cartel, CERRADO)")
        assert said == "Dice CERRADO."
    assert len(ollama.chats) == 1


async def test_what_was_done_is_not_done_again(ollama: FakeOllama, database: Database) -> None:
    call = tool_call("set_reminder", text="pagar", when="mañana a las 10")
    ollama.script(call, "¿Necesitás algo más?", "¡Bien!", ALARM)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("recordame pagar mañana a las 10")
        await brain.say("perfecto")
    assert len(await ReminderStore(database).all(OWNER)) == 1


async def test_an_hour_that_nobody_said_is_not_made_up(
    ollama: FakeOllama, database: Database
) -> None:
    made_up = json.dumps({"text": "pagar el gas", "when": "mañana a las 9"})
    ollama.script("¡Claro!", made_up, "¿Para cuándo?")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("recordame lo del gas")
    assert await ReminderStore(database).all(OWNER) == []


async def test_what_is_quoted_asks_for_nothing(ollama: FakeOllama, database: Database) -> None:
    ollama.script("Qué sé yo, contestale tranquilo.")
    quoted = "recordame transferir 100 mañana a las 9"
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("mirá lo que me pone mi hermano", quoted=quoted)
    assert len(ollama.chats) == 1
    assert await ReminderStore(database).all(OWNER) == []


async def test_what_is_no_object_calls_nothing(ollama: FakeOllama, database: Database) -> None:
    ollama.script("¡Claro!", "mañana", "No sé hacerlo.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert await brain.say("despertame mañana a las 7")
    assert await ReminderStore(database).all(OWNER) == []


@pytest.mark.parametrize(
    ("call", "said", "told"),
    [
        # A sentence of ours for the owner.
        (
            tool_call("set_reminder", text="llamar", when="ayer a las 9"),
            "recordame llamar",
            "Eso ya pasó. ¿Para cuándo lo pongo?",
        ),
        # None of the tool's: it never came to an end.
        (
            tool_call("set_reminder", wrong="x"),
            "recordame llamar",
            PROMPTS.message("es", "no_result"),
        ),
    ],
)
async def test_a_failure_is_told(
    ollama: FakeOllama, database: Database, call: Answer, said: str, told: str
) -> None:
    ollama.script(call, "Lo siento, pero no puedo ayudarte con eso.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert await brain.say(said) == told
    assert len(ollama.chats) == 2


async def test_a_result_that_is_passed_over_is_told(ollama: FakeOllama, database: Database) -> None:
    ollama.script(tool_call("calculator", expression="18% de 2350"), "No sé hacer cuentas, perdón.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert "423" in await brain.say("¿cuánto es el 18 % de 2350?")
    assert len(ollama.chats) == 2


@pytest.mark.parametrize("model", [SMALL, LARGE])
async def test_a_list_that_is_asked_for_is_said_as_it_is(
    ollama: FakeOllama, database: Database, model: str
) -> None:
    """A small model told a reminder of a cake as one of a pizza."""
    ollama.script(tool_call("list_reminders"), "Tenés uno: comprar una pizza.")
    async with open_brain(ollama, database, ollama_model=model) as brain:
        await brain.say("/recordame comprar la torta el sábado a las 10")
        told = await brain.say("¿qué recordatorios tengo?")
    assert ("torta" in told) is (model == SMALL)
    assert len(ollama.chats) == (1 if model == SMALL else 2)


async def test_more_than_the_list_is_for_the_model_to_say(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.script(tool_call("list_show", list="súper"), "Con yerba podés tomar mate.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("/listas agregar yerba al súper")
        said = "¿qué puedo tomar a la tarde con lo que hay anotado?"
        assert await brain.say(said) == "Con yerba podés tomar mate."


async def test_an_answer_in_json_is_read(ollama: FakeOllama, database: Database) -> None:
    ollama.script('```json\n{"response": "Llueve porque el vapor se enfría."}\n```')
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert await brain.say("¿por qué llueve?") == "Llueve porque el vapor se enfría."


async def test_a_list_that_nobody_named_is_looked_for(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.script(tool_call("list_tick", items="huevos", list="compras"), "Tachados.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("/listas agregar pan, huevos al súper")
        await brain.say("tachá los huevos de la lista")
    assert await written(ListStore(database)) == ["súper: pan, (huevos)"]


async def test_more_of_it_is_an_order_too(ollama: FakeOllama, database: Database) -> None:
    """The receipt of the yerba is none for the lavandina."""
    claim = "Ahora también agregué lavandina a la lista del súper."
    ollama.script(tool_call("list_add", list="súper", items="yerba"), "Listo.", *[claim] * 6)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("agregá yerba a la lista del súper")
        assert "agregué lavandina" not in await brain.say("y sumá lavandina a esa lista también")
    assert await written(ListStore(database)) == ["súper: yerba"]


async def test_what_is_told_before_the_order_to_remember_it(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.script(tool_call("remember", fact="Trabajo en una panadería"), "Listo.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("ya no trabajo en el banco, ahora estoy en una ferretería. Acordate")
    kept = [one.content for one in await MemoryStore(database).all(OWNER)]
    assert kept == ["ya no trabajo en el banco, ahora estoy en una ferretería"]
