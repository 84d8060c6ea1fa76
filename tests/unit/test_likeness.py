"""What asks for a tool in words that no cue has."""

import re
import tomllib

import numpy as np
import pytest

from app.evals.scenarios import load
from bench.requests import HELD_OUT
from graph.settings import HOME
from graph.wanted import wanted
from tools import likeness
from tools.cues import cued
from tools.folding import fold
from tools.scan import scan

TOOLS = scan(plugins=())
TOOLS_BY_NAME = {tool.name: tool for tool in TOOLS}
EXAMPLES = tomllib.loads(likeness.EXAMPLES.read_text("utf-8"))


@pytest.mark.parametrize(
    ("said", "tool"),
    [
        ("despertame a las 6 y media porfa", "set_reminder"),
        ("sacá la alarma de las 7, mañana no laburo", "cancel_reminder"),
        ("que te quede grabado que soy celíaca", "remember"),
        ("tirame la lista del chino", "list_show"),
        ("metele yerba y azúcar a las compras", "list_add"),
        ("fuimos 5 y la cuenta dio 84.000, cuánto pone cada uno?", "calculator"),
        ("abrigo o remera para mañana?", "weather"),
        ("averiguá a cuánto está el dólar hoy", "web_search"),
        ("could you give me a shout at 5 about the oven?", "set_reminder"),
    ],
)
def test_a_small_model_is_told_what_no_cue_tells(said: str, tool: str) -> None:
    assert wanted(TOOLS, said, small=True) == [tool]
    assert not cued(TOOLS, said)
    assert not wanted(TOOLS, said, small=False)


@pytest.mark.parametrize(
    "said",
    [
        "hoy fui a la plaza con mi perro",
        "hoy me desperté a las 7",
        "mañana tengo dentista a las 9",
        "qué lista que es mi nena",
        "me saqué una nota altísima",
        "contame un chiste corto",
        "¿por qué el mar es salado?",
        "no me gusta el frío",
        "thanks, you're the best",
        "",
    ],
)
def test_what_asks_for_none_is_left_alone(said: str) -> None:
    assert not wanted(TOOLS, said, small=True)


def test_a_tool_that_is_off_is_not_named() -> None:
    without = [tool for tool in TOOLS if tool.name != "set_reminder"]
    assert wanted(without, "despertame a las 6 y media porfa", small=True) == []


def test_every_tool_of_the_house_has_examples() -> None:
    others = {likeness.NONE, likeness.BEYOND, likeness.DOSE, likeness.KNOWLEDGE}
    assert set(EXAMPLES) == {tool.name for tool in TOOLS} | others


def test_what_is_kept_is_what_the_examples_give() -> None:
    names, rarity, weights = likeness.fitted(EXAMPLES)
    with np.load(likeness.FITTED) as kept:
        assert list(kept["names"]) == list(names)
        assert np.allclose(kept["rarity"], rarity, atol=0.01)
        assert np.allclose(kept["weights"], weights, atol=0.01)


def test_what_is_measured_with_was_not_fitted_to() -> None:
    held_out = tomllib.loads(HELD_OUT.read_text("utf-8"))
    kept_back = [case for case in load(HOME / "evals", TOOLS_BY_NAME) if case.half == "final"]
    measured = {_bare(text) for texts in held_out.values() for text in texts}
    measured |= {_bare(turn.say) for case in kept_back for turn in case.turns}
    known = {_bare(text) for texts in EXAMPLES.values() for text in texts}
    assert measured & known <= {""}  # of a thumb or three dots no words are left


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))
