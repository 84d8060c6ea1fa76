"""What a newcomer tries first, with the real built-in model and the whole product around it.

Serial and slow: `make test-model`.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import Stack

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

TIMEOUT_S = 180.0
SPANISH = {"hola", "buen", "buenas", "buenos", "qué", "cómo", "puedo", "ayudar", "estás", "gracias"}

TOLD = (
    "Mi perro se llama Fideo",
    "¿Qué plantas aguantan la sombra?",
    "El sábado viajo a Mendoza",
    "Dame una idea para la cena",
    "El código de mi casillero es 482",
    "¿Por qué el cielo es azul?",
    "Mi hermana Julia cumple años en abril",
    "Contame algo lindo",
)
ASKED = {
    "¿Cómo se llama mi perro?": "Fideo",
    "¿A dónde viajo el sábado?": "Mendoza",
    "¿Cuál es el código de mi casillero?": "482",
    "¿En qué mes cumple años mi hermana?": "abril",
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    where = {"MODELS_DIR": os.environ["MODELS_DIR"]} if "MODELS_DIR" in os.environ else {}
    with Stack(tmp_path_factory.mktemp("model"), EMBEDDED="always", **where) as running:
        yield running


def ask(stack: Stack, text: str) -> str:
    before = len(stack.answers(0))
    stack.write(text)
    return stack.answers(before + 1, TIMEOUT_S)[-1]


def logged(stack: Stack, action: str) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in stack.log.read_text().splitlines())
    return [line for line in lines if line["action"] == action]


def test_a_greeting_in_spanish_is_answered_in_spanish(stack: Stack) -> None:
    tools_before = len(logged(stack, "tool_ran"))
    answer = ask(stack, "Hola, ¿cómo andás?")
    words = {word.strip("¡!¿?.,:;") for word in answer.lower().split()}
    assert words & SPANISH, answer
    assert len(logged(stack, "tool_ran")) == tools_before  # small talk needs no tool


def test_the_calculator_does_the_sum(stack: Stack) -> None:
    answer = ask(stack, "¿Cuánto es el 18% de 2350?")
    assert "423" in answer
    ran = logged(stack, "tool_ran")[-1]
    assert (ran["tool"], ran["status"]) == ("calculator", "success")


def test_a_name_is_remembered_some_turns_later(stack: Stack) -> None:
    ask(stack, "Me llamo Carla")
    ask(stack, "¿Qué me recomendás para leer?")
    ask(stack, "¿Cuál es la capital de Uruguay?")
    assert "Carla" in ask(stack, "¿Cómo me llamo?")


def test_what_was_told_in_passing_is_known_twelve_turns_long(stack: Stack) -> None:
    ask(stack, "/clear")
    for told in TOLD:
        ask(stack, told)
    answers = {question: ask(stack, question) for question in ASKED}
    assert all(ASKED[question] in answer for question, answer in answers.items()), answers


def test_a_memory_survives_a_restart(stack: Stack) -> None:
    ask(stack, "/remember soy celíaca")
    stack.stop()
    stack.start()
    assert "soy celíaca" in ask(stack, "/memories")
