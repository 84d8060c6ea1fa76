"""Which tools a message clearly asks for; see `cue` in tools.contract."""

from collections.abc import Iterable

from langchain_core.tools import BaseTool

from tools.contract import Effect
from tools.folding import fold

LOOKED_AT = 1_000  # characters: a clear request is short, and the cues take quadratic time


def cued(tools: Iterable[BaseTool], text: str) -> list[str]:
    """Names of the tools that a message clearly asks for."""
    folded = fold(text[:LOOKED_AT])
    about = {tool.name: tool.metadata or {} for tool in tools}
    cues = {name: one.get("cue") for name, one in about.items()}
    found = [name for name, cue in cues.items() if cue and cue.search(folded)]
    # Where an address is to be read, what is asked stands there: "¿desde qué hora? Mirá https://…"
    # asks for no clock.
    reads = [name for name in found if about[name].get("address")]
    kept = [name for name in found if about[name].get("effect") is Effect.WRITE]
    return [*reads, *kept] if reads else found
