"""The Markdown that models write: CommonMark with tables, strikethrough and their own ways.

They glue bold to the next word (gemma, `**Total:**$5`), break lines with `<br>`, and write sums as
LaTeX (qwen, `\\[ 5 \\times 3 = 15 \\]`). An address in the middle of a text is read as one piece:
its stars and underscores are no markup.
"""

import functools
import re
import unicodedata

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_inline.state_inline import Delimiter, StateInline

from app.formulas import readable

# Deeper than anyone writes; the parser drops what is nested deeper than its own limit.
MAX_NESTING = 60

_BREAK = re.compile(r"<br\s*/?>[ \t]*\n?", re.IGNORECASE)
_SCHEME = re.compile(r"https?$", re.IGNORECASE)
_SCHEME_MAX = len("https")
_REST_OF_ADDRESS = re.compile(r"://(?:(?!\*\*|~~)[^\s<>\[\]\"`])+")
_FORMULA_ENDS = {"\\(": "\\)", "\\[": "\\]", "$$": "$$", "$": "$"}
_FORMULA_MAX = 1000  # characters; looked for in vain this far at each beginning
_COMMAND = re.compile(r"\\[A-Za-z]")


class _Parser(MarkdownIt):
    """People read the addresses we show: they stay as they were written."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


@functools.cache
def parser() -> MarkdownIt:
    """The one parser; it keeps nothing of what it has parsed."""
    found = _Parser("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    found.enable(["table", "strikethrough"])
    # "[note]: call Ana" would define a link and vanish.
    found.disable("reference")
    rules = found.inline.ruler
    rules.before("newline", "address", _address)
    rules.before("escape", "formula", _formula)
    rules.before("emphasis", "glued_bold", _glued_bold)
    rules.before("autolink", "line_break", _line_break)
    return found


def _address(state: StateInline, silent: bool) -> bool:
    """`https://a.ar/__x__` is text, but for a full stop or a star that follows it."""
    before = state.src[max(0, state.pos - _SCHEME_MAX) : state.pos]
    found = _REST_OF_ADDRESS.match(state.src, state.pos, state.posMax)
    if found is None or not _SCHEME.search(before):
        return False
    rest = _without_end(found[0])
    if not silent:
        state.pending += unescapeAll(rest)
    state.pos += len(rest)
    return True


def _without_end(address: str) -> str:
    while address[-1] in "*_~.,;:!?'’”»" or (address[-1] == ")" and not _is_balanced(address)):
        if len(address) <= len("://"):
            break
        address = address[:-1]
    return address


def _is_balanced(address: str) -> bool:
    return address.count("(") >= address.count(")")


def _formula(state: StateInline, silent: bool) -> bool:
    """Told from escaped brackets (`\\[1\\]`) by what is in it, and from pesos by a command."""
    begin = next((one for one in _FORMULA_ENDS if state.src.startswith(one, state.pos)), "")
    first = state.pos + len(begin)
    end = state.src.find(_FORMULA_ENDS[begin], first, first + _FORMULA_MAX) if begin else -1
    if end < 0:
        return False
    inside = state.src[first:end]
    if not (_COMMAND.search(inside) or (begin != "$" and set(inside) & set("=^_"))):
        return False
    if not silent:
        state.pending += readable(inside.strip())
    state.pos = end + len(_FORMULA_ENDS[begin])
    return True


def _line_break(state: StateInline, silent: bool) -> bool:
    found = _BREAK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _glued_bold(state: StateInline, silent: bool) -> bool:
    """CommonMark takes no `**` as an end between a colon and a letter, nor as a beginning between a
    letter and a bracket. Who writes `**Nota:**mañana`, or `**Nota: **mañana`, means it."""
    if silent or not state.src.startswith("**", state.pos):
        return False
    scanned = state.scanDelims(state.pos, True)
    if scanned.length != len("**"):
        return False
    before = state.src[state.pos - 1 : state.pos]
    after = state.src[state.pos + 2 : state.pos + 3]
    glued = bool(before.strip() and after.strip())
    labels = state.src.endswith(": ", 0, state.pos) and bool(after.strip())
    for _ in range(scanned.length):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open or (glued and _opens(after)),
                close=scanned.can_close or labels or (glued and _closes(before)),
            )
        )
    state.pos += scanned.length
    return True


def _opens(letter: str) -> bool:
    return letter in "¡¿" or unicodedata.category(letter) in ("Ps", "Pi")


def _closes(letter: str) -> bool:
    return letter not in "¡¿*_" and unicodedata.category(letter) in ("Po", "Pe", "Pf")
