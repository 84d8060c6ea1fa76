"""Tools of other people's making, as ours are: flat arguments, an effect, a time limit.

What they return was written by others, whatever their effect.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.tools import BaseTool

from tools.contract import Effect
from tools.errors import Refused
from tools.flat import Schema, flat

Call = Callable[[dict[str, Any]], Awaitable[str]]

MAX_DESCRIPTION = 300  # characters: every prompt carries it
MAX_NAME = 64  # characters
_NUMBERS: dict[str, Callable[[str], Any]] = {"integer": int, "number": float}


class ForeignTool(BaseTool):
    """Passes its arguments on to `call`."""

    call: Call

    def _run(self, **arguments: Any) -> str:
        raise NotImplementedError("tools are called in the event loop")

    async def _arun(self, **arguments: Any) -> str:
        missing = [name for name in self.tool_call_schema["required"] if name not in arguments]  # type: ignore[index]
        if missing:
            raise Refused("tool_bad_arguments", name=self.name, arguments=", ".join(missing))
        return await self.call({name: self._typed(name, one) for name, one in arguments.items()})

    def _typed(self, name: str, value: Any) -> Any:
        """Small models write "5" where a number is asked for, and not all servers read that."""
        read = _NUMBERS.get(self.args.get(name, {}).get("type", ""))
        if read is None or not isinstance(value, str):
            return value
        try:
            return read(value)
        except ValueError:
            return value


def foreign_tool(
    name: str, description: str, schema: Schema, *, effect: Effect, timeout_s: float, call: Call
) -> ForeignTool:
    """Make one; its name may hold anything, its schema may be nested where it is optional.

    Raises:
        ToolLoadError: the model could not be told about its arguments.
    """
    about = {
        "effect": effect,
        "timeout_s": timeout_s,
        "injected": (),
        "cue": None,
        "outside_content": True,
        "address": "",
        "undo": None,
    }
    return ForeignTool(
        name=plain_name(name),
        description=_short(description) or name,
        args_schema=flat(schema),
        metadata=about,
        call=call,
    )


def plain_name(name: str) -> str:
    """A name that models and their templates can write."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:MAX_NAME]


def _short(description: str) -> str:
    """The beginning, up to the end of a sentence where one is near."""
    text = " ".join(description.split())
    if len(text) <= MAX_DESCRIPTION:
        return text
    cut = text[:MAX_DESCRIPTION]
    whole, dot, _ = cut.rpartition(". ")
    return whole + dot.strip() if dot else f"{cut.rpartition(' ')[0]}…"
