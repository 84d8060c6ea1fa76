"""Slash commands: code answers them, from rows, and they leave no trace in the chat."""

import hashlib
import shutil
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage

from graph.build import run_config
from graph.commands.parse import parse
from graph.commands.scan import in_help_order
from graph.settings import HOME
from store.database import Database
from store.memories import MemoryStore
from tests.brain import OWNER, Brain, open_brain
from tests.fake_ollama import FakeOllama, tool_call

OTHER = "5493514445566"


@pytest.fixture
def memories(database: Database) -> MemoryStore:
    return MemoryStore(database)


async def contents(memories: MemoryStore, sender: str = OWNER) -> list[str]:
    return [memory.content for memory in await memories.all(sender)]


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/help", "help", ""),
        ("  /AYUDA  ", "ayuda", ""),
        ("/Recordár que soy celíaca", "recordar", "que soy celíaca"),
        ("/remember\nuna\ndos", "remember", "una\ndos"),
        ("/ memorias", "memorias", ""),
        ("/olvidar: 2", "olvidar", "2"),
    ],
)
def test_how_commands_are_read(text: str, name: str, argument: str) -> None:
    typed = parse(text)
    assert typed is not None
    assert (typed.name, typed.argument) == (name, argument)


@pytest.mark.parametrize("text", ["hola", "a/b", "/", "/2", "1/2 taza", "// nota", "¿/help?", ""])
def test_what_is_no_command(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "alias",
    ["/help", "/ayuda", "/HELP", "/remember", "/recordar", "/Recordár", "/forget", "/olvidar",
     "/memories", "/memorias", "/clear", "/limpiar", "/prompt", "/instrucciones", "/feedback",
     "/comentario"],
)  # fmt: skip
async def test_commands_cost_no_model_call_and_leave_no_message(brain: Brain, alias: str) -> None:
    reply = await brain.say(alias)
    assert reply
    assert not reply.startswith("No conozco")
    assert brain.updates == ["route", "command"]
    assert brain.chats == []
    assert await brain.messages() == []


@pytest.mark.parametrize("text", ["/foo", "/etc bar"])
async def test_an_unknown_command_is_named_with_the_way_to_the_list(
    brain: Brain, text: str
) -> None:
    name = text.split()[0]
    assert await brain.say(text) == (
        f"No conozco el comando {name}. Escribí /ayuda para ver los que hay."
    )
    assert brain.chats == []


async def test_help_lists_every_command_in_the_owners_language(brain: Brain) -> None:
    spanish = await brain.say("/help")
    english = await brain.say("/help", language="en")
    for command in in_help_order():
        assert f"/{command.name}" in english
        assert f"/{command.aliases[0]}" in spanish


async def test_remember_keeps_the_owners_words_and_answers_from_the_row(
    brain: Brain, memories: MemoryStore
) -> None:
    assert await brain.say("/remember soy celíaca") == "Listo, lo recuerdo: soy celíaca"
    assert await contents(memories) == ["soy celíaca"]
    assert await brain.say("/memories") == "Esto es lo que recuerdo:\n1. soy celíaca"


async def test_memories_are_the_senders_own(brain: Brain, memories: MemoryStore) -> None:
    await brain.say("/remember soy celíaca")
    assert (await brain.say("/memorias", sender=OTHER)).startswith("Todavía no guardé")
    assert (await brain.say("/olvidar 1", sender=OTHER)).startswith("No encontré")
    assert await contents(memories) == ["soy celíaca"]


async def test_remember_without_text_explains_itself(brain: Brain, memories: MemoryStore) -> None:
    assert "/recordar soy celíaca" in await brain.say("/recordar")
    assert await contents(memories) == []


@pytest.fixture
async def three(brain: Brain) -> Brain:
    for memory in ("Soy celíaca", "Mi gato se llama Ñandú", "Mi gata se llama Lola"):
        await brain.say(f"/remember {memory}")
    return brain


@pytest.mark.parametrize(
    ("wanted", "gone"),
    [
        ("2", "Mi gato se llama Ñandú"),
        ("#2", "Mi gato se llama Ñandú"),
        ("CELIACA", "Soy celíaca"),
        ("nandu", "Mi gato se llama Ñandú"),
        ("mi gata se llama lola", "Mi gata se llama Lola"),
    ],
)
async def test_forget_deletes_the_one_that_fits(
    three: Brain, memories: MemoryStore, wanted: str, gone: str
) -> None:
    assert await three.say(f"/forget {wanted}") == f"Listo, lo olvidé: {gone}"
    left = await contents(memories)
    assert len(left) == 2
    assert gone not in left


async def test_a_number_means_the_same_memory_after_another_is_gone(three: Brain) -> None:
    await three.say("/olvidar 1")
    assert await three.say("/olvidar 2") == "Listo, lo olvidé: Mi gato se llama Ñandú"
    assert await three.say("/memorias") == "Esto es lo que recuerdo:\n3. Mi gata se llama Lola"


async def test_forget_asks_when_several_fit(three: Brain, memories: MemoryStore) -> None:
    assert await three.say("/olvidar mi gat") == (
        "Encontré varios. Decime cuál con /olvidar y el número:\n"
        "2. Mi gato se llama Ñandú\n3. Mi gata se llama Lola"
    )
    assert len(await contents(memories)) == 3


