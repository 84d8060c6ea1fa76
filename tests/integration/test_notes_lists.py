"""Notes and lists through the real process: they outlive it, and /deshacer takes them back."""

from pathlib import Path

import pytest

from tests.fake_ollama import tool_call
from tests.stack import Stack, running


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    with running(tmp_path) as stack:
        yield stack


def ask(stack: Stack, text: str) -> str:
    stack.write(text)
    return stack.replies(1)[0]


def test_a_note_is_receipted_kept_over_a_restart_found_by_meaning_and_taken_back(
    stack: Stack,
) -> None:
    stack.ollama.script(tool_call("save_note", text="la clave del wifi es 1234"), "¡Anotado!")
    told = ask(stack, "Anotá que la clave del wifi es 1234")
    assert told == "¡Anotado!\n\nListo, lo anoté: la clave del wifi es 1234"
    assert ask(stack, "/notas") == "Tus notas:\n1. la clave del wifi es 1234"
    stack.until(lambda: stack.rows("SELECT 1 FROM notes WHERE embed_model IS NOT NULL"))
    stack.stop()
    stack.start()
    assert ask(stack, "/notas buscar contraseña de internet") == (
        "Ninguna nota tiene esas palabras. Las más parecidas:\n1. la clave del wifi es 1234"
    )
    assert ask(stack, "/deshacer") == "Deshecho. Ya no está: la clave del wifi es 1234"
    assert ask(stack, "/notas").startswith("No tenés notas.")


def test_a_list_is_receipted_kept_over_a_restart_and_taken_back(stack: Stack) -> None:
    stack.ollama.script(tool_call("list_add", list="súper", items="leche y pan"), "Van.")
    told = ask(stack, "Agregá leche y pan a la lista del súper")
    assert told == "Van.\n\nListo, empecé la lista súper: leche, pan"
    stack.ollama.script(tool_call("list_tick", items="la leche"), "Menos una.")
    assert ask(stack, "Tachá la leche") == "Menos una.\n\nListo, taché de súper: leche"
    stack.stop()
    stack.start()
    assert ask(stack, "/listas súper") == "súper:\n1. ~leche~ ✓\n2. pan"
    assert ask(stack, "/deshacer") == "Deshecho. Quedó como antes: leche"
    assert ask(stack, "/deshacer") == "Deshecho. Ya no está: súper: leche, pan"
    assert ask(stack, "/listas").startswith("No tenés listas.")
