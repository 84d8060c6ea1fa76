"""The tools of a try: the real ones, but what would leave this machine gives what the case says.

So a case means the same on every day, and a search in it asks nobody.
"""

from collections.abc import Mapping
from typing import Any

from langchain_core.tools import BaseTool

from graph.settings import GraphSettings
from tools.choice import choose, offered
from tools.contract import Effect
from tools.errors import Refused
from tools.scan import find


def tools_of(settings: GraphSettings) -> tuple[BaseTool, ...]:
    """What the model is offered, MCP servers apart: those would really do it."""
    return offered(choose(find(), settings, complete=False))


def with_given(tools: tuple[BaseTool, ...], gives: Mapping[str, str]) -> tuple[BaseTool, ...]:
    """The same to the model; those of `gives` have that result, others that reach out time out."""
    return tuple(
        _canned(tool, gives.get(tool.name)) if tool.name in gives or _reaches_out(tool) else tool
        for tool in tools
    )


def _reaches_out(tool: BaseTool) -> bool:
    about = tool.metadata or {}
    return about.get("effect") == Effect.OUTSIDE or bool(about.get("address"))


def _canned(tool: BaseTool, result: str | None) -> BaseTool:
    async def give(**arguments: Any) -> str:
        if result is None:
            raise Refused("tool_timeout", name=tool.name)
        return result

    return tool.model_copy(update={"coroutine": give})
