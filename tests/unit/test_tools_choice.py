"""TOOLS_ENABLED and TOOLS_DISABLED, and what is there to choose from."""

from pathlib import Path
from typing import Any

import pytest

from app.errors import SettingsError
from app.toolbox import Toolbox
from graph.settings import GraphSettings
from tools.choice import MAX_OF_GROUP, TOO_MANY, choose, usable
from tools.community import find_community
from tools.contract import Effect, tool
from tools.errors import ToolLoadError
from tools.foreign import foreign_tool
from tools.found import Found
from tools.mcp.config import read_config
from tools.scan import find
from tools.settings import ToolSettings

STAND_IN = "tests.community_stand_in"


def settings(**more: Any) -> ToolSettings:
    return ToolSettings(_env_file=None, **more)


async def _said(arguments: dict[str, Any]) -> str:
    return str(arguments)


def of_server(name: str, group: str = "libros") -> Found:
    tool = foreign_tool(name, "It.", {}, effect=Effect.READ, timeout_s=1, call=_said)
    return Found(name, f"MCP: {group}", tool, group=group)


def on(rows: tuple[Found, ...]) -> list[str]:
    return [row.name for row in rows if not row.off]


def test_nothing_named_is_all() -> None:
    found = find(plugins=())
    assert on(choose(found, settings())) == [row.name for row in found]


def test_only_what_is_enabled_and_not_what_is_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLS_ENABLED", " clock, calculator ,libros")
    monkeypatch.setenv("TOOLS_DISABLED", "libros_b")
    found = [*find(plugins=()), of_server("libros_a"), of_server("libros_b")]
    rows = choose(found, settings())
    assert on(rows) == ["calculator", "clock", "libros_a"]  # a server's name is all of its tools
    why = {row.name: row.off for row in rows}
    assert why["weather"] == "not in TOOLS_ENABLED"
    assert why["libros_b"] == "in TOOLS_DISABLED"


@pytest.mark.parametrize("setting", ["tools_enabled", "tools_disabled"])
def test_a_name_that_does_not_exist_is_said_with_those_that_do(setting: str) -> None:
    with pytest.raises(ToolLoadError, match=r"no tool clok\. There are: calculator, .*clock"):
        choose(find(plugins=()), settings(**{setting: "clok,clock"}))


def test_a_name_may_be_of_a_server_that_was_never_seen() -> None:
    rows = choose(find(plugins=()), settings(tools_enabled="clock,find_book"), complete=False)
    assert on(rows) == ["clock"]


def test_a_server_with_many_tools_does_not_fill_the_window() -> None:
    many = [of_server(f"t{n:02}") for n in range(MAX_OF_GROUP + 5)]
    rows = choose([*find(plugins=()), *many], settings(tools_disabled="t00,t01"))
    assert [row.name for row in rows if row.off == TOO_MANY] == ["t22", "t23", "t24"]


async def test_a_wrong_name_is_an_error_of_the_start(tmp_path: Path) -> None:
    options = GraphSettings(_env_file=None, data_dir=tmp_path, tools_disabled="clok")
    async with Toolbox.opened(options) as opened:
        with pytest.raises(SettingsError, match=r"(?s)Cannot start.*TOOLS_DISABLED: .* clok"):
            await opened.offered()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Invalid JSON"),
        ('{"mcpServers": []}', "mcpServers: Input should be"),
        ('{"mcpServers": {"a": {}}}', 'mcpServers.a: give it either a "command" or a "url"'),
        ('{"mcpServers": {"a": {"command": "x", "url": "y"}}}', "mcpServers.a: give it either"),
        ('{"mcpServers": {"a": {"url": "y", "effect": "canary"}}}', "mcpServers.a.effect: "),
        (None, "there is no file"),
    ],
)
def test_a_wrong_file_of_servers_is_named_and_not_shown(
    tmp_path: Path, text: str | None, said: str
) -> None:
    path = tmp_path / "mcp.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ToolLoadError) as caught:
        read_config(path, must_exist=True)
    assert caught.value.text.startswith("MCP_CONFIG: ")
    assert said in caught.value.text
    assert "canary" not in caught.value.text


def test_servers_are_read_as_other_clients_write_them(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    assert read_config(path, must_exist=False) == {}
    path.write_text(
        '{"mcpServers": {"off": {"command": "x", "disabled": true}, "far": {"url": "https://x/"},'
        ' "b": {"command": "npx", "args": ["-y", "it"], "env": {"K": "v"}, "autoApprove": []}}}'
    )
    servers = read_config(path, must_exist=True)
    assert list(servers) == ["b", "far"]
    assert (servers["b"].args, servers["b"].effect_of("any")) == (("-y", "it"), Effect.OUTSIDE)


async def test_a_community_tool_is_named_by_its_place() -> None:
    [row] = find_community([f"{STAND_IN}:Encyclopedia"])
    assert (row.name, row.source) == ("encyclopedia", "community")
    assert row.tool is not None
    assert (row.tool.metadata or {})["effect"] is Effect.OUTSIDE
    assert row.tool.args == {"query": {"type": "string", "description": "What to look up."}}
    assert await row.tool.ainvoke({"query": "mate"}) == "mate: una infusión"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wikipedia", r"COMMUNITY_TOOLS names wikipedia.*pip install 'wasap\[community\]'"),
        (f"{STAND_IN}:Nothing", "cannot be loaded"),
        (f"{STAND_IN}:NeedsAKey", "cannot be loaded .*api_key"),
        (f"{STAND_IN}:QUESTION", "is no LangChain tool"),
        (f"{STAND_IN}:Nested", "'query' is nested"),
        ("no_such_module:Tool", "cannot be loaded"),
    ],
)
def test_a_community_tool_that_cannot_be_had_is_said(name: str, said: str) -> None:
    with pytest.raises(ToolLoadError, match=said):
        find_community([name])


async def test_a_community_tool_comes_after_ours(tmp_path: Path) -> None:
    options = GraphSettings(
        _env_file=None, data_dir=tmp_path, community_tools=f"{STAND_IN}:Encyclopedia"
    )
    async with Toolbox.opened(options) as opened:
        names = [tool.name for tool in await opened.offered()]
    assert names == [*(row.name for row in find()), "encyclopedia"]


def test_a_tool_that_needs_a_port_is_offered_where_there_is_one() -> None:
    @tool(effect=Effect.READ, needs="pictures")
    async def look() -> str:
        """Look."""
        return ""

    @tool(effect=Effect.READ)
    async def think() -> str:
        """Think."""
        return ""

    assert usable((look, think), ports=()) == (think,)
    assert usable((look, think), ports={"pictures"}) == (look, think)
