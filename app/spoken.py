"""Answers as one says them aloud: no markup, no addresses; "" for what has to be read.

Numbers, dates and signs are left to the voice, which knows its language.
"""

import re
import unicodedata
from collections.abc import Iterable

from markdown_it.tree import SyntaxTreeNode

from app.markdown import MAX_NESTING, parser
from app.whatsapp_text import list_markers

SPOKEN_MAX = 800  # characters: a minute; nobody listens to more, and nobody can look it up
ENDS = ".!?…:;,"  # a voice pauses there
ADDRESS = re.compile(r"\w://|\bwww\.|\S@\S+\.\w", re.IGNORECASE)
# "s" is crossed out: done, or no longer so. A voice would lose it, like the marks below.
READ_ONLY = frozenset({"fence", "code_block", "table", "link", "image", "s"})
MARKS = frozenset("☐☑☒✓✔✗✘")
SAID = frozenset("°©®№℃℉")  # signs that a voice reads; the other symbols are pictures
TIMES = re.compile(r"(?<=\d)\s*\*\s*(?=\d)")


def spoken(markdown: str) -> str:
    """The words of an answer; "" for one that is long, or holds code, tables, addresses or boxes
    to tick."""
    tokens = parser().parse(markdown)
    root = SyntaxTreeNode(tokens)
    if any(token.level >= MAX_NESTING for token in tokens) or _must_be_read(root, markdown):
        return ""
    lines = (_sentence(line) for line in _lines(root.children))
    text = "\n".join(filter(None, lines))
    return text if len(text) <= SPOKEN_MAX else ""


def _must_be_read(root: SyntaxTreeNode, markdown: str) -> bool:
    if ADDRESS.search(markdown) or MARKS & set(markdown):
        return True
    return any(node.type in READ_ONLY or _is_code(node) for node in root.walk())


def _is_code(node: SyntaxTreeNode) -> bool:
    """Words between backticks are only words: small models write them so."""
    if node.type != "code_inline":
        return False
    return not all(letter.isalnum() or letter in " .,°%$" for letter in node.content)


def _lines(nodes: Iterable[SyntaxTreeNode]) -> Iterable[str]:
    """What stands on a line of its own, from top to bottom."""
    for node in nodes:
        if node.type == "inline":
            yield from _words(node).split("\n")
        elif node.type == "ordered_list":
            for number, item in zip(list_markers(node), node.children, strict=True):
                first, *rest = list(_lines(item.children)) or [""]
                yield from (f"{number} {first}", *rest)
        else:
            yield from _lines(node.children)


def _words(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    return "".join(map(_words, node.children)) if node.children else node.content


def _sentence(line: str) -> str:
    """A line without pictures, and with an end."""
    line = TIMES.sub(" × ", line)
    text = " ".join("".join(letter for letter in line if not _is_picture(letter)).split())
    if not any(letter.isalnum() for letter in text):
        return ""
    return text if text.rstrip("\"'»”)")[-1:] in ENDS else f"{text}."


def _is_picture(letter: str) -> bool:
    """Emoji, and what joins and colours them; the variation selectors and keycaps as well."""
    if letter in SAID:
        return False
    of_pictures = letter in "\ufe0e\ufe0f" or "\U0001f3fb" <= letter <= "\U0001f3ff"
    return of_pictures or unicodedata.category(letter) in ("So", "Cf", "Me", "Co", "Cn")
