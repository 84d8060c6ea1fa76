"""A page with generated parts, each between two comments that stay:

<!-- made: findings token_expired token_dies -->
...
<!-- end -->
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_PART = re.compile(r"(<!-- made: (\w+)([\w* .]*) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """What stands in the first comment of a part, and on which page."""

    arguments: Sequence[str]
    language: str  # es, en
    on_page: Sequence[str]  # the arguments of all parts of this name

    @classmethod
    def of(cls, match: re.Match[str], text: str, language: str) -> "Asked":
        """What one part asks for."""
        same = [one[3].split() for one in _PART.finditer(text) if one[2] == match[2]]
        return cls(match[3].split(), language, [name for one in same for name in one])


Maker = Callable[[Asked], str]


def filled(text: str, language: str, makers: Mapping[str, Maker]) -> str:
    """The page with its parts made anew. KeyError for a part that nobody makes."""

    def part(match: re.Match[str]) -> str:
        made = makers[match[2]](Asked.of(match, text, language))
        return f"{match[1]}\n{made.strip()}\n\n{match[4]}"

    return _PART.sub(part, text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
