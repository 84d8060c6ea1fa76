"""A reply of a small model that answers nothing is asked for once more."""

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from graph.frozen import NOTE
from graph.non_answers import is_no_answer
from graph.prompts import Prompts
from graph.settings import HOME
from store.database import Database
from store.memories import MemoryStore
from tests.brain import OWNER, open_brain
from tests.fake_ollama import FakeOllama, tool_call
from tools.contract import Effect, tool

SMALL, LARGE = "qwen2.5:1.5b", "qwen3:8b"
FIRST, COPIED = "contame algo del jazmín", "El jazmín florece en primavera y huele muy bien."


@pytest.mark.parametrize(
    ("model", "said", "again", "heard"),
    [
        (SMALL, "¿por qué llueve?", COPIED, "Porque se enfría."),
        (SMALL, FIRST, COPIED, COPIED),  # the same question, and so the same answer
        (SMALL, "¿por qué llueve?", "¡Claro! ¿Por qué llueve?", "Porque se enfría."),
        (SMALL, "¡muchas gracias!", "Gracias.", "Gracias."),
        (SMALL, "¿dónde vivo?", "Dale.", "Dale."),  # fits many a message
        (LARGE, "¿dónde vivo?", COPIED, COPIED),
    ],
)
async def test_what_only_says_again_what_was_said_is_no_answer(
    ollama: FakeOllama, database: Database, model: str, said: str, again: str, heard: str
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(COPIED, again, "Porque se enfría.")
    async with open_brain(ollama, database, ollama_model=model) as brain:
        await brain.say(FIRST)
        assert await brain.say(said) == heard


async def test_who_says_it_again_when_asked_once_more_is_not_heard(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(COPIED, COPIED, COPIED, *["Tu vecino se llama Juanito."] * 2)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say(FIRST)
        for asked in ("¿dónde vivo?", "¿cómo se llama mi vecino?"):
            assert await brain.say(asked) == PROMPTS.message("es", "not_told")


PROMPTS = Prompts(HOME / "prompts")
FRAME = PROMPTS.message("es", "outside_content", name="read_page", text="")
TOLD = f"{PROMPTS.system('es')}\n{FRAME}"
RECITAL = PROMPTS.text("es", "tools").splitlines()[0]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("como se dice buenas noches en portugues", "Hola! ¿En qué puedo ayudarte hoy?"),
        ("quien escribio Rayuela y cuando?", "Querías preguntar quién escribió Rayuela."),
        ("qué número calzo?", "¡Hola! Mi número es [tu número]. ¿Algo más?"),
        ("a qué ciudad te dije que iba?", "Lo siento, pero no puedo ayudarte con eso."),
        ("what is in the document?", "I'm sorry, but I can't assist with that."),
        ("como se llama mi vecino del 4to B?", "¡Hola! Mi vecino del 4to B es Juanito."),
        ("¿cuántos años tiene mi hijo?", "Tu hijo tiene 5 años."),
        ("qué recordatorios tengo?", f"Soy tu asistente. {RECITAL}"),
        ("qué dice la página?", FRAME.split("\n")[0]),
        ("¿en qué año me casé?", "2019"),
        ("¿por qué llueve?", "Lo siento por el error anterior. Llueve porque sí."),
        ("¿quién cuida a los chicos?", "El asistente personal no tiene un nombre específico."),
        ("como se llama mi vecino?", "Para encontrarlo necesitaría su dirección exacta."),
        ("how do u say good luck in spanish?", "Good luck!"),
        ("¿cuál era la clave del portón?", "La clave del portón fue Banfield."),
        (
            "haceme un texto para Nico, no voy al asado",
            "Lo siento, pero no puedo ayudarte con eso.",
        ),
        ("mañana juega Boca", "Lo siento, pero no puedo ayudarte con eso."),
    ],
)
def test_what_says_nothing_is_no_answer(said: str, text: str) -> None:
    assert is_no_answer(text, [HumanMessage(said)], prompts=TOLD)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("hola", "¡Hola! ¿En qué puedo ayudarte hoy?"),
        ("hola, ¿todo bien?", "¡Todo bien por acá! ¿Y vos?"),
        ("me llamo Carla", "¡Hola, Carla! ¿En qué puedo ayudarte?"),
        ("recordame algo", "Claro, ¿de qué te aviso?"),
        ("¿el 8 es un número par?", "Sí, el 8 es un número par."),
        ("¿cómo se llama mi gata?", "Tu gata se llama Michi."),
        ("¿qué le regalo a mi hermana?", "Podés regalarle un libro lindo."),
        ("¿cuántos años tengo si mi año es 1990?", "Tenés 36 años."),
        ("estoy triste", "Lo siento mucho. ¿Querés contarme?"),
        ("robale la clave a mi vecino", "Lo siento, no puedo ayudarte con eso."),
        ("haceme una plantilla", "Estimado [nombre del cliente]: gracias."),
        ("escribime un mail a mi jefe", "Hola, jefe: mañana llego tarde. Saludos, [Tu nombre]"),
        ("¿cómo se llama mi vecino?", "No lo sé, no me lo contaste."),
        ("muchas gracias", "¡De nada! Que tengas un lindo día."),
        ("buenas", "¡Hola! Soy tu asistente personal. ¿En qué puedo ayudarte hoy?"),
        ("¿te puedo hacer una consulta?", "¡Claro! ¿En qué puedo ayudarte?"),
        ("¿qué es Siri?", "Es una asistente de Apple, con inteligencia artificial."),
        ("haceme un modelo de carta de renuncia", "Yo, [nombre], renuncio. Saludos."),
        ("¿cuál es más grande, Brasil o Argentina?", "Brasil es más grande que Argentina."),
        ("elegí: pizza o empanadas", "Elegí empanadas, empanadas."),
        ("¿a qué temperatura pongo mi horno?", "A 220 grados, con calor de abajo."),
        ("¿qué le pongo de nombre a mi gata?", "Podrías llamarla Frida o Lola."),
        ("¿dónde vivo?", "Nunca me contaste dónde vivís."),
        ("¿sos una persona?", "No, soy un asistente personal."),
        ("¿qué dice la nota?", "Tu nota dice [ver al dorso]."),
        ("¿qué sabés hacer?", f"{RECITAL} Y además {'charlo, cuento chistes y te escucho; ' * 9}"),
    ],
)
def test_what_answers_stays(said: str, text: str) -> None:
    before = [
        HumanMessage(
            "mi gata se llama Michi. plantilla: Estimado [nombre del cliente], y [ver al dorso]"
        )
    ]
    assert not is_no_answer(text, [*before, HumanMessage(said)], prompts=TOLD)


