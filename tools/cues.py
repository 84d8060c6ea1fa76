"""Which tools a message clearly asks for; see `cue` in tools.contract."""

from collections.abc import Iterable

from langchain_core.tools import BaseTool

from tools.folding import fold


def cued(tools: Iterable[BaseTool], text: str) -> list[str]:
    """Names of the tools that a message clearly asks for."""
    folded = fold(text)
    cues = {tool.name: (tool.metadata or {}).get("cue") for tool in tools}
    return [name for name, cue in cues.items() if cue and cue.search(folded)]
