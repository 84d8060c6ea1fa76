"""The product with a model that Ollama says has no tools."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_ollama import answered, routed, say
from tests.stack import Stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    stack.ollama.models["qwen3:8b"] = ("completion",)
    with stack:
        yield stack


def test_its_tools_work_and_calls_in_its_text_are_counted(stack: Stack) -> None:
    stack.ollama.script(answered("¡Hola!"))
    stack.write("Hola")
    assert stack.replies(1) == ["¡Hola!"]
    assert len(stack.ollama.chats) == 1

    stack.ollama.script(
        routed("set_reminder", text="pagar la luz", when="en dos horas"), answered("Hecho.")
    )
    stack.write("Recordame pagar la luz en dos horas")
    (reply,) = stack.replies(1)
    assert reply.startswith("Hecho.\n\nListo, te aviso: pagar la luz (")
    assert stack.rows("SELECT text FROM reminders") == [("pagar la luz",)]

    call = {"name": "calculator", "arguments": {"expression": "2+2"}}
    stack.ollama.script(say(json.dumps(call)), answered("Es 4."))
    stack.write("¿Cuánto es 2+2?")
    assert stack.replies(1) == ["Es 4."]
    assert "wasap_rescued_calls_total 1.0" in stack.metrics()
    assert all(not body.get("tools") for body in stack.ollama.chats)