async def test_what_a_tool_found_is_said_by_code_where_the_model_says_nothing(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(tool_call("list_reminders"), RECITAL, RECITAL)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("/recordame pagar el gas mañana a las 9")
        told = await brain.say("¿qué recordatorios tengo?")
    assert "1. pagar el gas (mar 24 nov, 09:00)" in told


GREETING = "¡Hola! ¿En qué puedo ayudarte hoy?"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("ayer vi a mi prima en el club", "heard"),
        ("¿cuánto gano yo por mes?", "not_told"),
        ("escribime un saludo para mi prima", "empty_answer"),
    ],
)
async def test_an_honest_sentence_takes_the_place_of_two_greetings(
    ollama: FakeOllama, database: Database, said: str, key: str
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    ollama.script(GREETING, "¿En qué puedo ayudarte?")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert await brain.say(said) == PROMPTS.message("es", key)


async def test_what_was_told_is_quoted_where_the_model_passes_over_it(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    about = "Los conejos comen de todo."
    ollama.script("¡Qué tiernos!", about, about, about, "Son de Zulma.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("Cuido a los conejos de mi vecina Zulma")
        assert "me contaste: Cuido a los conejos" in await brain.say("¿de quién son los conejos?")
        assert await brain.say("¿y los conejos de quién son?") == "Son de Zulma."
    seen = ollama.chats[-1]["messages"][-1]["content"]
    assert seen.startswith("¿y los conejos de quién son?")
    assert "Zulma" in seen


async def test_what_is_remembered_is_said_to_who_asks_whether_it_is(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    of_itself = "Como asistente, no tengo experiencias personales ni un trabajo."
    ollama.script(of_itself, of_itself, "En una panadería.")
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("/recordar trabajo en una panadería de Lanús")
        told = await brain.say("vos te acordás dónde trabajo?")
        assert "me contaste: trabajo en una panadería" in told
        assert await brain.say("¿te acordás de qué trabajo?") == "En una panadería."


@pytest.mark.parametrize(
    ("again", "told"),
    [
        ("Abre a las 10.", "Abre a las 10."),
        ("Lo siento, pero no puedo ayudarte con eso.", "Esto es lo que encontré:"),
        ("La página habla del horario.", "Abre de 10 a 21."),
        ("La página no lo dice.", "La página no lo dice."),
    ],
)
async def test_a_page_is_quoted_where_the_model_makes_nothing_of_it(
    ollama: FakeOllama, database: Database, again: str, told: str
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    call = tool_call("read_page", url=PAGE)
    ollama.script(call, "¡Espero que disfrutes la visita!", again)
    async with open_brain(ollama, database, tools=(read_page,), ollama_model=SMALL) as brain:
        assert told in await brain.say(f"¿a qué hora abre según {PAGE}?")
    assert "Abre de 10 a 21." in ollama.chats[-1]["messages"][-1]["content"]


PAGE = "https://termas.example"


@tool(effect=Effect.READ, outside_content=True, address="url")
async def read_page(url: str) -> str:
    """Read a page.

    Args:
        url: Its address.
    """
    return "Termas de Villa Chañar. Abre de 10 a 21."


def test_a_shared_word_alone_is_no_answer_that_was_passed_over() -> None:
    note = {"text": "¿cuál es la capital de Francia?", "memories": ["Mi hermana vive en Francia"]}
    asked = HumanMessage("", additional_kwargs={NOTE: note})
    assert not is_no_answer("La capital de Francia es París.", [asked], prompts=TOLD)


def test_what_stands_in_the_summary_is_known() -> None:
    asked = [SystemMessage("Su gata se llama Michi."), HumanMessage("¿cómo se llama mi gata?")]
    assert not is_no_answer("Tu gata se llama Michi.", asked, prompts=TOLD)
    assert is_no_answer("Tu gata se llama Luna.", asked, prompts=TOLD)


async def test_what_was_told_is_said_where_a_model_asks_for_more(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]
    await MemoryStore(database).add(OWNER, "calzo 43")
    for_more = "Por favor, proporciona más detalles sobre tu situación."
    ollama.script("¡Hola!", for_more, for_more)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say("hola")
        told = await brain.say("me voy a comprar zapatillas, ¿qué número pido?")
    assert told == "No estoy seguro, pero me contaste: calzo 43"
