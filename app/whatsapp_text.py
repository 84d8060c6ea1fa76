"""Markdown, as models write it, to the little that WhatsApp renders; long texts to parts.

WhatsApp renders `*bold*`, `_italic_`, `~strike~`, backticks, `> ` quotes, `- ` and `1. ` lists. A
single `*` stays as written: it is italic in Markdown, but models that were told about WhatsApp
mean bold with it.
"""

import functools
import itertools
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.tree import SyntaxTreeNode

WHATSAPP_LIMIT = 4096  # Meta: characters of a text body
BUTTONS_LIMIT = 960  # Meta: 1,024 above buttons; a line may come before them later
SMALLEST_LIMIT = 32  # room for a closed and a reopened fence with something between them

FENCE = "```"
# Deeper than anyone writes; the parser drops what is nested deeper than its own limit.
MAX_NESTING = 60


def to_whatsapp(markdown: str) -> str:
    """The same text in WhatsApp's markup. Nothing but markup and blank lines is lost."""
    tokens = _parser().parse(markdown)
    if any(token.level >= MAX_NESTING for token in tokens):
        return markdown.strip()
    # The parser counts lines after making every line end "\n".
    source = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = _Blocks(source).render_all(SyntaxTreeNode(tokens).children)
    text = "\n".join(line.text.rstrip(" ") for line in lines).strip("\n ")
    return text if text.strip() else markdown.strip()  # a lone "---" or "#" is all markup


