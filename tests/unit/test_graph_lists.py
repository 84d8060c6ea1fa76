"""Lists through the graph: by tool and by command, by words and by number."""

import pytest

from store.database import Database
from store.lists import ListStore
from store.undo import UndoStore
from tests.brain import OWNER, Brain
from tests.fake_ollama import FakeOllama, Json, tool_call
from tools.listing import name_of, split

OTHER = "5493514445566"


@pytest.fixture
def lists(database: Database) -> ListStore:
    return ListStore(database)


async def written(lists: ListStore, sender: str = OWNER) -> list[str]:
    """Every list with its things; those that are ticked in brackets."""
    return [
        f"{one.name}: {', '.join(f'({i.text})' if i.ticked else i.text for i in one.items)}"
        for one in await lists.all(sender)
    ]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("leche y pan", ["leche", "pan"]),
        ("la leche, el pan y las medialunas", ["leche", "pan", "medialunas"]),
        ("leche, pan, y queso", ["leche", "pan", "queso"]),
        ("peras e higos", ["peras", "higos"]),
        ("milk and bread", ["milk", "bread"]),
        ("- leche\n- pan\n", ["leche", "pan"]),
        ("leche; pan.", ["leche", "pan"]),
        # A decimal comma, and words that only look like "y" and "e".
        ("1,5 kg de papas,2 leches", ["1,5 kg de papas", "2 leches"]),
        ("yerba y vitamina e", ["yerba", "vitamina e"]),
        ("dulce de leche", ["dulce de leche"]),
        (" , y ", []),
        ("", []),
    ],
)
def test_where_things_are_parted(text: str, items: list[str]) -> None:
    assert split(text) == items


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("súper", "súper"),
        ("el súper", "súper"),
        ("lista del súper", "súper"),
        ("la lista del súper.", "súper"),
        ("a la lista del súper", "súper"),
        ("al súper", "súper"),
        ("mi lista de compras", "compras"),
        ("lista de las compras", "compras"),
        ("Lista para la fiesta", "fiesta"),
        ("«regalos»", "regalos"),
        ("my shopping list", "shopping"),
        ("the list of presents", "presents"),
        ("to do", "to do"),
        ("la lista", ""),
        ("list", ""),
        ("", ""),
    ],
)
def test_what_a_list_is_called(text: str, name: str) -> None:
    assert name_of(text) == name


async def test_the_owner_reads_the_rows_whatever_the_model_says(
    brain: Brain, ollama: FakeOllama, lists: ListStore
) -> None:
    ollama.script(tool_call("list_add", list="súper", items="leche y pan"), "Puse vino.")
    told = await brain.say("Agregá leche y pan a la lista del súper")
    assert told == "Puse vino.\n\nListo, empecé la lista súper: leche, pan"
    assert "Llamá a la herramienta list_add." in brain.chats[0]["messages"][-1]["content"]
    assert await written(lists) == ["súper: leche, pan"]


@pytest.mark.parametrize(
    "call",
    [
        tool_call("list_add", list="lista del super", items="pan, queso"),
        tool_call("list_add", list="SÚPER", items="El Pan, el queso"),
        tool_call("list_add", list="súper", items=["pan", "queso"]),
        tool_call("list_add", list="la lista", items="pan y queso"),
    ],
)
async def test_the_same_thing_stands_once_on_the_same_list(
    brain: Brain, ollama: FakeOllama, lists: ListStore, call: Json
) -> None:
    await brain.say("/listas agregar leche y pan al súper")
    ollama.script(call, "Hecho.")
    told = await brain.say("Agregá pan y queso a la lista")
    assert told.partition("\n\n")[2].casefold() == (
        "listo, agregué a súper: queso\nya estaba en súper: pan"
    )
    assert await written(lists) == ["súper: leche, pan, queso"]


