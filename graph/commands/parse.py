"""Reads a slash command: "/Recordár soy celíaca" -> name "recordar", argument "soy celíaca"."""

import re
from dataclasses import dataclass

from tools.folding import fold

# A letter must follow the slash: "/ 2" and "/2" are no commands.
COMMAND = re.compile(r"\s*/\s?([^\W\d_][\w-]*)[.,:;!?]*(?=\s|$)\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Typed:
    """A command as typed; the name without case and accents."""

    name: str
    argument: str


def parse(text: str) -> Typed | None:
    """None when the text is no command."""
    match = COMMAND.match(text)
    return Typed(fold(match[1]), match[2].strip()) if match else None
