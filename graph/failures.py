"""What is said of a tool that gave no result, where a small model says nothing of it.

"El tiempo parece tranquilo", said Qwen2.5 1.5B of a forecast that never came; and to a reminder
without an hour, "no puedo ayudarte con eso" instead of "¿A qué hora?".
"""

import re
from collections.abc import Sequence

from langchain_core.messages import AnyMessage, ToolMessage

from graph.taint import NOT_DONE
from tools.folding import fold

# Key in additional_kwargs of a tool's message: its sentence is one of ours for the owner.
SAID_AS_IT_IS = "said_as_it_is"

_ADMITTED = re.compile(
    r"\bno\b|\bnot\b|n['’]t\b|\b(?:cannot|unable|fail\w*|error|problem\w*|tardo|sin respuesta)\b"
)


def failed(turn: Sequence[AnyMessage]) -> ToolMessage | None:
    """The newest call of the turn, where nothing came of it."""
    last = turn[-1] if turn else None
    if not isinstance(last, ToolMessage) or last.status != "error":
        return None
    return None if NOT_DONE in last.additional_kwargs else last  # the owner said no to it


def admits(text: str) -> bool:
    """Whether a reply says that something did not work, or asks for what is missing."""
    return "?" in text or bool(_ADMITTED.search(fold(text)))
