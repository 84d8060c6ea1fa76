"""Which tools the owner's words ask for, as a small model has to be told.

A cue is sure. Where there is none, likeness to examples tells: people ask for a reminder in more
ways than anybody writes cues for ("despertame a las 7"). Larger models know for themselves.
"""

from collections.abc import Iterable, Mapping

from langchain_core.tools import BaseTool

from tools.cues import cued
from tools.likeness import BEYOND, DOSE, KNOWLEDGE, NONE, shares

LIKELY = 0.42  # nine of ten messages that ask for a tool have it, one of a hundred others
# Of what else it may be, before a message is declined: a "no" to a question is worse than a vain
# promise.
AHEAD = 0.1
PLAINLY = 0.6
POSSIBLE = 0.3  # enough where the model has made the call by itself


def wanted(tools: Iterable[BaseTool], text: str, *, small: bool) -> list[str]:
    """Names of the tools that a message asks for; at most one by likeness alone."""
    offered = list(tools)
    if (names := cued(offered, text)) or not small:
        return names
    likely = _likely(shares(text))
    return [tool.name for tool in offered if tool.name == likely]


def possible(name: str, *texts: str) -> bool:
    """Whether one of the texts may ask for a tool of ours."""
    return any(shares(text).get(name, 0) >= POSSIBLE for text in texts if text.strip())


def is_beyond(text: str) -> bool:
    """Whether it is like messages that order what no tool of ours does."""
    return _likely(_told(text), ahead=AHEAD) == BEYOND


def asks_dose(text: str) -> bool:
    """Whether it is like messages that ask how much of a medicine to take."""
    return _likely(_told(text), ahead=AHEAD) == DOSE


def asks_knowledge(text: str) -> bool:
    """Whether it is like messages that ask what an encyclopedia says."""
    return _likely(shares(text)) == KNOWLEDGE


def is_talk(text: str) -> bool:
    """Whether it is plainly like messages that ask for nothing that is done."""
    return bool(text.strip()) and _told(text)[NONE] >= PLAINLY


def _likely(told: Mapping[str, float], *, ahead: float = 0) -> str:
    (best, share), (_, second) = sorted(told.items(), key=lambda one: -one[1])[:2]
    return best if share >= LIKELY and share - second >= ahead else NONE


def _told(text: str) -> Mapping[str, float]:
    """The shares, with what an encyclopedia answers among what asks for nothing."""
    told = dict(shares(text))
    told[NONE] += told.pop(KNOWLEDGE)
    return told
