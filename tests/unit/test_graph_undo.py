"""/undo for memories; reminders, notes and lists have theirs beside their own tests."""

from store import memories
from store.database import Database
from store.memories import MemoryStore
from store.undo import UndoStore
from tests.brain import OWNER, Brain
from tests.fake_ollama import tool_call

NOTHING = "No hay ningún cambio de la última hora para deshacer."


async def contents(database: Database) -> list[str]:
    return [one.content for one in await MemoryStore(database).all(OWNER)]


async def forget(brain: Brain, database: Database, said: str) -> None:
    """A turn with /forget, to its end, where what it deleted goes for good."""
    assert (await brain.say(said)).startswith("Listo, lo olvidé")
    turn = (await brain.state())["turn"]
    assert await database.write("test", lambda db: memories.drop_forgotten(db, turn))


async def test_what_was_remembered_is_gone_again(brain: Brain, database: Database) -> None:
    await brain.say("/recordar soy celíaca")
    await brain.say("/recordar me gusta el mate")
    assert await brain.say("/deshacer") == "Deshecho. Ya no está: me gusta el mate"
    assert await contents(database) == ["soy celíaca"]
    assert not await MemoryStore(database).with_rare_words(OWNER, ["mate"], limit=5)
    assert await brain.say("/undo") == "Deshecho. Ya no está: soy celíaca"
    assert await brain.say("/deshacer") == NOTHING


async def test_what_the_tool_remembered_too(brain: Brain, database: Database) -> None:
    brain.ollama.script(tool_call("remember", fact="juego al tenis"), "Hecho.")
    await brain.say("Acordate de que juego al tenis")
    assert await contents(database) == ["juego al tenis"]
    assert await brain.say("/deshacer") == "Deshecho. Ya no está: juego al tenis"
    assert await contents(database) == []


async def test_what_was_superseded_is_there_again(brain: Brain, database: Database) -> None:
    store = MemoryStore(database)
    await brain.say("/recordar vivo en Salta")
    (first,) = await store.all(OWNER)
    await store.set_vectors("model", {first.id: [1.0, 0.0]})
    await brain.say("/recordar me mudé a Jujuy")
    assert await contents(database) == ["me mudé a Jujuy"]
    assert await brain.say("/deshacer") == (
        "Deshecho. Ya no está: me mudé a Jujuy\nDeshecho. Quedó como antes: vivo en Salta"
    )
    assert await store.all(OWNER) == [first]
    assert await store.without_vector("model", limit=5) == [first]  # it is made again
    assert await store.with_rare_words(OWNER, ["salta"], limit=5) == [first]


async def test_what_is_said_again_is_no_change(brain: Brain) -> None:
    await brain.say("/recordar soy celíaca")
    await brain.say("/recordar soy celíaca")
    assert await brain.say("/deshacer") == "Deshecho. Ya no está: soy celíaca"
    assert await brain.say("/deshacer") == NOTHING


async def test_what_was_forgotten_stays_so_and_is_not_passed_over(
    brain: Brain, database: Database
) -> None:
    await brain.say("/recordar soy celíaca")
    await brain.say("/recordame pagar la luz mañana a las 9")
    await forget(brain, database, "/olvidar celíaca")
    log = await database.read(lambda db: db.execute("SELECT before, after FROM undo").fetchall())
    assert "celíaca" not in str([tuple(row) for row in log])
    assert (await brain.say("/deshacer")).startswith("Lo último fue olvidar un recuerdo")
    assert await contents(database) == []
    assert (await brain.say("/deshacer")).startswith("Deshecho. Ya no está: pagar la luz")
    assert await brain.say("/deshacer") == NOTHING


async def test_forgetting_takes_along_what_it_had_superseded(
    brain: Brain, database: Database
) -> None:
    for place in ("vivo en Salta", "me mudé a Jujuy", "me mudé a Lobos"):
        await brain.say(f"/recordar {place}")
    await forget(brain, database, "/olvidar Lobos")
    assert (await brain.say("/deshacer")).startswith("Lo último fue olvidar")
    assert await brain.say("/deshacer") == NOTHING
    kept = await database.read(lambda db: db.execute("SELECT content FROM memories").fetchall())
    assert not kept  # nor the older ones, which nobody is told of


async def test_a_turn_that_runs_twice_undoes_once(database: Database) -> None:
    store = MemoryStore(database)
    await store.add(OWNER, "soy celíaca", source="m1")
    await store.add(OWNER, "me gusta el mate", source="m2")
    first = await UndoStore(database).take_back(OWNER, turn="t")
    assert await UndoStore(database).take_back(OWNER, turn="t") == first
    assert await contents(database) == ["soy celíaca"]