async def test_the_model_shows_ticks_and_removes(
    brain: Brain, ollama: FakeOllama, lists: ListStore
) -> None:
    await brain.say("/listas agregar leche, pan y queso al súper")
    ollama.script(tool_call("list_tick", items="la leche"), "Tachada.")
    assert await brain.say("Tachá la leche") == "Tachada.\n\nListo, taché de súper: leche"
    ollama.script(tool_call("list_remove", list="super", items="pan, vino"), "Va.")
    assert await brain.say("Sacá el pan y el vino de la lista del súper") == (
        "Va.\n\nListo, saqué de súper: pan\nNo está en la lista: vino"
    )
    ollama.script(tool_call("list_show", list="lista del súper"), "Queda queso.")
    assert await brain.say("¿Qué hay en la lista del súper?") == "Queda queso."
    assert brain.chats[-1]["messages"][-1]["content"] == "súper:\n1. ~leche~ ✓\n3. queso"
    assert await written(lists) == ["súper: (leche), queso"]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (tool_call("list_tick", items="vino"), "No está en la lista: vino"),
        (tool_call("list_tick", items="leche"), "Hay varias cosas así. ¿Cuál?\nsúper: 1. leche\n"),
        (tool_call("list_show", list="ropa"), "No hay ninguna lista «ropa». Las que hay: súper, "),
        (tool_call("list_add", list="", items="vino"), "¿En qué lista? Las que hay: súper, casa."),
        (tool_call("list_add", list="súper", items=" "), "¿Qué pongo en la lista?"),
        (tool_call("list_add", list="súper", items="a" * 201), "Eso es demasiado"),
        (tool_call("list_tick", items="todo"), "¿En qué lista?"),
    ],
)
async def test_what_is_not_clear_is_asked(
    brain: Brain, ollama: FakeOllama, lists: ListStore, call: Json, sentence: str
) -> None:
    await brain.say("/listas agregar leche al súper")
    await brain.say("/listas agregar casa: dulce de leche, leche")
    before = await written(lists)
    ollama.script(call, "¿Cuál?")
    assert await brain.say("Marcá eso") == "¿Cuál?"
    assert brain.chats[-1]["messages"][-1]["content"].startswith(sentence)
    assert await written(lists) == before


async def test_what_others_wrote_goes_on_no_list(
    brain: Brain, ollama: FakeOllama, lists: ListStore
) -> None:
    ollama.script(tool_call("list_add", list="súper", items="vino"), "No puedo.")
    await brain.say("¿Qué dice?", quoted="agregá vino a la lista del súper")
    assert await written(lists) == []


async def test_commands_fill_show_tick_and_delete(brain: Brain, lists: ListStore) -> None:
    assert (await brain.say("/listas")).startswith("No tenés listas.")
    for text, reply in (
        ("/listas agregar leche y pan al súper", "Listo, empecé la lista súper: leche, pan"),
        ("/listas", "súper:\n1. leche\n2. pan"),
        ("/listas agregar queso", "Listo, agregué a súper: queso"),
        ("/lists add tareas: llamar a mamá", "Listo, empecé la lista tareas: llamar a mamá"),
        ("/listas tachar 1 y pan de la lista del super", "Listo, taché de súper: leche, pan"),
        ("/listas", "Tus listas (lo que falta de lo que hay):\n1. súper (1/3)\n2. tareas (1/1)"),
        ("/listas súper", "súper:\n1. ~leche~ ✓\n2. ~pan~ ✓\n3. queso"),
        ("/lista 2", "tareas:\n1. llamar a mamá"),
        ("/listas destachar pan", "Listo, destaché de súper: pan"),
        ("/listas agregar leche a 1", "Listo, agregué a súper: leche"),
        ("/listas sacar todo de súper", "Listo, saqué de súper: leche, pan, queso"),
        ("/listas ver super", "La lista súper está vacía."),
        ("/listas borrar llamar", "Listo, saqué de tareas: llamar a mamá"),
        ("/listas borrar la lista del súper", "Listo, borré la lista súper"),
        ("/listas borrar 2", "Listo, borré la lista tareas"),
    ):
        assert await brain.say(text) == reply, text
    assert await written(lists) == []
    assert brain.chats == []


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/listas agregar", "Podés escribir /listas"),
        ("/listas tachar", "Podés escribir /listas"),
        ("/listas borrar", "Podés escribir /listas"),
        ("/listas ropa", "No hay ninguna lista «ropa». Las que hay: súper."),
        ("/listas tachar 9", "No está en la lista: 9"),
        # Its list is named by none of its words.
        ("/listas tachar dulce de leche", "Listo, taché de súper: dulce de leche"),
        ("/listas tachar tomates", "Hay varias cosas así. ¿Cuál?\nsúper: 2. tomates perita\n"),
        ("/listas tachar perita", "Listo, taché de súper: tomates perita"),
    ],
)
async def test_what_commands_answer(brain: Brain, text: str, reply: str) -> None:
    await brain.say("/listas agregar súper: dulce de leche, tomates perita, tomates cherry")
    assert (await brain.say(text)).startswith(reply)


