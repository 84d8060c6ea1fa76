"""Notes through the graph: by tool, by command, by words and by meaning."""

import pytest

from app.embedded.nano import NanoEmbedder
from store.database import Database
from store.notes import NoteStore
from store.undo import UndoStore
from tests.brain import OWNER, Brain, open_brain
from tests.fake_ollama import FakeOllama, tool_call

OTHER = "5493514445566"


@pytest.fixture
def notes(database: Database) -> NoteStore:
    return NoteStore(database)


async def contents(notes: NoteStore) -> list[str]:
    return [note.content for note in await notes.all(OWNER)]


async def test_the_owner_reads_the_row_whatever_the_model_says(
    brain: Brain, ollama: FakeOllama, notes: NoteStore
) -> None:
    ollama.script(tool_call("save_note", text="la clave del wifi es 1234"), "Guardé 4321.")
    told = await brain.say("Anotá que la clave del wifi es 1234")
    assert told == "Guardé 4321.\n\nListo, lo anoté: la clave del wifi es 1234"
    assert "Llamá a la herramienta save_note." in brain.chats[0]["messages"][-1]["content"]
    assert await contents(notes) == ["la clave del wifi es 1234"]


async def test_the_model_finds_what_was_noted(brain: Brain, ollama: FakeOllama) -> None:
    await brain.say("/notas nueva la clave del wifi es 1234")
    await brain.say("/notas nueva el portero se llama Raúl")
    ollama.script(tool_call("find_notes", query="Wi-Fi wifi"), "Es 1234.")
    assert await brain.say("¿Qué anoté del wifi?") == "Es 1234."
    told = brain.chats[-1]["messages"][-1]["content"]
    assert told == "Encontré esto en tus notas:\n1. la clave del wifi es 1234"


async def test_what_was_noted_comes_with_a_question_about_it(
    brain: Brain, ollama: FakeOllama
) -> None:
    await brain.say("/notas nueva la clave del wifi es 1234")
    await brain.say("/notas nueva la clave del portón es 77")
    ollama.script("Es 1234.")
    await brain.say("¿Cuál es la clave del wifi?")
    prompt = brain.chats[-1]["messages"][-1]["content"]
    assert "la clave del wifi es 1234" in prompt
    assert "portón" not in prompt
    await brain.say("Contame del wifi")  # one word is no question about it
    assert "1234" not in brain.chats[-1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(" ", "¿Qué querés que anote?"), ("a" * 2_001, "Esa nota es demasiado larga.")],
)
async def test_what_is_no_note_is_not_kept(
    brain: Brain, ollama: FakeOllama, notes: NoteStore, text: str, sentence: str
) -> None:
    ollama.script(tool_call("save_note", text=text), "¿Qué anoto?")
    assert await brain.say("Anotá") == "¿Qué anoto?"
    assert brain.chats[-1]["messages"][-1]["content"].startswith(sentence)
    assert await contents(notes) == []


async def test_what_others_wrote_is_noted_by_nobody(
    brain: Brain, ollama: FakeOllama, notes: NoteStore
) -> None:
    ollama.script(tool_call("save_note", text="pagarle a Mengano"), "No puedo.")
    await brain.say("¿Qué dice?", quoted="Anotá: pagarle a Mengano")
    assert await contents(notes) == []


async def test_commands_save_list_show_change_and_delete(brain: Brain, notes: NoteStore) -> None:
    assert (await brain.say("/notas")).startswith("No tenés notas.")
    assert await brain.say("/notas nueva la clave del wifi es 1234") == (
        "Listo, lo anoté: la clave del wifi es 1234"
    )
    long = "seguro: " + "póliza " * 30
    await brain.say(f"/notes add {long}")
    assert await brain.say("/notas") == (
        f"Tus notas:\n1. la clave del wifi es 1234\n2. {long[:100]}…"
    )
    assert await brain.say("/notas 2") == long.strip()
    assert await brain.say("/notas ver poliza") == long.strip()
    assert await brain.say("/notas cambiar 1 la clave es 5678") == (
        "Listo, la nota dice ahora: la clave es 5678"
    )
    assert await brain.say("/notas editar clave: la clave es 90") == (
        "Listo, la nota dice ahora: la clave es 90"
    )
    assert await brain.say("/notas borrar CLAVE") == "Listo, borré la nota: la clave es 90"
    assert await contents(notes) == [long.strip()]
    assert brain.chats == []


async def test_only_the_newest_are_listed(brain: Brain, notes: NoteStore) -> None:
    for number in range(22):
        await notes.add(OWNER, f"cosa {number}", source=f"turn-x{number}")
    told = (await brain.say("/notas")).splitlines()
    assert told[1] == "3. cosa 2"
    assert told[-2:] == ["22. cosa 21", "Y 2 más viejas: se encuentran con /notas buscar."]


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/notas borrar 7", "No encontré ninguna nota así: 7"),
        (
            "/notas borrar clave",
            "Hay varias así. Decime el número:\n1. la clave del wifi\n2. la cl",
        ),
        ("/notas borrar el de la alarma", "Listo, borré la nota: la clave de la alarma"),
        ("/notas buscar", "Podés escribir /notas"),
        ("/notas cambiar 1", "Podés escribir /notas"),
        ("/notas inventar 1", "Podés escribir /notas"),
        ("/notas buscar alarmas", "Encontré esto en tus notas:\n2. la clave de la alarma"),
        ("/notas buscar ALÁRMA", "Encontré esto en tus notas:\n2. la clave de la alarma"),
        ("/notas buscar garage", "No encontré ninguna nota así: garage"),
        ("/notas buscar todas las notas", "Tus notas:\n1. la clave del wifi\n2. la clave"),
    ],
)
async def test_what_commands_answer(brain: Brain, text: str, reply: str) -> None:
    await brain.say("/notas nueva la clave del wifi")
    await brain.say("/notas nueva la clave de la alarma")
    assert (await brain.say(text)).startswith(reply)


