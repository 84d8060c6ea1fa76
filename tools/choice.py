"""Which of the tools that were found the model is offered (TOOLS_ENABLED, TOOLS_DISABLED)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import structlog
from langchain_core.tools import BaseTool

from tools.errors import ToolLoadError
from tools.found import UNKNOWN, Found
from tools.settings import ToolSettings

log = structlog.get_logger(__name__)

MAX_OF_GROUP = 20  # tools of one MCP server: each takes some 100 tokens of every prompt
NOT_ENABLED = "not in TOOLS_ENABLED"
DISABLED = "in TOOLS_DISABLED"
TOO_MANY = f"over {MAX_OF_GROUP} of its server: choose with TOOLS_DISABLED"


def choose(
    found: Sequence[Found], settings: ToolSettings, *, complete: bool = True
) -> tuple[Found, ...]:
    """The same rows in the same order, some switched off. Not `complete`: there may be more.

    Raises:
        ToolLoadError: a setting names a tool that does not exist.
    """
    _check("TOOLS_ENABLED", settings.tools_enabled, found, complete=complete)
    _check("TOOLS_DISABLED", settings.tools_disabled, found, complete=complete)
    counts: Counter[str] = Counter()  # by group
    chosen = []
    for row in found:
        why = row.off or _why_not(row, settings)
        if not why and row.group:
            counts[row.group] += 1
            why = TOO_MANY if counts[row.group] > MAX_OF_GROUP else ""
        chosen.append(row.switched_off(why))
    return tuple(chosen)


def offered(found: Iterable[Found]) -> tuple[BaseTool, ...]:
    """What is left when those that are off are left out."""
    return tuple(row.tool for row in found if row.tool and not row.off)


def usable(tools: Iterable[BaseTool], *, ports: Collection[str]) -> tuple[BaseTool, ...]:
    """Without those that need a port of the context which is not among `ports`."""
    needed = {tool.name: (tool.metadata or {}).get("needs") for tool in tools}
    return tuple(tool for tool in tools if needed[tool.name] in (None, "", *ports))


def _why_not(row: Found, settings: ToolSettings) -> str:
    if settings.tools_enabled and not _named(row, settings.tools_enabled):
        return NOT_ENABLED
    return DISABLED if _named(row, settings.tools_disabled) else ""


def _named(row: Found, names: Collection[str]) -> bool:
    return row.name in names or (bool(row.group) and row.group in names)


def _check(setting: str, names: Iterable[str], found: Sequence[Found], *, complete: bool) -> None:
    there = {name for row in found for name in (row.name, row.group)} - {"", UNKNOWN}
    wrong = [name for name in names if name not in there]
    if wrong and not complete:  # one of a server that we have never seen may be meant
        log.warning("tool_name_unknown", setting=setting, names=wrong)
    elif wrong:
        raise ToolLoadError(
            f"{setting}: there is no tool {', '.join(wrong)}. There are: {', '.join(sorted(there))}"
        )
