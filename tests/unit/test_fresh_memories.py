"""What is remembered is told once, and again when it matters or is long ago."""

from graph.nodes.retrieve_memory import NEAREST, RECENT
from tests.brain import Brain
from tests.fake_ollama import FakeOllama

KNOWN = ("Soy celíaca", "Mi perro se llama Tango", "El auto es gris", "Trabajo de noche")


async def told(brain: Brain, text: str) -> list[str]:
    """Which memories the model is told with this message."""
    await brain.say(text)
    note = brain.chats[-1]["messages"][-1]["content"].partition("[Nota:")[2]
    return [one for one in KNOWN if one in note]


async def test_all_at_first_then_the_nearest(brain: Brain, ollama: FakeOllama) -> None:
    ollama.fallback = "Bien."
    for memory in KNOWN:
        await brain.say(f"/recordar {memory}")
    assert await told(brain, "Hola") == list(KNOWN)
    assert "Mi perro se llama Tango" in await told(brain, "¿Cómo se llama mi perro?")
    for _ in range(RECENT - 1):
        later = await told(brain, "¿Qué tal?")
        assert len(later) == NEAREST
        assert "Soy celíaca" not in later
    # The first message is too far back for a small model by now.
    assert "Soy celíaca" in await told(brain, "¿Y ahora?")
