"""A small model keeps nothing that it was not asked to keep."""

import pytest

from graph.requests import is_own_fact, orders_an_act
from store.database import Database
from store.memories import MemoryStore
from tests.brain import OWNER, open_brain
from tests.fake_ollama import Answer, FakeOllama, tool_call
from tools.contract import Effect
from tools.cues import cued
from tools.foreign import foreign_tool
from tools.scan import scan

SMALL, LARGE = "qwen2.5:1.5b", "qwen3:8b"
FACT = "Me peleé con mi hermano"


async def kept(database: Database) -> list[str]:
    return [one.content for one in await MemoryStore(database).all(OWNER)]


@pytest.mark.parametrize(
    ("model", "said", "fact"),
    [
        (SMALL, f"Ayer {FACT.lower()}", ""),
        (SMALL, f"Acordate de que {FACT.lower()}", FACT),
        (SMALL, f"Me gustaría que te acuerdes siempre de que {FACT.lower()}", FACT),
        (LARGE, f"Ayer {FACT.lower()}", FACT),
    ],
)
async def test_what_is_only_told_is_not_kept(
    ollama: FakeOllama, database: Database, model: str, said: str, fact: str
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(tool_call("remember", fact=FACT), "Uy, ¿querés contarme?")
    async with open_brain(ollama, database, ollama_model=model) as brain:
        assert "¿querés contarme?" in await brain.say(said)
    assert await kept(database) == ([fact] if fact else [])


async def test_an_answer_to_a_question_asks_as_well(ollama: FakeOllama, database: Database) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script("Claro, ¿de qué?", tool_call("remember", fact=FACT), "Listo.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("Acordate de que tengo algo que contarte")
        await brain.say(FACT)
    assert await kept(database) == [FACT]


async def test_a_friendly_question_before_it_asks_for_nothing(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script("¡Hola! ¿Cómo estás?", tool_call("remember", fact=FACT), "Uy.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("Hola")
        await brain.say(f"Mal: ayer {FACT.lower()}")
    assert await kept(database) == []


MUSIC = tool_call("remember", fact="Charly García")


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("poneme música de Charly García", MUSIC),  # a call beside the point
        ("Che, ¿podés llamar a mi mamá?", "¡Hola! ¿En qué puedo ayudarte hoy?"),
        ("bajale el volumen a la tele", "Entendido, bajaré el volumen a la tele."),
        ("prendé la luz del patio", "Listo, estoy prendiendo la luz."),
    ],
)
async def test_what_no_tool_does_is_refused_at_once(
    ollama: FakeOllama, database: Database, said: str, reply: Answer | str
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(reply)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert (await brain.say(said)).startswith("Eso no lo puedo hacer")
    assert len(ollama.chats) == 1


@pytest.mark.parametrize(
    "said",
    [
        "pagame la boleta de la luz",
        "reservame una mesa para cuatro",
        "pedime un remis",
        "hola, ¿me podés comprar pan?",
        "transferile 5000 a Juan",
        "turn the heating down to 18 degrees",
        "order me a large pizza",
    ],
)
def test_it_is_an_act(said: str) -> None:
    assert orders_an_act(said)
    assert not cued(scan(plugins=()), said)


@pytest.mark.parametrize(
    "said",
    [
        "bajé 3 kilos!",
        "llamé a mi vieja y me retó",
        "reservé hotel, ¿qué llevo?",
        "me suben el alquiler, ¿es legal?",
        "¿comprar o alquilar, qué conviene?",
        "borrar el historial de chrome cómo es",
        "poné en mayúsculas: feliz cumpleaños",
        "mandame un chiste",
        "book recommendations",
        "play a word game with me",
        "order these: banana, apple",
    ],
)
def test_it_is_none(said: str) -> None:
    assert not orders_an_act(said)


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("¿cuánto gano yo por mes?", True),
        ("¿en qué año me casé?", True),
        ("what's my shoe size?", True),
        ("¿quién ganó el mundial 78?", False),
        ("¿cuánto peso puede levantar una hormiga?", False),
        ("¿dónde cobro un cheque?", False),
        ("¿cuál es mi IMC si peso 80 y mido 1,75?", False),
        ("how old am I if I was born in 1990?", False),
        ("what are my rights?", False),
    ],
)
def test_a_fact_of_ones_own_life_is_told_from_others(said: str, own: bool) -> None:
    assert is_own_fact(said) is own


async def test_who_says_that_it_was_done_is_corrected(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(*["Pagué la boleta de la luz."] * 2)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        told = await brain.say("pagame la boleta de la luz")
    assert told.startswith("Eso no lo puedo hacer")
    assert "Pagué" not in told


async def _lit(arguments: dict[str, object]) -> str:
    return "La luz está prendida."


async def test_nobody_knows_what_tools_of_others_can_do(
    ollama: FakeOllama, database: Database
) -> None:
    light = foreign_tool("light", "Switch it.", {}, effect=Effect.OUTSIDE, timeout_s=5, call=_lit)
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script("¡Hola! ¿En qué puedo ayudarte hoy?", "¿La del patio?")
    async with open_brain(ollama, database, tools=(light,), ollama_model=SMALL) as brain:
        assert await brain.say("prendé la luz del patio") == "¿La del patio?"


async def test_the_models_own_refusal_is_heard(ollama: FakeOllama, database: Database) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script("No puedo llamar, pero te lo puedo recordar a las 9.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        told = await brain.say("llamá a mi mamá")
    assert told == "No puedo llamar, pero te lo puedo recordar a las 9."


@pytest.mark.parametrize(
    ("said", "reply", "told"),
    [
        (
            "borrá las fotos viejas de mi celular",
            tool_call("list_remove", items="fotos viejas", list="fotos"),
            "Eso no lo puedo hacer",
        ),
        (
            "entrá a mi gmail y fijate si contestó",
            "Claro, decime tu clave.",
            "Eso no lo puedo hacer",
        ),
        ("borrame las fotos del celu", "No puedo borrar fotos de tu celular.", "No puedo borrar"),
        (
            "la nena pesa 16 kilos, ¿cuánto ibupirac le doy?",
            tool_call("calculator", expression="16 * 0.5"),
            "Cuánto tomar de un remedio no te lo puedo decir",
        ),
        ("¿cuánto paracetamol me tomo?", "Tomá 500 mg.", "no te lo puedo decir"),
        ("¿cuánto paracetamol me tomo?", "Preguntale a tu médico.", "Preguntale a tu médico."),
        ("escribime un mail para mi jefe", "Estimado jefe: …", "Estimado jefe: …"),
        ("¿para qué sirve el ibuprofeno?", "Para el dolor y la fiebre.", "Para el dolor"),
        # The question comes later.
        ("wait where's my drill, who did i lend it to?", "To a neighbour.", "To a neighbour."),
        ("and if i pay back the nine i owe Dana?", "Then you have 20 left.", "you have 20 left"),
    ],
)
async def test_acts_and_doses_are_declined(
    ollama: FakeOllama, database: Database, said: str, reply: Answer | str, told: str
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(reply)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert told in await brain.say(said)
    assert len(ollama.chats) == 1


async def test_a_large_model_answers_about_medicines_itself(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.script("El prospecto dice 500 mg; consultá a tu médico.")
    async with open_brain(ollama, database, ollama_model=LARGE) as brain:
        assert "prospecto" in await brain.say("¿cuánto paracetamol me tomo?")


@pytest.mark.parametrize("said", ["me gusta Charly García", "llamame Charly"])
async def test_who_calls_a_tool_over_small_talk_is_asked_without_any(
    ollama: FakeOllama, database: Database, said: str
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(MUSIC, "¡Qué buen gusto!")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert await brain.say(said) == "¡Qué buen gusto!"
    again = ollama.chats[1]
    assert "tools" not in again or not again["tools"]
    assert [one["content"] for one in again["messages"][1:]] == [said]


@pytest.mark.parametrize(
    ("model", "said", "place", "looked"),
    [
        (SMALL, "ok, dale, después vemos", "", False),
        (SMALL, "ok, dale, después vemos", "Madrid", False),
        (SMALL, "en Madrid estarán durmiendo, ¿no?", "Madrid", True),  # no cue, but its word
        (SMALL, "¿qué hora es allá en la capital de Francia?", "París", True),  # its cue
        (LARGE, "ok, dale, después vemos", "", True),
    ],
)
async def test_what_only_reads_takes_up_a_word_of_the_message(
    ollama: FakeOllama, database: Database, model: str, said: str, place: str, looked: bool
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(tool_call("clock", place=place), "Dale.")
    async with open_brain(ollama, database, ollama_model=model) as brain:
        await brain.say(said)
        assert ("tool_executor" in brain.updates) is looked


async def test_a_number_that_nobody_said_is_not_converted(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    made_up = tool_call("convert_units", value=28, from_unit="días", to_unit="días")
    ollama.script(made_up, "Tiene 29.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert await brain.say("¿cuántos días tiene febrero en un año bisiesto?") == "Tiene 29."
        assert "tool_executor" not in brain.updates


async def test_where_an_address_is_to_be_read_nothing_else_is_looked_up(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script("¡Hola!", tool_call("clock", place="Hotel"), "No sé.", "No sé.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("hola")
        await brain.say("¿desde qué hora se entra al hotel? mirá https://hotel.example")
        assert "clock" not in [getattr(one, "name", "") for one in await brain.messages()]
