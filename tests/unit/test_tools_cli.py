"""`wasap tools`: what it shows is what the model gets."""

import asyncio
import json
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage
from typer.testing import CliRunner

from app.cli import cli
from app.errors import WasapError
from app.tools_cli import markdown
from graph.model import wire_schemas
from graph.settings import HOME
from tests.brain import open_model, settings
from tests.fake_ollama import FakeOllama
from tools.scan import find, scan


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no .env and mcp.json of the developer's
    monkeypatch.setenv("COLUMNS", "200")


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["tools", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_every_tool_has_a_row_with_effect_source_and_whether_it_is_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOOLS_DISABLED", "weather")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown().splitlines()]
    assert ["weather", "outside", "built in: tools/weather.py", "in TOOLS_DISABLED"] in rows
    assert ["remember", "write", "built in: tools/remember.py", "yes"] in rows


def test_the_json_is_what_goes_over_the_wire(ollama: FakeOllama, tmp_path: Path) -> None:
    async def send() -> None:
        async with open_model(settings(ollama, tmp_path)) as model:
            await model.answer([HumanMessage("Hola")], tools=wire_schemas(scan()))

    asyncio.run(send())
    wire = ollama.chats[0]["tools"]
    assert json.loads(shown("--json")) == wire
    [clock] = [one for one in wire if one["function"]["name"] == "clock"]
    assert json.loads(shown("clock")) == clock


def test_a_tool_that_does_not_exist_is_said() -> None:
    with pytest.raises(WasapError, match="There is no tool clok"):
        shown("clok")


def test_the_page_of_the_tools_is_up_to_date() -> None:
    page = (HOME / "docs" / "tools.md").read_text(encoding="utf-8")
    assert page == shown("--markdown") == markdown(find(plugins=()))
