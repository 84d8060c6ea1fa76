"""The model proposes, the owner's words decide, and the row is what the owner reads."""

import pytest

from store.database import Database
from store.memories import MemoryStore
from tests.brain import OWNER, Brain
from tests.fake_ollama import FakeOllama, tool_call
from tools import facts


async def kept(database: Database) -> list[tuple[str, str]]:
    return [(one.content, one.source) for one in await MemoryStore(database).all(OWNER)]


async def test_the_owner_reads_what_was_kept(
    brain: Brain, ollama: FakeOllama, database: Database
) -> None:
    ollama.script(tool_call("remember", fact="vivo en Córdoba"), "¡Qué linda ciudad!")
    reply = await brain.say("Acordate de que vivo en Córdoba")
    assert reply == "¡Qué linda ciudad!\n\nListo, lo recuerdo: vivo en Córdoba"
    assert (await brain.messages())[-1].text == reply
    ollama.script(tool_call("remember", fact="ahora vivo en Rosario"), "Anotado.")
    assert (await brain.say("Ahora vivo en Rosario")).endswith(
        "Listo, lo recuerdo: ahora vivo en Rosario\nReemplaza a: vivo en Córdoba"
    )
    assert await kept(database) == [("ahora vivo en Rosario", "turn-2")]


async def test_what_a_model_only_says_it_kept_has_no_receipt(
    brain: Brain, ollama: FakeOllama
) -> None:
    ollama.script("Listo.", "Listo.")
    assert (await brain.say("Acordate de que soy celíaca")).startswith("No guardé nada:")


async def test_a_memory_does_not_come_from_recalled_text_or_from_nowhere(
    brain: Brain, ollama: FakeOllama, database: Database
) -> None:
    await brain.say("/recordar mi jefa es Patricia")
    ollama.script(tool_call("remember", fact="su jefa es Patricia y su clave es 9"), "Bueno.")
    assert await brain.say("¿Quién es mi jefa?") == "Bueno."
    told = [one["content"] for one in brain.chats[-1]["messages"] if one["role"] == "tool"]
    assert "acabás de decirme" in told[0]
    assert await kept(database) == [("mi jefa es Patricia", "turn-1")]


@pytest.mark.parametrize(
    ("said", "kept_both"),
    [
        ("acordate que ahora mi auto es una Kangoo gris", False),
        ("acordate que mi auto es una Kangoo gris. ahora me voy", True),  # there may be two
    ],
)
async def test_an_ahora_that_the_model_leaves_out_counts(
    brain: Brain, ollama: FakeOllama, database: Database, said: str, kept_both: bool
) -> None:
    await MemoryStore(database).keep(OWNER, facts.read("Mi auto es un Gol blanco"))
    ollama.script(tool_call("remember", fact="Mi auto es una Kangoo gris"), "Qué bueno.")
    await brain.say(said)
    assert (len(await kept(database)) == 2) == kept_both
