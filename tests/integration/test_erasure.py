"""What the owner deletes is in no file of DATA_DIR any more, byte by byte."""

import sqlite3
import time
from pathlib import Path

from store.database import connect
from store.erasure import BLANKED, ERASED
from tests import whisper_double
from tests.fake_ollama import tool_call
from tests.recordings import ogg, tone
from tests.stack import Stack, running

CANARY = "Zanahorio4417"  # folded by the index, split by nobody
DEADLINE_S = 60.0


def traces(stack: Stack, *needles: bytes) -> list[str]:
    """Files that hold one of the needles, in any case."""
    wanted = [one.lower() for one in needles]
    return [
        path.name
        for path in sorted((stack.folder / "data").rglob("*"))
        if path.is_file() and any(one in path.read_bytes().lower() for one in wanted)
    ]


def wait_until_gone(stack: Stack, *needles: bytes) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while left := traces(stack, *needles):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def vector_of(stack: Stack, table: str) -> bytes:
    """The canary's vector, as soon as it has one."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        db = sqlite3.connect(stack.folder / "data" / "wasap.db")
        row = db.execute(
            f"SELECT embedding FROM {table} WHERE content LIKE ?",  # noqa: S608 - ours
            (f"%{CANARY}%",),
        ).fetchone()
        db.close()
        if row and row[0]:
            return bytes(row[0])
        time.sleep(0.05)
    raise TimeoutError("no vector")


def tell(stack: Stack) -> bytes:
    """The canary goes everywhere: rows, index, vector, thread, tool call, answers."""
    stack.write(f"/recordar mi loro se llama {CANARY}")
    stack.answers(1)
    vector = vector_of(stack, "memories")
    stack.ollama.script(f"Tu loro es {CANARY}.")
    stack.write("¿Cómo se llama mi loro?")
    stack.answers(2)
    stack.ollama.script(tool_call("remember", fact=f"Me gusta el nombre {CANARY}"), "¡Bien!")
    stack.write(f"Acordate de que me gusta el nombre {CANARY}")
    stack.answers(3)
    assert "wasap.db" in "".join(traces(stack, CANARY.encode()))
    assert traces(stack, vector)
    return vector


def write_down(stack: Stack) -> bytes:
    """The canary in notes and lists, what is changed and deleted included; a note's vector."""
    for count, text in enumerate(
        (
            f"/notas nueva {CANARY} come alpiste a las 9",
            f"/notas nueva {CANARY} come alpiste a las 10",
            f"/notas cambiar 2 {CANARY} no come",
            "/notas borrar 2",
            f"/listas agregar alpiste y nueces a la lista de {CANARY}",
            "/listas sacar alpiste",
        ),
        4,
    ):
        stack.write(text)
        assert stack.answers(count)[-1].startswith("Listo, ")
    return vector_of(stack, "notes")


def speak(stack: Stack, wa_ids: int) -> list[str]:
    """The canary spoken, in recordings that hold it as well: their ids, once they are answered."""
    spoken = []
    for number in range(wa_ids):
        # Ogg ends where it ends: what follows is heard by nobody, and lies in the file.
        recording = ogg(tone(1, hertz=440 + number)) + f" {CANARY} {number}".encode()
        spoken.append(stack.voice(recording))
        stack.answers(number + 1)
    assert len(stack.files()) == wa_ids
    assert "wasap.db" in "".join(traces(stack, CANARY.encode()))
    return spoken


def hearing(folder: Path) -> dict[str, str]:
    """The settings with which the canary is heard."""
    return whisper_double.settings(folder / "weights", f"mi loro se llama {CANARY}")


def test_a_recording_goes_with_everything_else(tmp_path: Path) -> None:
    with running(tmp_path, **hearing(tmp_path)) as stack:
        speak(stack, 2)
        stack.write("/borrarme sí")
        stack.write("/borrarme sí")
        stack.answers(4)
        wait_until_gone(stack, CANARY.encode())
        assert stack.files() == []


def test_a_recording_goes_with_the_conversation(tmp_path: Path) -> None:
    with running(tmp_path, **hearing(tmp_path)) as stack:
        speak(stack, 1)
        stack.write("/limpiar")
        stack.answers(2)
        wait_until_gone(stack, CANARY.encode())


def test_a_recording_goes_with_its_message(tmp_path: Path) -> None:
    with running(tmp_path, **hearing(tmp_path)) as stack:
        first, _ = speak(stack, 2)
        stack.write("", type="revoke", message={"revoke": {"original_message_id": first}})
        stack.until(lambda: len(stack.files()) == 1)
        ((kept,),) = stack.rows("SELECT heard FROM inbox WHERE heard <> ''")
        assert kept == f"mi loro se llama {CANARY}"


def test_a_recording_goes_with_the_memory_that_it_tells(tmp_path: Path) -> None:
    with running(tmp_path, **hearing(tmp_path)) as stack:
        speak(stack, 1)
        stack.write(f"/recordar mi loro se llama {CANARY}")
        stack.answers(2)
        stack.write("/olvidar mi loro se llama")
        stack.answers(3)
        wait_until_gone(stack, CANARY.encode())
        assert stack.files() == []


