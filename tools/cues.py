"""Which tools a message clearly asks for; see `cue` in tools.contract."""

from collections.abc import Iterable

from langchain_core.tools import BaseTool

from tools.folding import fold

LOOKED_AT = 1_000  # characters: a clear request is short, and the cues take quadratic time


def cued(tools: Iterable[BaseTool], text: str) -> list[str]:
    """Names of the tools that a message clearly asks for."""
    folded = fold(text[:LOOKED_AT])
    cues = {tool.name: (tool.metadata or {}).get("cue") for tool in tools}
    return [name for name, cue in cues.items() if cue and cue.search(folded)]
