"""What the owner told in this talk comes with a question about it."""

import pytest

from tests.brain import OWNER, Brain
from tests.fake_ollama import FakeOllama

TOLD = ("Mi perro se llama Fideo", "¿Qué plantas aguantan la sombra?", "El sábado viajo a Mendoza")


async def note_of(brain: Brain, text: str) -> str:
    """What the model is told under a message."""
    await brain.say(text)
    content: str = brain.chats[-1]["messages"][-1]["content"]
    return content.partition("[Nota:")[2]


@pytest.fixture
async def talk(brain: Brain, ollama: FakeOllama) -> Brain:
    ollama.fallback = "Bien."
    for told in TOLD:
        await brain.say(told)
    return brain


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("¿Cómo se llama mi perro?", ["Mi perro se llama Fideo"]),
        ("¿A dónde viajo el sábado?", ["El sábado viajo a Mendoza"]),
        # Another form of the word
        ("¿Dónde están los perros?", ["Mi perro se llama Fideo"]),
        # A question of before tells nothing; no question asks for nothing
        ("¿Qué plantas hay?", []),
        ("Mi perro ladra", []),
        ("¿Qué hora es?", []),
    ],
)
async def test_it_is_there_when_asked_about(talk: Brain, asked: str, told: list[str]) -> None:
    note = await note_of(talk, asked)
    assert [one for one in TOLD if one in note] == told


@pytest.mark.parametrize(
    ("told", "asked", "both", "neither"),
    [
        (
            ("El asado es el sábado", "uh no, al final lo pasaron al domingo", "no sé qué ponerme"),
            "¿Qué día es el asado?",
            ("sábado", "domingo"),
            "ponerme",
        ),
        (
            ("flying to lisbon on the 14th! how do you say thanks?", "it was moved to the 16th"),
            "what date am i flying again?",
            ("14th", "16th"),
            "thanks",  # that was a question
        ),
        (
            ("dinner with Rosa is at 7", "she can't make 7, so it's 8:15 now", "so it's fun"),
            "what time is dinner?",
            ("at 7", "8:15"),
            "fun",
        ),
        (
            ("el martes viajo a Salta", "paso a buscar a los chicos"),
            "¿a dónde viajo el martes?",
            ("martes", "Salta"),
            "chicos",
        ),
    ],
)
async def test_what_was_corrected_brings_its_correction(
    brain: Brain,
    ollama: FakeOllama,
    told: tuple[str, ...],
    asked: str,
    both: tuple[str, str],
    neither: str,
) -> None:
    ollama.fallback = "Bien."
    for one in told:
        await brain.say(one)
    note = await note_of(brain, asked)
    assert note.index(both[0]) < note.index(both[1])
    assert neither not in note


async def test_what_is_forgotten_is_not_told_again(talk: Brain) -> None:
    await note_of(talk, "¿Cómo se llama mi perro?")
    await talk.say("/recordar Mi perro se llama Fideo")
    await talk.say("/olvidar Mi perro se llama Fideo")
    await talk.say("¿Cómo se llama mi perro?", sender=OWNER)
    assert "Fideo" not in str(talk.chats[-1]["messages"])


async def test_what_was_cleared_is_not_told_again(talk: Brain) -> None:
    await talk.say("/limpiar")
    assert "Fideo" not in await note_of(talk, "¿Cómo se llama mi perro?")
