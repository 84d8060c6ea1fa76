"""The shipped cases: a model that does right passes each of them, one that does wrong fails it.

Some of them here; all with `EVERY=1 pytest tests/unit/test_eval_cases.py`.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.evals.command import settings_for
from app.evals.conversation import Mind
from app.evals.running import run_case
from app.evals.scenarios import AREAS, Case, Turn, load
from app.evals.world import tools_of
from app.model_server import ModelServer
from graph.prompts import Prompts
from graph.settings import HOME
from tests.fake_ollama import FakeOllama, Script, say, tool_call
from tools.scan import scan

CASES = load(HOME / "evals", {tool.name: tool for tool in scan(plugins=())})
EVERY = int(os.environ.get("EVERY", "16"))  # one case in so many
UNITS = {
    "es-tools-libras": ("lb", "kg"),
    "es-tools-millas": ("millas", "km"),
    "es-tools-pulgadas": ("pulgadas", "cm"),
    "es-tools-horno": ("fahrenheit", "celsius"),
    "en-tools-pounds": ("kg", "pounds"),
    "en-tools-feet": ("feet", "cm"),
}
# What code says from the row: the model need not.
RECEIPTS = {"set_reminder", "cancel_reminder", "save_note", "list_add", "list_tick", "remember"}
GOOD = {"es": "Bueno, acá te lo digo para que lo tengas:", "en": "Here is what you asked for:"}
WRONG = {"es": "Mirá vos, qué cosa.", "en": "Well, look at that."}


def first(words: object) -> str:
    return str(words).split("|")[0]


def right(case: Case, turn: Turn) -> Iterator[Script]:
    """What a model says that does all that is asked."""
    if turn.tool:
        given: dict[str, object] = {
            name: ", ".join(map(first, wanted)) if isinstance(wanted, list) else wanted
            for name, wanted in turn.arguments.items()
        }
        if turn.tool == "set_reminder":
            given["when"] = turn.say
        elif turn.tool == "remember":
            given["fact"] = turn.say.replace(" that ", " que ").split(" que ", 1)[1]
        elif turn.tool == "convert_units":
            given["from_unit"], given["to_unit"] = UNITS[case.id]
        elif turn.tool == "read_page":
            given["url"] = next(word for word in turn.say.split() if word.startswith("http"))
        elif turn.tool in ("web_search", "search_documents"):
            given.setdefault("query", turn.say)
        elif turn.tool == "calculator":
            given["expression"] = str(given["expression"])
        yield tool_call(
            turn.tool, **{name: str(one).removeprefix("=") for name, one in given.items()}
        )
    told = () if turn.tool in RECEIPTS else map(first, turn.contains)
    yield say(f"{GOOD[case.language]} {' '.join(told)}")


def wrong(turn: Turn, language: str) -> list[Script]:
    """What a model says that does the opposite: a tool where none is, none where one is."""
    if turn.tool == "" and not turn.contains:
        return [tool_call("web_search", query=turn.say), say(WRONG[language])]
    return [say(WRONG[language])]


def mind(ollama: FakeOllama) -> Mind:
    settings = settings_for("qwen3:8b").model_copy(update={"ollama_warm_up": False})
    server = ModelServer(ollama.url, "qwen3:8b", embedded=False)
    return Mind(settings, server, Prompts(HOME / "prompts"), tools_of(settings), embedder=None)


def sample() -> list[Case]:
    """Some of each area."""
    return sorted(CASES, key=lambda case: case.area)[::EVERY]


async def test_a_right_answer_passes(ollama: FakeOllama) -> None:
    for case in sample():
        ollama.forget()
        for turn in case.turns:
            if not turn.is_command:
                ollama.script(*right(case, turn))
        result = await run_case(case, mind(ollama))
        assert result.passed, (case.id, result.wrong, result.tries[-1].exchanges)
        assert not ollama.unused, case.id


async def test_a_wrong_answer_fails(ollama: FakeOllama) -> None:
    for case in sample():
        ollama.forget()
        for turn in case.turns:
            if not turn.is_command:
                ollama.script(*wrong(turn, case.language))
        result = await run_case(case, mind(ollama))
        assert not result.passed, (case.id, result.tries[-1].exchanges)


def test_there_are_enough_of_each_and_half_of_them_are_kept_back() -> None:
    spoken = Counter(case.language for case in CASES)
    assert spoken["es"] >= 120
    assert spoken["en"] >= 40
    halves = Counter((case.language, case.area, case.half) for case in CASES)
    for language in ("es", "en"):
        for area in AREAS:
            assert halves[language, area, "tuning"] == halves[language, area, "final"] > 0


def test_no_case_of_the_final_half_is_one_to_tune_with() -> None:
    tuning = {turn.say for case in CASES if case.half == "tuning" for turn in case.turns}
    tuning -= {say for say in tuning if say.startswith("/")}
    final = {turn.say for case in CASES if case.half == "final" for turn in case.turns}
    assert not tuning & final


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_files_lie_where_their_language_says(language: str) -> None:
    for path in (HOME / "evals" / language).glob("*.toml"):
        assert f'language = "{language}"' in path.read_text(encoding="utf-8")
        assert Path(path).stem in AREAS