class _Parser(MarkdownIt):
    """People read the addresses we show: they stay as they were written."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


@functools.cache
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"])
    # "[note]: call Ana" would define a link and vanish.
    parser.disable("reference")
    return parser


# Blocks


@dataclass(frozen=True)
class _Line:
    """A line of output. A lazy one continues a list item or a quote from the left margin: people
    who end a list with a plain line mean the list to end, so it gets no indentation."""

    text: str
    lazy: bool = False


class _Blocks:
    """Renders block nodes to lines."""

    def __init__(self, source: list[str]) -> None:
        self._source = source
        self._renderers: dict[str, Callable[[SyntaxTreeNode], list[_Line]]] = {
            "paragraph": self._paragraph,
            "heading": self._heading,
            "blockquote": self._quote,
            "bullet_list": self._list,
            "ordered_list": self._list,
            "fence": self._code,
            "code_block": self._code,
            "table": self._table,
            "hr": lambda node: [],
        }

    def render_all(self, nodes: Iterable[SyntaxTreeNode]) -> list[_Line]:
        """Blocks one under another, with a blank line only where the source has one."""
        lines: list[_Line] = []
        gap = False
        for node in nodes:
            rendered = self._renderers[node.type](node)
            gap = gap or node.type == "hr" or self._follows_blank(node)
            if not rendered:
                continue
            if gap and lines:
                lines.append(_Line(""))
            lines.extend(rendered)
            gap = False
        return lines

    def _follows_blank(self, node: SyntaxTreeNode) -> bool:
        first = node.map[0] if node.map else 0
        return first > 0 and not self._source[first - 1].strip("> \t")

    def _paragraph(self, node: SyntaxTreeNode) -> list[_Line]:
        rendered = _inline(node).split("\n")
        first, end = node.map or (0, 0)
        source = self._source[first:end]
        if len(source) != len(rendered) or node.level == 0:
            return [_Line(text) for text in rendered]
        lazy = [False, *(line[:1] not in (" ", "\t", ">") for line in source[1:])]
        return [_Line(text, lazy=late) for text, late in zip(rendered, lazy, strict=True)]

    def _heading(self, node: SyntaxTreeNode) -> list[_Line]:
        text = _marked("*", _inline(node, bold=True))
        return [_Line(line) for line in text.split("\n")] if text else []

    def _quote(self, node: SyntaxTreeNode) -> list[_Line]:
        lines = self.render_all(node.children)
        return [line if line.lazy else _Line(f"> {line.text}".rstrip()) for line in lines]

    def _list(self, node: SyntaxTreeNode) -> list[_Line]:
        lines: list[_Line] = []
        for marker, item in zip(_list_markers(node), node.children, strict=True):
            if lines and self._follows_blank(item):
                lines.append(_Line(""))
            first, *rest = self.render_all(item.children) or [_Line("")]
            lines.append(_Line(f"{marker} {first.text}".rstrip()))
            indent = " " * (len(marker) + 1)
            lines.extend(line if line.lazy else _Line(indent + line.text) for line in rest)
        return lines

    def _code(self, node: SyntaxTreeNode) -> list[_Line]:
        lines = node.content.rstrip("\n").split("\n")
        info = node.info.strip()
        if info and not (_is_language(info) and node.content):
            lines = [info, *filter(None, lines)]  # it is code, begun on the fence's own line
        if FENCE in node.content:  # Markdown quoted as code: WhatsApp knows no longer fence
            return [_Line(line) for line in lines]
        return [_Line(line) for line in (FENCE, *lines, FENCE)]

    def _table(self, node: SyntaxTreeNode) -> list[_Line]:
        head, *body = node.children
        titles = [_inline(cell, bold=True) for cell in head.children[0].children]
        rows = [self._row(titles, row) for part in body for row in part.children]
        title = titles[0] if rows else " · ".join(filter(None, titles))
        lines = [_marked("*", title), *rows]
        return [_Line(line) for line in lines if line]

    def _row(self, titles: list[str], row: SyntaxTreeNode) -> str:
        first, *rest = [_inline(cell, bold=number == 0) for number, cell in enumerate(row.children)]
        named = [
            f"{title}: {cell}" if title else cell
            for title, cell in zip(titles[1:], rest, strict=False)
            if cell
        ]
        # The parser drops the cells that no title stands over.
        extra = self._cells(row)[len(titles) :]
        return "- " + " · ".join(filter(None, [_marked("*", first), *named, *extra]))

    def _cells(self, row: SyntaxTreeNode) -> list[str]:
        line = self._source[row.map[0]] if row.map else ""
        cells = [cell.strip() for cell in escapedSplit(line.strip().strip(">").strip())]
        return cells[1:] if cells and not cells[0] else cells


def _is_language(info: str) -> bool:
    return all(letter.isalnum() or letter in "+#-._" for letter in info)


def _list_markers(node: SyntaxTreeNode) -> Iterable[str]:
    if node.type == "ordered_list":
        start = int(node.attrs.get("start", 1))
        return [f"{start + index}." for index in range(len(node.children))]
    # "+ 5" alone is an answer, not a list of one.
    lone_plus = len(node.children) == 1 and node.markup == "+"
    return ["+" if lone_plus else "-"] * len(node.children)


# Inline


def _inline(node: SyntaxTreeNode, *, bold: bool = False) -> str:
    """The text of a block that holds inline nodes; `bold` when it will stand in bold."""
    return "".join(_span(child, bold=bold) for inline in node.children for child in inline.children)


def _span(node: SyntaxTreeNode, *, bold: bool) -> str:
    match node.type:
        case "text" | "text_special":
            return node.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline":
            return _inline_code(node)
        case "strong":
            inner = _spans(node, bold=True)
            return inner if bold else _marked("*", inner)
        case "em":
            return _emphasis(node, bold=bold)
        case "s":
            return _marked("~", _spans(node, bold=bold))
        case "link":
            return _link(_spans(node, bold=bold), node)
        case "image":
            return _link(node.content, node)
        case _:  # no other type comes out of the rules we enable
            return node.content


def _spans(node: SyntaxTreeNode, *, bold: bool) -> str:
    return "".join(_span(child, bold=bold) for child in node.children)


def _emphasis(node: SyntaxTreeNode, *, bold: bool) -> str:
    has_bold = any(child.type == "strong" for child in node.walk())
    # A star inside or around bold can only be italic.
    mark = "_" if bold or has_bold else node.markup
    return _marked(mark, _spans(node, bold=bold))


def _inline_code(node: SyntaxTreeNode) -> str:
    mark = FENCE if "`" in node.content else node.markup
    if mark not in ("`", FENCE):
        mark = "`"
    return f"{mark}{node.content}{mark}"


def _link(text: str, node: SyntaxTreeNode) -> str:
    address = str(node.attrs.get("href") or node.attrs.get("src") or "")
    title = str(node.attrs.get("title") or "")
    if not title and text in ("", address, address.removeprefix("mailto:")):
        return text or address
    inside = ": ".join(filter(None, [title, address]))
    return " ".join(filter(None, [text, f"({inside})" if inside else ""]))


def _marked(mark: str, text: str) -> str:
    """The text between marks, line by line: WhatsApp's markup does not reach over a line's end."""
    return "\n".join(f"{mark}{line}{mark}" if line.strip() else line for line in text.split("\n"))


# Parts


def split(text: str, limit: int = WHATSAPP_LIMIT) -> list[str]:
    """The text in as few parts as its paragraphs, sentences and words allow, each within `limit`.

    A part that ends inside a code block closes it, and the next one opens it again. A character
    made of several code points (an emoji family, a letter with its accents) stays whole.
    """
    if limit < SMALLEST_LIMIT:
        raise ValueError(f"limit must be at least {SMALLEST_LIMIT}")
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        part, rest = _cut(rest, limit)
        parts.append(part)
    return [*parts, rest] if rest else parts


def _cut(text: str, limit: int) -> tuple[str, str]:
    """One part and what follows it; both non-empty, the second shorter than the text."""
    closing = f"\n{FENCE}"
    at = _cut_point(text, limit - len(closing))
    part, rest = text[:at], text[at:]
    if part.count(FENCE) % 2 == 0:
        return part.rstrip(), rest.lstrip()
    opened_at = part.rfind(FENCE)
    if part[:opened_at].strip() and not part[opened_at + len(FENCE) :].strip():
        return part[:opened_at].rstrip(), text[opened_at:]
    rest = rest.removeprefix("\n")
    if rest.lstrip().startswith(FENCE):  # the block ends here anyway
        return part.rstrip() + closing, rest.lstrip().removeprefix(FENCE).lstrip()
    return part.rstrip() + closing, f"{FENCE}\n{rest}"


def _cut_point(text: str, limit: int) -> int:
    """Where to cut: at most `limit`, at the best boundary of its last half."""
    window = text[: limit + 1]
    half = limit // 2
    for boundary in ("\n\n", "\n"):
        at = window.rfind(boundary, half, limit + 1)
        if at > 0:
            return at
    sentences = [
        index
        for index in range(half, len(window))
        if window[index].isspace() and window[index - 1] in ".!?…:;"
    ]
    words = [index for index in range(1, len(window)) if window[index].isspace()]
    for candidates in (sentences, words):
        late = [index for index in candidates if not text[:index].endswith(FENCE)]
        if late and text[: late[-1]].strip():
            return late[-1]
    return _whole_characters(text, limit)


def _whole_characters(text: str, limit: int) -> int:
    """The last place up to `limit` that is not inside a character or a fence."""
    for at in range(limit, len(FENCE) + 1, -1):
        inside_fence = "`" in (text[at - 1], text[at]) and text[at - 1] == text[at]
        if not inside_fence and _is_boundary(text, at):
            return at
    return limit  # a pile of accents longer than a message


def _is_boundary(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after == ZERO_WIDTH_JOINER or before == ZERO_WIDTH_JOINER:
        return False
    if unicodedata.category(after) in ("Mn", "Mc", "Me") or _is_modifier(after):
        return False
    if _is_regional(before) and _is_regional(after):
        flags = itertools.takewhile(_is_regional, reversed(text[:at]))
        return sum(1 for _ in flags) % 2 == 0
    return not _is_one_syllable(before, after)


ZERO_WIDTH_JOINER = "\u200d"


def _is_modifier(letter: str) -> bool:
    """Skin tones, and the tags that spell the flags of regions."""
    return "\U0001f3fb" <= letter <= "\U0001f3ff" or "\U000e0020" <= letter <= "\U000e007f"


def _is_regional(letter: str) -> bool:
    """Half of a flag."""
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _is_one_syllable(before: str, after: str) -> bool:
    """Korean: vowels and final consonants follow their syllable, double initials each other."""
    if "\u1160" <= after <= "\u11ff":
        return "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return "\u1100" <= before <= "\u115f" and "\u1100" <= after <= "\u115f"
