"""`wasap tools`: what the model may do, where each tool comes from, and what it is told."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import typer
from langchain_core.tools import BaseTool
from ollama import Tool
from rich.console import Console
from rich.table import Table

from app.errors import WasapError
from app.settings import graph_settings
from app.toolbox import Toolbox
from graph.model import wire_schemas
from tools.choice import offered
from tools.found import Found
from tools.scan import find

CONNECT_S = 60.0  # a server may have to be fetched first

_PAGE = """\
# Tools

What the model may do. Made by `wasap tools --markdown`; `wasap tools` lists what is on in your own
installation, `wasap tools NAME` shows what the model reads.

| effect | means |
|---|---|
| read | changes nothing |
| write | changes the owner's data |
| outside | reaches beyond this machine |
"""


def show_tools(name: str, *, as_json: bool, as_markdown: bool) -> None:
    """Print what is asked for. Raises WasapError."""
    if as_markdown:
        typer.echo(markdown(find(plugins=())), nl=False)
        return
    found = asyncio.run(_found())
    if not name and not as_json:
        Console().print(_table(found))
        return
    tools = [row.tool for row in found if row.tool and row.name == name]
    if name and not tools:
        why = next((f": {row.off}" for row in found if row.name == name), "")
        raise WasapError(f"There is no tool {name}{why}.")
    told = on_the_wire(tools or offered(found))
    typer.echo(json.dumps(told[0] if name else told, ensure_ascii=False, indent=2))


def on_the_wire(tools: Iterable[BaseTool]) -> list[dict[str, Any]]:
    """The tools as Ollama's client sends them: it drops what it does not know."""
    schemas = wire_schemas(tuple(tools))
    return [Tool.model_validate(one).model_dump(exclude_none=True) for one in schemas]


def markdown(found: Iterable[Found]) -> str:
    """docs/tools.md."""
    return "\n".join([_PAGE, *(_section(row) for row in found)])


async def _found() -> tuple[Found, ...]:
    async with Toolbox.opened(graph_settings()) as toolbox:
        return await toolbox.found(wait_s=CONNECT_S, everyone=True)


def _table(found: Iterable[Found]) -> Table:
    table = Table("tool", "effect", "source", "on")
    for row in found:
        table.add_row(row.name, _effect(row.tool), row.source, row.off or "yes")
    return table


def _effect(tool: BaseTool | None) -> str:
    return str((tool.metadata or {})["effect"]) if tool else "?"


def _section(row: Found) -> str:
    [told] = on_the_wire([row.tool] if row.tool else [])
    function = told["function"]
    arguments = function["parameters"].get("properties", {})
    required = function["parameters"].get("required", ())
    lines = [
        f"## {row.name}\n",
        f"{function['description']}\n",
        f"Effect: {_effect(row.tool)}. Source: {row.source.removeprefix('built in: ')}.\n",
    ]
    if arguments:
        lines += ["| argument | type | means |", "|---|---|---|"]
    for name, about in arguments.items():
        kind = about["type"] if name in required else f"{about['type']}, may be left out"
        text = " ".join(about.get("description", "").split()).replace("|", "\\|")
        lines.append(f"| {name} | {kind} | {text} |")
    return "\n".join(lines).rstrip() + "\n"
