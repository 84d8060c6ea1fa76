"""What the owner is asked about and never told is not made up; what was told is quoted."""

import pytest

from graph.own_facts import asks_own, is_untold
from graph.prompts import Prompts
from graph.settings import HOME
from store.database import Database
from tests.brain import open_brain
from tests.fake_ollama import FakeOllama

SMALL, LARGE = "qwen2.5:1.5b", "qwen3:8b"
PROMPTS = Prompts(HOME / "prompts")
NOT_TOLD = PROMPTS.message("es", "not_told")
ASKED = "vos sabés mi número de socio? no encuentro el carnet"


@pytest.fixture(autouse=True)
def small(ollama: FakeOllama) -> None:
    ollama.models[SMALL] = ollama.models[LARGE]


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("de q color es mi moto?", True),
        ("te dije qué día es nuestro aniversario?", True),
        ("pasame mi alias para cobrar", True),
        ("me quedé afuera!! quién tenía mis llaves?", True),
        ("which school does my daughter go to?", True),
        ("what date am I flying again?", True),
        ("quién pintó la mona lisa?", False),
        ("¿qué le regalo a mi mamá?", False),
        ("¿cuál es mi mejor opción?", False),
        ("what did I do wrong?", False),
        ("cómo limpio mi moto?", False),
        ("¿por qué está mi computadora tan lenta?", False),
        ("¿cuánto vive mi gato en promedio?", False),
        ("¿cuál es mi signo si nací en mayo?", False),
        ("¿cuál es mi signo? nací el 3 de mayo", False),
        ("¿cuándo va mi bebé a caminar?", False),
        ("do you know who won the world cup?", False),
        ("what's the capital of Australia again?", False),
        ("what are my rights as a tenant?", False),
    ],
)
def test_a_question_for_ones_own_things_is_told_from_others(said: str, own: bool) -> None:
    assert asks_own(said) is own


@pytest.mark.parametrize(
    ("said", "known", "untold"),
    [
        ("¿cómo se llama mi novia?", "Mi hermana se llama Pilar", True),
        ("¿cómo se llama mi novia?", "Mi pareja es Pilar", False),  # of one meaning
        ("¿cómo se llama mi perrita?", "Tengo un perro, Fideo", False),
        (ASKED, "soy socio 4417 del club", False),
        ("whats the code to my safe again?", "I play the cello", True),
        ("whats the code to my safe again?", "The safe: 9152", False),
        # What is asked for is no name and no number: the model may know how it was said.
        ("¿dónde vive mi abuelo?", "Mi hermana se llama Pilar", False),
    ],
)
def test_what_was_never_mentioned_is_untold(said: str, known: str, untold: bool) -> None:
    assert is_untold(said, [known]) is untold


async def test_what_was_never_told_is_not_asked_of_a_small_model(
    ollama: FakeOllama, database: Database
) -> None:
    ollama.fallback = "Tu número de socio es 12345."
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        assert await brain.say(ASKED) == NOT_TOLD
        assert not ollama.chats
    async with open_brain(ollama, database, ollama_model=LARGE) as brain:
        assert await brain.say(ASKED) == "Tu número de socio es 12345."


@pytest.mark.parametrize("told", ["soy socio 4417 del club", "/recordar soy socio 4417 del club"])
async def test_what_was_told_is(ollama: FakeOllama, database: Database, told: str) -> None:
    ollama.fallback = "Es el 4417."
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say(told)
        assert await brain.say(ASKED) == "Es el 4417."


@pytest.mark.parametrize(
    "told",
    [
        "/notas nueva socio del club: 4417",
        "/recordame mañana a las 9 pagar la cuota de socio 4417",
    ],
)
async def test_what_was_written_down_is_quoted(
    ollama: FakeOllama, database: Database, told: str
) -> None:
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say(told)
        answer = await brain.say(ASKED)
    assert "4417" in answer
    assert answer != NOT_TOLD


@pytest.mark.parametrize(
    ("told", "asked", "reply"),
    [
        (
            "le dejé las llaves de repuesto a Graciela",
            "quién tenía mis llaves de repuesto?",
            "Gracias por informarme.",
        ),
        (
            "viajo a Lisboa el 14. ¿Cómo se dice gracias en portugués?",
            "¿qué día es mi vuelo cuando viajo?",
            "Lo siento, no tengo información sobre tu vuelo.",
        ),
        ("mi hija se llama Ruby", "a qué escuela va mi hija?", "Va a la Escuela Azul."),
    ],
)
async def test_what_was_told_is_quoted_instead(
    ollama: FakeOllama, database: Database, told: str, asked: str, reply: str
) -> None:
    ollama.script("¡Qué bien!", reply, reply, reply)
    async with open_brain(ollama, database, ollama_model=SMALL) as brain:
        await brain.say(told)
        quoted = told.partition(" ¿")[0]
        assert await brain.say(asked) == PROMPTS.message("es", "told", text=quoted)
