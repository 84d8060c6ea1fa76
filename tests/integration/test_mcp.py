"""Tools of MCP servers, in real processes: offered, called, no trouble when they are in some."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from langchain_core.tools import BaseTool

from app.simulator.serving import BackgroundServer
from app.toolbox import MEMORY, START_S, Toolbox
from store.database import Database
from tests.brain import open_brain, settings
from tests.fake_ollama import FakeOllama, tool_call
from tests.mcp_double import server
from tests.stack import SECRET, TOKEN, Stack
from tools.contract import Effect
from tools.errors import Refused, ToolError
from tools.found import Found
from tools.scan import scan

DOUBLE = Path(__file__).parent.parent / "mcp_double.py"
OURS = [tool.name for tool in scan(plugins=())]
THEIRS = ["libros_calculator", "die", "environment", "find_book", "refuse", "who"]


def config(folder: Path, **servers: dict[str, Any]) -> Path:
    path = folder / "mcp.json"
    path.write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    return path


def double(*mode: str, **more: Any) -> dict[str, Any]:
    return {"command": sys.executable, "args": [str(DOUBLE), *(mode or ("good",))], **more}


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama().serve() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@asynccontextmanager
async def toolbox(
    ollama: FakeOllama, folder: Path, *, wait_s: float = START_S, **servers: dict[str, Any]
) -> AsyncIterator[dict[str, Found]]:
    """The rows by name, in their order."""
    options = settings(ollama, folder, mcp_config=config(folder, **servers))
    async with Toolbox.opened(options) as opened:
        yield {row.name: row for row in await opened.found(wait_s=wait_s)}


def on(rows: dict[str, Found]) -> list[str]:
    return [row.name for row in rows.values() if not row.off]


def made(rows: dict[str, Found], name: str) -> BaseTool:
    tool = rows[name].tool
    assert tool is not None
    return tool


async def test_a_servers_tools_come_after_ours_each_with_its_source(
    ollama: FakeOllama, folder: Path
) -> None:
    async with toolbox(ollama, folder, libros=double()) as rows:
        assert on(rows) == [*OURS, *THEIRS]
        assert rows["find_book"].source == "MCP: libros"
        assert "'filter' is nested" in rows["needs_a_filter"].off
        assert made(rows, "libros_calculator").name == "libros_calculator"  # ours keeps its name
        assert await made(rows, "libros_calculator").ainvoke({"expression": "1"}) == "= 1"


async def test_effects_are_outside_unless_the_file_says_otherwise(
    ollama: FakeOllama, folder: Path
) -> None:
    marked = double(effect="read", tools={"die": {"effect": "write"}})
    async with toolbox(ollama, folder, plain=double(), marked=marked) as rows:
        effects = {name: (row.tool.metadata or {})["effect"] for name, row in rows.items()
                   if row.tool and row.group}  # fmt: skip
    assert effects["marked_who"] is Effect.READ
    assert effects["marked_die"] is Effect.WRITE
    assert effects["plain_who"] is Effect.OUTSIDE


async def test_the_process_gets_nothing_of_our_environment(
    ollama: FakeOllama, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHATSAPP_ACCESS_TOKEN", "canary")
    monkeypatch.setenv("SOME_API_KEY", "canary")
    async with toolbox(ollama, folder, libros=double(env={"OWN": "mine"})) as rows:
        seen = json.loads(await made(rows, "environment").ainvoke({}))
    assert seen["OWN"] == "mine"
    assert "canary" not in str(seen)
    known = {"PATH", "HOME", "LANG", "USER", "LOGNAME", "SHELL", "TERM", "OWN"}
    assert seen.keys() <= known | {"LC_CTYPE"}  # Python sets that one itself


async def test_a_turn_uses_a_tool_and_holds_its_result_for_outside_content(
    ollama: FakeOllama, folder: Path, database: Database
) -> None:
    async with toolbox(ollama, folder, libros=double(effect="read")) as rows:
        tools = [row.tool for row in rows.values() if row.tool]
        async with open_brain(ollama, database, tools=tools) as brain:
            ollama.script(
                tool_call("find_book", query="ficciones", limit="3"),
                tool_call("set_reminder", text="leer", when="mañana a las 9"),
            )
            assert await brain.say("¿de quién es Ficciones?") == ""
            assert [one["name"] for one in brain.asked] == ["set_reminder"]  # and not set
            told = ollama.chats[0]["tools"]
            said = [one["content"] for one in ollama.chats[-1]["messages"] if one["role"] == "tool"]
    [found] = [one["function"] for one in told if one["function"]["name"] == "find_book"]
    assert found["parameters"]["properties"]["limit"]["type"] == "integer"
    assert set(found["parameters"]["properties"]) == {"query", "limit"}
    assert "<<<\nficciones (3): «Ficciones», de Borges\n>>>" in said[0]


async def test_a_call_that_fails_is_one_short_sentence(
    ollama: FakeOllama, folder: Path, database: Database
) -> None:
    async with toolbox(ollama, folder, libros=double()) as rows:
        async with open_brain(ollama, database, tools=[made(rows, "refuse")]) as brain:
            ollama.script(tool_call("refuse"), "No hay.")
            assert await brain.say("buscá") == "No hay."
            said = ollama.chats[-1]["messages"][-1]["content"]
        with pytest.raises(Refused, match="tool_bad_arguments"):
            await made(rows, "find_book").ainvoke({})
    assert said.startswith("libros dice que no pudo: ")
    assert said.endswith("no hay libros con ese nombre")


async def test_a_server_that_dies_is_started_again(ollama: FakeOllama, folder: Path) -> None:
    async with toolbox(ollama, folder, libros=double()) as rows:
        before = await made(rows, "who").ainvoke({})
        with pytest.raises(Refused, match="mcp_away"):
            await made(rows, "die").ainvoke({})
        after = await made(rows, "who").ainvoke({})  # waits for the new one
    assert before != after


@pytest.mark.parametrize("mode", ["dead", "hung", "garbage"])
async def test_a_server_in_trouble_hurts_neither_the_start_nor_the_others(
    ollama: FakeOllama, folder: Path, mode: str, capfd: pytest.CaptureFixture[str]
) -> None:
    servers = {"libros": double(), "malo": double(mode)}
    async with toolbox(ollama, folder, wait_s=6.0, **servers) as rows:
        assert on(rows) == [*OURS, *THEIRS]
        assert [row.off for row in rows.values() if row.group == "malo"] == [
            "the server has not answered yet"
        ]
        assert await made(rows, "who").ainvoke({})
    assert "canary" not in capfd.readouterr().err


async def test_a_command_that_does_not_exist_costs_no_wait(
    ollama: FakeOllama, folder: Path
) -> None:
    nowhere = {"command": "wasap-no-such-command"}
    async with toolbox(ollama, folder, wait_s=100.0, malo=nowhere) as rows:
        assert on(rows) == OURS


async def test_what_a_server_offered_last_stands_while_it_is_away(
    ollama: FakeOllama, folder: Path
) -> None:
    away = double(env={"MODE": "hung"})
    async with toolbox(ollama, folder, libros=double()) as rows:
        told = [(name, row.tool and row.tool.args) for name, row in rows.items()]
    async with toolbox(ollama, folder, libros=away) as rows:
        assert [(name, row.tool and row.tool.args) for name, row in rows.items()] == told
    async with toolbox(ollama, folder, wait_s=0.1, libros=double("hung")) as rows:
        assert on(rows) == OURS  # of the same name, and another one
    (folder / MEMORY).write_text("{broken")
    async with toolbox(ollama, folder, wait_s=0.1, libros=away) as rows:
        assert on(rows) == OURS


async def test_a_server_that_is_late_is_offered_at_the_next_start(
    ollama: FakeOllama, folder: Path
) -> None:
    sign = folder / "now"
    options = settings(ollama, folder, mcp_config=config(folder, libros=double("late", str(sign))))
    async with Toolbox.opened(options) as opened:
        assert [row.name for row in await opened.found(wait_s=0.1) if not row.off] == OURS
        sign.touch()
        await opened.found(wait_s=60.0)  # it is up now
    async with Toolbox.opened(options) as opened:
        assert [row.name for row in await opened.found() if not row.off] == [*OURS, *THEIRS]


async def test_an_unknown_error_of_a_call_is_a_tool_error(ollama: FakeOllama, folder: Path) -> None:
    async with toolbox(ollama, folder, libros=double()) as rows:
        tool = made(rows, "find_book")
        with pytest.raises(ToolError, match="mcp_failed"):
            await tool.ainvoke({"query": {"not": "a text"}})


async def test_a_server_at_an_address(ollama: FakeOllama, folder: Path) -> None:
    with BackgroundServer(server.streamable_http_app()) as far:
        async with toolbox(ollama, folder, libros={"url": f"{far.url}/mcp"}) as rows:
            assert on(rows) == [*OURS, *THEIRS]
            assert "Borges" in await made(rows, "find_book").ainvoke({"query": "ficciones"})


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("product")
    path = config(folder, libros=double(effect="read"))
    with Stack(folder, MCP_CONFIG=str(path)) as stack:
        yield stack


def test_the_product_with_a_server_keeps_its_secrets(product: Stack) -> None:
    product.ollama.script(tool_call("environment"), "Listo.")
    product.write("mirá")
    assert product.replies(1) == ["Listo."]
    result = product.ollama.chats[-1]["messages"][-1]
    assert (result["role"], result["tool_name"]) == ("tool", "environment")
    assert "PATH" in result["content"]
    assert not [secret for secret in (TOKEN, SECRET, "WHATSAPP") if secret in result["content"]]


def test_a_wrong_name_ends_the_start_with_a_sentence(product: Stack, tmp_path: Path) -> None:
    settings = {"PORT": "0", "ADMIN_PORT": "0", "DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve"],
        env=product.environment | settings | {"TOOLS_DISABLED": "find_book,clok"},
        cwd=DOUBLE.parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = " ".join(ended.stderr.split())
    assert ended.returncode == 1
    assert "- TOOLS_DISABLED: there is no tool clok. There are: calculator, " in said
    assert "Traceback" not in said
