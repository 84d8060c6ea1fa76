"""Tools of langchain-community, named in COMMUNITY_TOOLS.

That package is no longer looked after, so it is an extra and nothing of it is loaded unasked.
"""

import importlib
import importlib.util
import warnings
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from tools.contract import Effect
from tools.errors import ToolLoadError
from tools.foreign import foreign_tool, plain_name
from tools.found import Found

PACKAGE = "langchain_community"
LOADER = f"{PACKAGE}.agent_toolkits.load_tools"
TIMEOUT_S = 30.0
MAX_WHY = 200  # characters
SOURCE = "community"


def find_community(names: Iterable[str]) -> tuple[Found, ...]:
    """The tools that are named, sorted: "wikipedia", or "some.module:SomeTool".

    Raises:
        ToolLoadError: one is not there, needs more than its name, or the extra is not installed.
    """
    rows = [Found(one.name, SOURCE, one) for name in names for one in _foreign(name)]
    return tuple(sorted(rows, key=lambda row: row.name))


def _foreign(name: str) -> Iterator[BaseTool]:
    for one in _loaded(name):
        schema = convert_to_openai_tool(one)["function"].get("parameters", {})
        try:
            yield foreign_tool(
                plain_name(one.name),
                one.description,
                schema,
                effect=Effect.OUTSIDE,
                timeout_s=TIMEOUT_S,
                call=partial(_call, one),
            )
        except ToolLoadError as error:
            raise ToolLoadError(f"COMMUNITY_TOOLS: {name}: {error.text}") from error


async def _call(tool: BaseTool, arguments: dict[str, Any]) -> str:
    return str(await tool.ainvoke(arguments))


def _loaded(name: str) -> list[BaseTool]:
    module, colon, attribute = name.partition(":")
    if (not colon or module.startswith(PACKAGE)) and importlib.util.find_spec(PACKAGE) is None:
        raise ToolLoadError(
            f"COMMUNITY_TOOLS names {name}, but langchain-community is not installed:"
            " pip install 'wasap[community]'"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # each import says that the package is sunset
            if not colon:
                return list(importlib.import_module(LOADER).load_tools([name]))
            found = getattr(importlib.import_module(module), attribute)
            tool = found() if isinstance(found, type) else found
    except Exception as error:  # whatever another package may raise
        why = " ".join(str(error).split())[:MAX_WHY]
        raise ToolLoadError(f"COMMUNITY_TOOLS: {name} cannot be loaded ({why})") from error
    if not isinstance(tool, BaseTool):
        raise ToolLoadError(f"COMMUNITY_TOOLS: {name} is no LangChain tool")
    return [tool]
