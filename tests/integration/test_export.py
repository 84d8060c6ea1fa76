"""/export: two files that hold everything, through the outbox like any answer."""

import json
import sqlite3
from pathlib import Path

import httpx
import pytest

from tests.stack import OWNER, TOKEN, Stack, running


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    with running(tmp_path) as stack:
        yield stack


def files(stack: Stack) -> dict[str, bytes]:
    """The documents on the owner's phone, by name."""
    found = {}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for call in stack.graph_calls():
        body = call.get("body")
        if isinstance(body, dict) and body.get("type") == "document":
            document = body["document"]
            about = httpx.get(
                f"{stack.meta.url}/v26.0/{document['id']}", headers=headers, trust_env=False
            ).json()
            assert document["filename"] not in found
            found[document["filename"]] = httpx.get(
                about["url"], headers=headers, trust_env=False
            ).content
    return found


def test_everything_arrives_as_files(stack: Stack) -> None:
    stack.write("/recordar vivo en Córdoba")
    stack.answers(1)
    stack.write("/recordar ahora vivo en Rosario")
    stack.answers(2)
    stack.ollama.script("¡Buenas!")
    stack.write("Hola, ¿qué tal?")
    stack.answers(3)
    stack.write("/notas nueva la clave del wifi es 1234")
    stack.answers(4)
    stack.write("/listas agregar leche al súper")
    stack.answers(5)
    stack.fault(on="media", status=500, code=2)  # the upload is tried again
    stack.write("/exportar")
    chat = [text for text in stack.answers(8) if text]
    assert chat[-1].startswith("Ahí van tus datos")
    found = files(stack)
    assert sorted(found) == ["wasap.json", "wasap.md"]
    data = json.loads(found["wasap.json"])
    assert data["profile"][0]["phone_number"] == OWNER.replace("549", "54", 1)
    old, new = data["memories"]
    assert (old["content"], old["superseded_by"]) == ("vivo en Córdoba", new["id"])
    assert old["superseded_at"] >= old["created_at"]
    assert [row["content"] for row in data["conversation"]] == ["Hola, ¿qué tal?", "¡Buenas!"]
    assert [row["content"] for row in data["notes"]] == ["la clave del wifi es 1234"]
    assert [(row["list"], row["text"]) for row in data["list_items"]] == [("súper", "leche")]
    readable = found["wasap.md"].decode()
    assert "# Recuerdos" in readable
    assert "ahora vivo en Rosario" in readable
    assert "assistant: ¡Buenas!" in readable
    assert ": la clave del wifi es 1234" in readable
    assert ": súper: leche" in readable
    stack.stop()
    db = sqlite3.connect(stack.folder / "data" / "wasap.db")
    assert db.execute("SELECT count(*) FROM outbox_files").fetchone() == (0,)
    db.close()