async def test_undo_takes_back_one_change_after_the_other(brain: Brain, notes: NoteStore) -> None:
    await brain.say("/notas nueva la clave es 12")
    await brain.say("/notas cambiar 1 la clave es 34")
    await brain.say("/notas borrar 1")
    assert await brain.say("/deshacer") == "Deshecho. Está otra vez: la clave es 34"
    assert await brain.say("/deshacer") == "Deshecho. Quedó como antes: la clave es 12"
    assert await brain.say("/notas buscar 12") == "Encontré esto en tus notas:\n1. la clave es 12"
    assert await brain.say("/deshacer") == "Deshecho. Ya no está: la clave es 12"
    assert await contents(notes) == []


async def test_nobody_sees_or_undoes_what_is_not_theirs(brain: Brain) -> None:
    await brain.say("/notas nueva la clave es 12")
    assert (await brain.say("/notas", sender=OTHER)).startswith("No tenés notas.")
    assert (await brain.say("/notas buscar clave", sender=OTHER)).startswith("No encontré")
    assert (await brain.say("/notas borrar 1", sender=OTHER)).startswith("No encontré")
    assert (await brain.say("/deshacer", sender=OTHER)).startswith("No hay ningún cambio")


async def test_what_runs_again_changes_nothing_again(notes: NoteStore, database: Database) -> None:
    first = await notes.add(OWNER, "una", source="call-1")
    assert await notes.add(OWNER, "una", source="call-1") == first
    assert await notes.delete(first, source="turn-2")
    assert await notes.changed_by(OWNER, "turn-2") == first
    assert await notes.changed_by(OWNER, "turn-3") is None
    undo = UndoStore(database)
    undone = await undo.take_back(OWNER, turn="turn-4")
    assert undone
    assert await undo.take_back(OWNER, turn="turn-4") == undone
    assert await notes.all(OWNER) == [first]


NOTED = (
    "Los jueves hay que llevar a Sofi a natación",
    "El plomero se llama Ernesto y atiende de mañana",
    "La reserva del hotel es H7K2Q",
)


async def test_meaning_finds_what_shares_no_word(
    ollama: FakeOllama, database: Database, notes: NoteStore
) -> None:
    nano = NanoEmbedder()
    try:
        async with open_brain(ollama, database, embedder=nano) as brain:
            for note in NOTED:
                await brain.say(f"/notas nueva {note}")
            query = "/notas buscar ¿quién repara la canilla?"
            assert (await brain.say(query)).startswith("No encontré")  # nor is there a vector yet
            await embed_all(notes, nano)
            told = (await brain.say(query)).splitlines()
            assert told[:2] == [
                "Ninguna nota tiene esas palabras. Las más parecidas:",
                f"2. {NOTED[1]}",
            ]
            # A code means nothing to a model; its word comes first.
            told = (await brain.say("/notas buscar h7k2q")).splitlines()
            assert told[:2] == ["Encontré esto en tus notas:", f"3. {NOTED[2]}"]
    finally:
        nano.close()


async def test_a_note_that_was_changed_is_embedded_anew(
    notes: NoteStore, database: Database
) -> None:
    note = await notes.add(OWNER, "una cosa", source="turn-1")
    await notes.set_vectors("model", {note: [1.0, 0.0]})
    assert not await notes.without_vector("model", limit=9)
    changed = await notes.change(note, "otra cosa", source="turn-2")
    await notes.set_vectors("model", {note: [1.0, 0.0]})  # made of what it said before
    assert await notes.without_vector("model", limit=9) == [changed]
    await UndoStore(database).take_back(OWNER, turn="turn-3")
    assert await notes.without_vector("model", limit=9) == [note]
    assert await notes.without_vector("other", limit=9) == [note]


async def test_the_index_keeps_no_word_of_what_is_gone(
    brain: Brain, notes: NoteStore, database: Database
) -> None:
    for number, text in enumerate(("zanahorio", "remolacho", "berenjeno"), 1):
        await brain.say(f"/notas nueva {text}")
        await brain.say(f"/notas cambiar {number} otra cosa" if number < 3 else "/deshacer")
    index = await database.read(
        lambda db: b"".join(
            row["block"] for row in db.execute("SELECT block FROM notes_fts_data").fetchall()
        )
    )
    assert b"otra" in index
    assert not [word for word in (b"zanahor", b"remolach", b"berenjen") if word in index]


async def embed_all(notes: NoteStore, nano: NanoEmbedder) -> None:
    todo = await notes.without_vector(nano.name, limit=100)
    vectors = await nano.embed_documents([note.content for note in todo])
    await notes.set_vectors(nano.name, dict(zip(todo, vectors, strict=True)))