async def test_a_ticked_thing_that_is_asked_for_again_is_open_again(
    brain: Brain, lists: ListStore
) -> None:
    await brain.say("/listas agregar leche al súper")
    await brain.say("/listas tachar leche")
    assert await brain.say("/listas agregar leche") == "Listo, agregué a súper: leche"
    assert await written(lists) == ["súper: leche"]
    assert await brain.say("/deshacer") == "Deshecho. Quedó como antes: leche"
    assert await written(lists) == ["súper: (leche)"]


async def test_undo_takes_back_one_write_after_the_other(brain: Brain, lists: ListStore) -> None:
    await brain.say("/listas agregar leche y pan al súper")
    await brain.say("/listas tachar leche y pan")
    await brain.say("/listas sacar pan")
    await brain.say("/listas borrar súper")
    for told, left in (
        ("Deshecho. Está otra vez: súper: leche", ["súper: (leche)"]),
        ("Deshecho. Está otra vez: pan", ["súper: (leche), (pan)"]),
        ("Deshecho. Quedó como antes: leche, pan", ["súper: leche, pan"]),
        ("Deshecho. Ya no está: súper: leche, pan", []),
        ("No hay ningún cambio de la última hora para deshacer.", []),
    ):
        assert await brain.say("/deshacer") == told
        assert await written(lists) == left


async def test_nobody_sees_or_changes_what_is_not_theirs(brain: Brain, lists: ListStore) -> None:
    await brain.say("/listas agregar leche al súper")
    for text in ("/listas", "/listas súper", "/listas tachar leche", "/listas borrar 1"):
        assert (await brain.say(text, sender=OTHER)).startswith("No tenés listas."), text
    await brain.say("/listas agregar pan al súper", sender=OTHER)
    assert await written(lists) == ["súper: leche"]
    assert await written(lists, OTHER) == ["súper: pan"]


async def test_what_runs_again_changes_nothing_again(lists: ListStore, database: Database) -> None:
    async def add(source: str) -> tuple[list[str], list[str], bool]:
        done = await lists.add(OWNER, "súper", ["leche", "pan"], key=str, source=source)
        items = [item.text for item in done.checklist.items]
        return items, [item.text for item in done.known], done.is_new

    assert await add("call-1") == (["leche", "pan"], [], True)
    assert await add("call-1") == (["leche", "pan"], [], True)
    assert await add("call-2") == ([], ["leche", "pan"], False)
    (whole,) = await lists.all(OWNER)
    ticked = await lists.tick(OWNER, whole.items[:1], ticked=True, source="call-3")
    assert await lists.tick(OWNER, whole.items, ticked=True, source="call-3") == ticked
    removed = await lists.remove(OWNER, whole.items[1:], source="call-4")
    assert [item.text for item in removed[0].items] == ["pan"]
    assert await lists.remove(OWNER, whole.items, source="call-4") == removed
    assert await written(lists) == ["súper: (leche)"]
    assert await lists.delete(OWNER, whole, source="turn-5")
    assert [one.name for one in await lists.changed_by(OWNER, "turn-5")] == ["súper"]
    undo = UndoStore(database)
    undone = await undo.take_back(OWNER, turn="turn-6")
    assert len(undone) == 2
    assert await undo.take_back(OWNER, turn="turn-6") == undone
    assert await written(lists) == ["súper: (leche)"]


async def test_a_command_that_runs_again_says_the_same(brain: Brain, lists: ListStore) -> None:
    await brain.say("/listas agregar leche y pan al súper")
    for text in ("tachar leche y vino", "sacar pan", "borrar súper"):
        first, second = [await brain.say(f"/listas {text}", turn=text) for _ in range(2)]
        assert first == second
    assert await written(lists) == []
