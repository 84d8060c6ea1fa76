"""The figure of the tool choice counts right as right and wrong as wrong, and runs no tool."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.toolbox import Toolbox
from bench.choice import Outcome, figures, journal, measure
from bench.yardsticks import Request
from graph.errors import ModelRefused
from graph.settings import GraphSettings
from store.database import Database
from store.reminders import ReminderStore
from tests.brain import open_brain
from tests.fake_ollama import FakeOllama, Script, fail, tool_call, tool_calls

MODEL = "qwen3:8b"
SUM = {"expression": 66492}
GAS = {"text": ["gas"], "when": ["viernes", "18"]}
REMIND = tool_call("set_reminder", text="pagar el gas", when="el viernes a las 18")


def wish(text: str, tool: str = "", args: Mapping[str, Any] | None = None) -> Request:
    return Request(text, "es", tool, args or {}, final=False)


async def asked(ollama: FakeOllama, folder: Path, *wishes: Request) -> list[Outcome]:
    return await measure(ollama.url, MODEL, wishes, folder, lambda outcome: None)


@pytest.mark.parametrize(
    ("wanted", "said", "right_tool", "right"),
    [
        # The sum itself, and a sum that comes to something else.
        (wish("1847 por 36", "calculator", SUM),
         tool_call("calculator", expression="1847*36"), True, True),
        (wish("1847 por 36", "calculator", SUM),
         tool_call("calculator", expression="1847*63"), True, False),
        (wish("1847 por 36", "calculator", SUM), tool_call("calculator"), True, False),
        # Another tool, none, and one that does not exist.
        (wish("1847 por 36", "calculator", SUM), tool_call("clock", place="Tokio"), False, False),
        (wish("1847 por 36", "calculator", SUM), "Son 66.492.", False, False),
        (wish("1847 por 36", "calculator", SUM),
         tool_call("calculate", expression="1847*36"), False, False),
        # Something else besides.
        (wish("1847 por 36", "calculator", SUM),
         tool_calls(("calculator", {"expression": "1847*36"}), ("clock", {"place": "Tokio"})),
         False, False),
        # Written as text, which the graph reads as the call it is.
        (wish("1847 por 36", "calculator", SUM),
         '```json\n{"name": "calculator", "arguments": {"expression": "1847*36"}}\n```',
         True, True),
        (wish("hola!"), "¡Hola! ¿Cómo andás?", True, True),
        (wish("hola!"), tool_call("clock", place="Tokio"), False, False),
    ],
)  # fmt: skip
async def test_a_first_call_is_judged(
    ollama: FakeOllama, tmp_path: Path, wanted: Request, said: Script, right_tool: bool, right: bool
) -> None:
    ollama.script(said)
    [outcome] = await asked(ollama, tmp_path, wanted)
    assert (outcome.right_tool, outcome.right) == (right_tool, right)
    assert len(ollama.chats) == 1


async def test_no_tool_runs_and_no_message_knows_of_another(
    ollama: FakeOllama, tmp_path: Path
) -> None:
    wishes = [wish("recordame el viernes a las 18 pagar el gas", "set_reminder", GAS), wish("hola")]
    ollama.script(REMIND, "¡Hola!")
    assert all(one.right for one in await asked(ollama, tmp_path, *wishes))
    first, second = ollama.chats
    assert [one["role"] for one in second["messages"]] == ["system", "user"]
    assert (second["tools"], second["messages"][0]) == (first["tools"], first["messages"][0])
    database = Database(tmp_path / "choice.db")
    await database.open()
    assert not await ReminderStore(database).all("5491100000000")
    await database.close()


async def test_a_model_that_only_says_so_is_asked_again_as_in_the_product(
    ollama: FakeOllama, tmp_path: Path
) -> None:
    ollama.script("Listo, te agendé el gas.", REMIND)
    [outcome] = await asked(
        ollama, tmp_path, wish("recordame el viernes a las 18 pagar el gas", "set_reminder", GAS)
    )
    assert outcome.right
    assert outcome.marks == ["asked_again"]


async def test_the_model_reads_what_it_reads_in_the_product(
    ollama: FakeOllama, tmp_path: Path, database: Database
) -> None:
    await asked(ollama, tmp_path, wish("hola"))
    options = GraphSettings(_env_file=None, data_dir=tmp_path)
    async with (
        Toolbox.opened(options) as toolbox,
        open_brain(ollama, database, tools=await toolbox.offered()) as product,
    ):
        await product.say("hola")
    measured, real = (json.dumps(body, sort_keys=False) for body in ollama.chats)
    assert measured == real


async def test_what_was_measured_before_the_model_failed_is_kept(
    ollama: FakeOllama, tmp_path: Path
) -> None:
    ollama.script(tool_call("clock", place="Tokio"), fail(400, "no"))
    path = tmp_path / "results" / "choice.jsonl"
    with pytest.raises(ModelRefused):
        await measure(ollama.url, MODEL, [wish("hola"), wish("chau")], tmp_path, journal(path, 2))
    [line] = path.read_text(encoding="utf-8").splitlines()
    row = json.loads(line)
    assert (row["text"], row["right"]) == ("hola", False)
    assert row["calls"] == [{"name": "clock", "args": {"place": "Tokio"}}]


async def test_an_answer_of_ours_while_the_model_is_away_is_not_the_models(
    ollama: FakeOllama, tmp_path: Path
) -> None:
    ollama.fallback = fail(404, "model not found")
    with pytest.raises(RuntimeError, match="went away"):
        await asked(ollama, tmp_path, wish("recordame el viernes a las 18 pagar el gas"))


async def test_what_is_promised_is_kept_or_not(ollama: FakeOllama, tmp_path: Path) -> None:
    right = tool_call("calculator", expression="1847*36")
    ollama.script(*[right] * 4, tool_call("calculator", expression="1"), "¡Hola!", right)
    sums = [wish(f"1847 por 36 ({n})", "calculator", SUM) for n in range(5)]
    outcomes = await asked(ollama, tmp_path, *sums, wish("hola"), wish("buenas"))
    found = {one.name: (one.value, one.kept) for one in figures(outcomes, "")}
    assert found["tool choice, right tool and arguments (5)"] == (0.8, True)
    assert found["tool choice, small talk left alone (2)"] == (0.5, False)
    assert found["tool choice, right tool (5)"] == (1.0, True)
    assert found["tool choice, calculator (5)"] == (0.8, True)
