"""What the owner meant by what they asked for: a tool may mend the arguments of its calls.

Small models choose the right tool and then copy an argument from somewhere else. What the owner has
just typed decides, and nothing that others wrote.
"""

from collections.abc import Mapping, Sequence

from langchain_core.messages import ToolCall
from langchain_core.tools import BaseTool


def as_meant(
    calls: Sequence[ToolCall], tools: Mapping[str, BaseTool], own_words: str, language: str
) -> list[ToolCall]:
    """The calls, mended. Of two calls of one tool nobody can tell which words are meant."""
    names = [call["name"] for call in calls]
    mended = []
    for call in calls:
        tool = tools.get(call["name"])
        meant = (tool.metadata or {}).get("meant") if tool else None
        if meant and own_words and names.count(call["name"]) == 1:
            call = ToolCall(**{**call, "args": meant(call["args"], own_words, language)})
        mended.append(call)
    return mended
