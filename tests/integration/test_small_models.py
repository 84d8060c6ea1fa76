"""The product with a model that Ollama says has no tools, and with one that knows little."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_ollama import Json, answered, routed, say
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


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> int:
    return int(getattr(request, "param", 2))


@pytest.fixture
def small(tmp_path: Path, kept: int) -> Iterator[Stack]:
    stack = Stack(tmp_path, OLLAMA_MODEL="qwen2.5:1.5b")
    stack.ollama.models["qwen2.5:1.5b"] = ("completion", "tools")
    stack.ollama.model_info["wasap.prompts_kept"] = kept
    with stack:
        yield stack


def _chat(small: Stack, said: str) -> Json:
    small.write(said)
    small.replies(1)
    return small.ollama.chats[-1]


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("quién inventó la imprenta? es para la tarea", "Sos un asistente amable y sabio."),
        ("who invented the printing press?", "You are a kind and wise assistant."),
    ],
)
def test_what_an_encyclopedia_says_is_asked_alone(small: Stack, said: str, start: str) -> None:
    small.write("hola, hoy hablé con mi vecino Omar")
    small.replies(1)
    asked = _chat(small, said)
    assert [one["role"] for one in asked["messages"]] == ["system", "user"]
    assert asked["messages"][0]["content"].startswith(start)
    assert asked["messages"][1]["content"] == said
    assert not asked.get("tools")
    assert asked["options"]["temperature"] == 0


def test_a_question_of_the_talk_or_of_the_owner_is_not(small: Stack) -> None:
    small.write("mi vecino Omar inventó una máquina para pelar papas")
    small.replies(1)
    for said in ("quién inventó la máquina para pelar papas?", "a qué hora era el turno?"):
        assert _chat(small, said)["tools"], said


@pytest.mark.parametrize("kept", [1], indirect=True)
def test_nothing_is_asked_alone_where_one_prompt_is_kept(small: Stack) -> None:
    asked = _chat(small, "quién inventó la imprenta?")
    assert asked["tools"]
    assert asked["options"]["temperature"] > 0  # some models repeat themselves without
