"""A tool, where it comes from, and whether the model is offered it."""

from dataclasses import dataclass, replace
from typing import Self

from langchain_core.tools import BaseTool

UNKNOWN = "?"  # the name of the tools of a server that has not said which they are


@dataclass(frozen=True)
class Found:
    """What `wasap tools` shows as a row."""

    name: str
    source: str  # in words, such as "built in: tools/clock.py"
    tool: BaseTool | None = None  # None where none could be made
    group: str = ""  # TOOLS_ENABLED and TOOLS_DISABLED may name this instead: an MCP server
    off: str = ""  # why the model is not offered it

    def with_tool(self, tool: BaseTool) -> Self:
        return replace(self, tool=tool)

    def switched_off(self, why: str) -> Self:
        return replace(self, off=why)
