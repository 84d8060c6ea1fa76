"""What is deleted leaves the ledger, also where an answer is on its way."""

import pytest

from store.database import Database
from store.erasure import Erasures
from store.export import Exports
from store.ledger import Ledger
from store.memories import MemoryStore
from store.outbox import File
from store.statuses import Status
from tests.ledgers import ANYONE, CARLA, arrival, claim, head, leaves, ledger, send_one, stays, take

__all__ = ["ledger"]


async def test_clear_erases_what_was_said(ledger: Ledger, database: Database) -> None:
    part = await send_one(ledger)
    await ledger.mark_sent(part, "wamid.X", ready=stays)
    assert await ledger.clear(CARLA.phone) == 2
    for table, column in [("messages", "content"), ("inbox", "text"), ("outbox", "body")]:
        texts = await database.read(
            lambda db, t=table, c=column: [
                row[0]
                for row in db.execute(f"SELECT {c} FROM {t}")  # noqa: S608 - names from above
            ]
        )
        assert not any(texts)
    assert await take(ledger, arrival("A")) == 0  # a late twin is still a twin


async def deleted_by(ledger: Ledger, database: Database, how: str) -> None:
    if how == "/clear":
        await ledger.clear(CARLA.phone)
    else:
        erasures = Erasures(database)
        await erasures.redact(CARLA.phone, "B", lambda text: text.replace("loro", "…"))


@pytest.mark.parametrize("how", ["/clear", "/forget"])
async def test_an_answer_on_its_way_is_erased_once_it_has_left(
    ledger: Ledger, database: Database, how: str
) -> None:
    await take(ledger, arrival("A"))
    turn = await claim(ledger)
    await ledger.finish(turn, said="", reply="", parts=["el loro", "del loro"])
    first = await head(ledger, ready=leaves)
    await deleted_by(ledger, database, how)
    await Erasures(database).sweep()  # the owner is still owed it
    found = await ledger.mark_sent(first, "wamid.1", ready=leaves)
    assert found is not None
    assert found.leaves
    second = found.part
    assert second.body == "del loro"
    await ledger.mark_sent(second, "wamid.2", ready=stays)
    assert await Erasures(database).sweep()
    assert await ledger.quoted_text("wamid.1") == await ledger.quoted_text("wamid.2") == ""


async def test_a_forgotten_word_leaves_the_vector_of_a_diary_entry(
    ledger: Ledger, database: Database
) -> None:
    await take(ledger, arrival("A"))
    await database.write(
        "test",
        lambda db: db.execute(
            "INSERT INTO memories (conversation_id, content, category, created_at)"
            " VALUES (1, 'Habló de su loro.', 'diary', 1)"
        ),
    )
    memories = MemoryStore(database)
    await memories.set_vectors("e5", {1: [0.6, 0.8]})
    await deleted_by(ledger, database, "/forget")
    assert [one.content for one in await memories.without_vector("e5", limit=9)] == [
        "Habló de su …."
    ]
    assert not await memories.nearest(CARLA.phone, [0.6, 0.8], "e5", limit=9)


@pytest.mark.parametrize("end", ["taken", "known by its status", "failed"])
async def test_a_file_leaves_the_database_with_its_part(
    ledger: Ledger, database: Database, end: str
) -> None:
    await take(ledger, arrival("A"))
    await Exports(database).send(CARLA.phone, "export:A", [File("a", "text/plain", b"all")])
    part = await head(ledger, ready=leaves)
    assert part.file is not None
    if end == "taken":
        await ledger.mark_sent(part, "wamid.1", ready=stays)
    elif end == "failed":
        await ledger.mark_failed(part.id, 131053)
    else:
        await ledger.mark_unknown(part.id, due_at=2**50)
        await ledger.take([Status("wamid.1", "sent", part.callback)], ANYONE)
    files = "SELECT count(*) AS n FROM outbox_files"
    assert await database.read(lambda db: db.execute(files).fetchone()["n"]) == 0
