"""A long conversation with the whole product, its model scripted, and what the model was sent."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.fake_ollama import Answer, say, tool_call
from tests.stack import Stack

Body = dict[str, Any]

TOOL_EVERY = 4  # turns
MEMORIES = (
    "soy celíaca",
    "mi hija se llama Julia y va a sexto grado",
    "trabajo en una librería de la calle Corrientes",
    "tengo un perro que se llama Tango",
    "los jueves voy a yoga a las 19",
    "el auto es un Fiat Cronos gris",
)
SUBJECTS = (
    "¿Qué me conviene cocinar esta noche con zapallo y arroz?",
    "Contame algo lindo de la historia de la ciudad de Salta.",
    "¿Cómo le explico las fracciones a mi hija sin que se aburra?",
    "Hoy tuve un día larguísimo en la librería y quedé agotada.",
    "¿Qué libro le regalo a mi jefa para su cumpleaños?",
    "El perro anda rengueando un poco, ¿será grave?",
    "¿Me ayudás a escribir un mensaje para la maestra?",
)
ANSWERS = (
    "Podés hacer un guiso rápido: rehogá cebolla, sumá el zapallo en cubos, el arroz y caldo.",
    "Salta se fundó en 1582 y todavía conserva el cabildo y muchas casas con balcones de madera.",
    "Probá con una pizza: cortala en ocho y preguntale cuánto queda si se comen tres porciones.",
    "Uf, te entiendo. Date una ducha tibia, cená algo liviano y mañana será otro día.",
)


def talk(folder: Path, turns: int, **settings: str) -> tuple[list[Body], Stack]:
    """The bodies of all chat calls of a conversation with memories and a sum every few turns."""
    with Stack(folder, **settings) as stack:
        stack.ollama.fallback = _answer
        for memory in MEMORIES:
            _say(stack, f"/recordar {memory}")
        for turn in range(turns):
            _say(stack, words(turn))
        return stack.ollama.chats, stack


def words(turn: int) -> str:
    """What the owner says in a turn."""
    if turn % TOOL_EVERY == TOOL_EVERY - 1:
        return f"¿Cuánto es {turn + 17} por {turn + 3}?"
    return f"{SUBJECTS[turn % len(SUBJECTS)]} ({turn})"


def as_text(body: Body) -> str:
    """A prompt in the order in which a model reads it: tools, then the messages."""
    shown = [json.dumps(body.get("tools") or [], ensure_ascii=False)]
    for message in body["messages"]:
        calls = json.dumps(message.get("tool_calls") or [], ensure_ascii=False)
        shown.append(f"<{message['role']}>{message.get('content', '')}{calls}")
    return "".join(shown)


def is_summary(body: Body) -> bool:
    """Whether the model is asked for the summary, which is no turn."""
    return "resumen" in str(body["messages"][-1]["content"])


def common(one: str, other: str) -> int:
    """Characters that two prompts share from the front."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def shared(bodies: Sequence[Body]) -> float:
    """The share of all prompt characters that stood in the prompt before, at the same place."""
    prompts = [as_text(body) for body in bodies]
    pairs = list(itertools.pairwise(prompts))
    return sum(common(*pair) for pair in pairs) / sum(len(later) for _, later in pairs)


def _say(stack: Stack, text: str) -> None:
    before = len(stack.answers(0))
    stack.write(text)
    stack.answers(before + 1)


def _answer(body: Body) -> Answer:
    """As a good model would: a tool for a sum, a summary when asked, else a few words."""
    last = body["messages"][-1]
    asked = str(last["content"])
    if is_summary(body):
        return say("La persona se llama Carla, es celíaca, tiene una hija y trabaja en librería.")
    if last["role"] == "user" and "¿Cuánto es" in asked:
        return tool_call("calculator", expression=asked.split("es ")[1].split("?")[0])
    return say(ANSWERS[len(body["messages"]) % len(ANSWERS)])
