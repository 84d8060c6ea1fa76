"""Which tools the owner's words ask for, as a small model has to be told.

A cue is sure. Where there is none, likeness to examples tells: people ask for a reminder in more
ways than anybody writes cues for ("despertame a las 7"). Larger models know for themselves.
"""

from collections.abc import Iterable

from langchain_core.tools import BaseTool

from tools.cues import cued
from tools.likeness import NONE, shares

LIKELY = 0.45  # nine of ten messages that ask for a tool have it, one of a hundred others
POSSIBLE = 0.3  # enough where the model has made the call by itself


def wanted(tools: Iterable[BaseTool], text: str, *, small: bool) -> list[str]:
    """Names of the tools that a message asks for; at most one by likeness alone."""
    offered = list(tools)
    if (names := cued(offered, text)) or not small or not text.strip():
        return names
    share = shares(text)
    best = max(share, key=lambda name: share[name])
    is_wanted = best != NONE and share[best] >= LIKELY
    return [tool.name for tool in offered if is_wanted and tool.name == best]


def possible(name: str, *texts: str) -> bool:
    """Whether one of the texts may ask for a tool of ours."""
    return any(shares(text).get(name, 0) >= POSSIBLE for text in texts if text.strip())