def test_forget_leaves_no_trace(tmp_path: Path) -> None:
    with running(tmp_path) as stack:
        vector = tell(stack)
        stack.write("/olvidar me gusta el nombre")
        stack.write("/olvidar mi loro")
        assert stack.answers(5)[4] == f"Listo, lo olvidé: mi loro se llama {CANARY}"
        wait_until_gone(stack, CANARY.encode(), vector)
        stack.write("hola")
        stack.answers(6)
        assert CANARY not in str(stack.ollama.chats[-1])
        assert CANARY not in stack.log.read_text()


def test_a_memory_picked_from_a_list_leaves_no_trace(tmp_path: Path) -> None:
    """The row of the list quoted it."""
    with running(tmp_path) as stack:
        for number, bird in enumerate(("Ana", "Beto", "Coco", CANARY), 1):
            stack.write(f"/recordar en la jaula {number} canta {bird}")
            stack.answers(number)
        stack.write("/olvidar en la jaula")
        assert f"4. en la jaula 4 canta {CANARY}" in stack.answers(5)[4]
        question = stack.newest()
        assert question["message"]["interactive"]["type"] == "list"
        stack.tap(question, "/olvidar 4")
        assert stack.answers(6)[5] == f"Listo, lo olvidé: en la jaula 4 canta {CANARY}"
        wait_until_gone(stack, CANARY.encode())
        stack.write("/memorias")
        assert "Coco" in stack.answers(7)[6]


def test_the_diary_shields_nothing_from_being_forgotten(tmp_path: Path) -> None:
    """An entry tells of the parrot too; it stays, without the words that give it away."""
    told = f"El loro de Carla se llama {CANARY} y viajan a Salta."
    with running(tmp_path, DIARY_AFTER_S="0.2") as stack:
        stack.ollama.fallback = lambda body: (
            told if "entrada de diario" in body["messages"][-1]["content"] else "¡Qué lindo!"
        )
        stack.write(f"/recordar mi loro se llama {CANARY}")
        stack.answers(1)
        for count, text in enumerate((f"mi loro {CANARY} viaja", "vamos a Salta"), 2):
            stack.write(text)
            stack.answers(count)
        stack.until(lambda: stack.logged("diary_written"))
        stack.until(lambda: stack.rows("SELECT 1 FROM memories WHERE embedding IS NULL") == [])
        ((vector,),) = stack.rows("SELECT embedding FROM memories WHERE category = 'diary'")
        stack.write("/olvidar mi loro se llama")
        assert stack.answers(4)[3] == f"Listo, lo olvidé: mi loro se llama {CANARY}"
        wait_until_gone(stack, CANARY.encode(), vector)
        stack.write("/diario")
        assert "viajan a Salta" in stack.answers(5)[4]


def test_forgetme_leaves_no_trace(tmp_path: Path) -> None:
    with running(tmp_path) as stack:
        vector = tell(stack)
        note = write_down(stack)
        stack.write("/borrarme sí")  # nobody has been asked yet
        assert "/borrarme sí" in stack.answers(10)[9]
        assert traces(stack, vector)
        assert traces(stack, note)
        stack.write("/borrarme SI")
        assert stack.answers(11)[10] == "Listo, borré todo lo que sabía de vos."
        wait_until_gone(stack, CANARY.encode(), vector, note, b"loro", b"alpiste")
        stack.write("hola")
        stack.answers(12)
        assert "loro" not in str(stack.ollama.chats[-1])
        for command, reply in (
            ("/memorias", "Todavía no guardé"),
            ("/notas", "No tenés notas."),
            ("/listas", "No tenés listas."),
            ("/deshacer", "No hay ningún cambio"),
        ):
            asked = len(stack.answers(0))
            stack.write(command)
            assert stack.answers(asked + 1)[-1].startswith(reply)


def test_forgetme_takes_what_a_template_would_have_said(tmp_path: Path) -> None:
    with running(tmp_path, WHATSAPP_REMINDER_TEMPLATE="aviso") as stack:
        stack.write(f"/recordame bañar a {CANARY} en 1 segundo")
        stack.answers(2)
        assert stack.rows("SELECT 1 FROM outbox WHERE template LIKE '%' || ?", CANARY)
        stack.write("/borrarme sí")
        stack.write("/borrarme sí")
        stack.answers(4)
        wait_until_gone(stack, CANARY.encode())


def test_every_table_with_something_of_the_owners_is_known(tmp_path: Path) -> None:
    with running(tmp_path):
        pass
    db = connect(tmp_path / "data" / "wasap.db")
    tables = {
        row["name"]
        for row in db.execute(
            "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND c.name = 'conversation_id'"
        )
    }
    db.close()
    assert tables == {*ERASED, *BLANKED}