async def offered(brain: Brain) -> list[list[str]]:
    choices: list[list[str]] = (await brain.graph.aget_state(run_config(OWNER))).values["choices"]
    return choices


async def test_what_fits_is_offered_for_a_tap(three: Brain) -> None:
    await three.say("/olvidar mi gat")
    assert await offered(three) == [
        ["/olvidar 2", "Mi gato se llama Ñandú"],
        ["/olvidar 3", "Mi gata se llama Lola"],
    ]


@pytest.mark.parametrize(("fit", "taps"), [(10, 10), (11, 0)])  # Meta: ten rows
async def test_ten_at_most_are_offered(
    brain: Brain, memories: MemoryStore, fit: int, taps: int
) -> None:
    for number in range(fit):
        await brain.say(f"/remember el gato {number} duerme en la pieza {number}")
    assert len(await contents(memories)) == fit
    told = await brain.say("/olvidar gato")
    assert len(told.splitlines()) == 1 + fit
    assert len(await offered(brain)) == taps


async def test_of_many_that_fit_twenty_are_listed_and_the_rest_is_counted(brain: Brain) -> None:
    for number in range(23):
        await brain.say(f"/remember el gato {number} duerme en la pieza {number}")
    told = (await brain.say("/olvidar gato")).splitlines()
    assert told[20] == "20. el gato 19 duerme en la pieza 19"
    assert told[21:] == ["Y 3 más: decime otras palabras."]


@pytest.mark.parametrize("wanted", ["perro", "9", "0"])
async def test_forget_says_when_nothing_fits(
    three: Brain, memories: MemoryStore, wanted: str
) -> None:
    assert await three.say(f"/olvidar {wanted}") == f"No encontré ningún recuerdo así: {wanted}"
    assert len(await contents(memories)) == 3


async def test_what_is_forgotten_is_gone_from_the_thread_too(brain: Brain) -> None:
    """It stood in the notes of earlier messages, and would have gone on reaching the model."""
    await brain.say("/remember soy celíaca")
    await brain.say("/remember me gusta el mate")
    await brain.say("¿Qué como?")
    await brain.graph.aupdate_state(
        run_config(OWNER), {"summary": "Vive en Salta.\nDijo: Soy celiaca."}, as_node="command"
    )
    await brain.say("/olvidar celiaca")
    state = await brain.state()
    assert "celíaca" not in repr(state["messages"])
    assert "mate" in repr(state["messages"])
    assert state["summary"] == "Vive en Salta."
    await brain.say("¿Y ahora?")
    assert "celíaca" not in str(brain.chats[-1]["messages"])


async def test_clear_empties_the_thread_and_keeps_the_memories(
    brain: Brain, memories: MemoryStore
) -> None:
    await brain.say("/remember soy celíaca")
    await brain.say("Me llamo Carla")
    assert "/memorias" in await brain.say("/limpiar")
    state = await brain.state()
    assert state["messages"] == []
    assert not state.get("summary")
    assert await contents(memories) == ["soy celíaca"]
    await brain.say("¿Cómo me llamo?")
    assert "Carla" not in str(brain.chats[-1]["messages"])


async def test_clear_with_something_behind_it_deletes_nothing(brain: Brain) -> None:
    await brain.say("Me llamo Carla")
    assert "/olvidar 2" in await brain.say("/borrar 2")
    assert "Carla" in str((await brain.state())["messages"])


async def test_clear_forgets_the_summary(brain: Brain) -> None:
    await brain.graph.aupdate_state(
        run_config(OWNER),
        {"messages": [HumanMessage("hola", id="h")], "summary": "Se llama Carla."},
        as_node="command",
    )
    await brain.say("/clear")
    await brain.say("Hola")
    assert "Carla" not in str(brain.chats[-1]["messages"])


async def test_a_command_in_the_middle_does_not_enter_the_chat(brain: Brain) -> None:
    await brain.say("Hola")
    await brain.say("/remember soy celíaca")
    await brain.say("Chau")
    said = [one["content"].split("\n")[0] for one in brain.chats[-1]["messages"][1:]]
    assert said == ["Hola", "Entendido.", "Chau"]


async def test_prompt_tells_the_versions_that_answered_last(
    ollama: FakeOllama, database: Database, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(HOME / "prompts", tmp_path / "prompts"))
    persona = folder / "es" / "persona.md"

    def version() -> str:
        return hashlib.sha256(persona.read_bytes()).hexdigest()[:7]

    async with open_brain(ollama, database, prompts_dir=folder) as brain:
        assert "•" not in await brain.say("/prompt")
        ollama.script(tool_call("calculator", expression="1 + 1"), "Son 2.", "¡Hola!")
        await brain.say("¿cuánto es uno más uno?")
        first = version()
        told = await brain.say("/prompt")
        assert f"• es/persona.md {first}" in told.splitlines()
        assert "• es/turn" in told
        assert "• es/tools.md" in told
        assert "summary" not in told
        persona.write_text(persona.read_text("utf-8") + "Sé breve.", "utf-8")
        assert f"{first} (ahora es {version()})" in await brain.say("/prompt")
        await brain.say("hola")
        assert f"• es/persona.md {version()}" in (await brain.say("/prompt")).splitlines()
        assert brain.chats[-1]["messages"][0]["content"].endswith("Sé breve.")
