"""Markdown, as models write it, to the little that WhatsApp renders.

WhatsApp renders `*bold*`, `_italic_`, `~strike~`, backticks, `> ` quotes, `- ` and `1. ` lists; the
marks only where no letter or digit touches them from outside, and only within a line. A single `*`
stays as written: it is italic in Markdown, but models that were told about WhatsApp mean bold with
it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from markdown_it.rules_block.table import escapedSplit
from markdown_it.tree import SyntaxTreeNode

from app.markdown import MAX_NESTING, parser

FENCE = "```"
TITLE_MAX = 60  # characters; a longer line over "---" is text that is ruled off
# What may stand for something: all but letters, digits and what ends and parts sentences.
MARKUP = re.compile(r"[^\w ,.;:¡!¿?'\"%]|_")
BETWEEN_LINES = " / "  # of a table's cell, which stands in one


def to_whatsapp(markdown: str) -> str:
    """The same text in WhatsApp's markup. Nothing but markup and blank lines is lost."""
    if markdown[:1].isalpha() and not MARKUP.search(markdown):
        return markdown.rstrip(" ")  # a plain sentence, as most answers are
    tokens = parser().parse(markdown)
    if any(token.level >= MAX_NESTING for token in tokens):
        return markdown.strip()
    # The parser counts lines after making every line end "\n".
    source = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = _Blocks(source).render_all(SyntaxTreeNode(tokens).children)
    text = "\n".join(line.text.rstrip(" ") for line in lines).strip("\n ")
    return text if text.strip() else markdown.strip()  # a lone "---" or "#" is all markup


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
            gap = _is_ruled_off(node)
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
        if _is_ruled_off(node):
            return self._paragraph(node)
        text = _marked("*", _inline(node, bold=True))
        return [_Line(line) for line in text.split("\n")] if text else []

    def _quote(self, node: SyntaxTreeNode) -> list[_Line]:
        lines = self.render_all(node.children)
        return [line if line.lazy else _Line(f"> {line.text}".rstrip()) for line in lines]

    def _list(self, node: SyntaxTreeNode) -> list[_Line]:
        lines: list[_Line] = []
        for marker, item in zip(list_markers(node), node.children, strict=True):
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
            closed = [] if node.content.count(FENCE) % 2 == 0 else [FENCE]
            return [_Line(line) for line in (*lines, *closed)]
        return [_Line(line) for line in (FENCE, *lines, FENCE)]

    def _table(self, node: SyntaxTreeNode) -> list[_Line]:
        head, *body = node.children
        titles = [_cell(cell, bold=True) for cell in head.children[0].children]
        rows = [self._row(titles, row) for part in body for row in part.children]
        title = titles[0] if rows else " · ".join(filter(None, titles))
        lines = [_marked("*", title), *rows]
        return [_Line(line) for line in lines if line]

    def _row(self, titles: list[str], row: SyntaxTreeNode) -> str:
        first, *rest = [_cell(cell, bold=number == 0) for number, cell in enumerate(row.children)]
        named = [
            f"{title}: {cell}" if title else cell
            for title, cell in zip(titles[1:], rest, strict=False)
            if cell
        ]
        # The parser drops the cells that no title stands over.
        extra = self._cells(row)[len(titles) :]
        cells = list(filter(None, [_marked("*", first), *named, *extra]))
        return f"- {' · '.join(cells)}" if cells else ""

    def _cells(self, row: SyntaxTreeNode) -> list[str]:
        line = self._source[row.map[0]] if row.map else ""
        cells = [cell.strip() for cell in escapedSplit(line.strip().strip(">").strip())]
        return cells[1:] if cells and not cells[0] else cells


def _is_language(info: str) -> bool:
    return all(letter.isalnum() or letter in "+#-._" for letter in info)


def list_markers(node: SyntaxTreeNode) -> Iterable[str]:
    """What stands before each item of a list."""
    if node.type == "ordered_list":
        numbers = [item.info for item in node.children]
        if len(set(numbers)) == 1:  # "1." before every item: Markdown counts
            numbers = [str(int(numbers[0]) + index) for index in range(len(numbers))]
        return [f"{number}." for number in numbers]  # as written: they may name something
    # "+ 5" alone is an answer, not a list of one.
    lone_plus = len(node.children) == 1 and node.markup == "+"
    return ["+" if lone_plus else "-"] * len(node.children)


def _is_ruled_off(node: SyntaxTreeNode) -> bool:
    """Whether it is text with a line of dashes under it, which Markdown takes for a title."""
    if node.type != "heading" or node.markup != "-":
        return False
    text = node.children[0].content
    return "\n" in text or len(text) > TITLE_MAX or text[-1:] in ".!?…,;:"


# Inline


class _Span(NamedTuple):
    """A rendered inline node."""

    text: str
    mark: str = ""  # to stand around it, where WhatsApp renders it there
    written: str = ""  # what stood there in Markdown


def _inline(node: SyntaxTreeNode, *, bold: bool = False) -> str:
    """The text of a block that holds inline nodes; `bold` when it will stand in bold."""
    return "".join(_spans(inline, bold=bold) for inline in node.children)


def _cell(node: SyntaxTreeNode, *, bold: bool) -> str:
    return _inline(node, bold=bold).strip().replace("\n", BETWEEN_LINES)


def _spans(node: SyntaxTreeNode, *, bold: bool) -> str:
    spans = [_span(child, bold=bold) for child in node.children]
    text = ""
    for number, span in enumerate(spans):
        after = next((one.mark + one.text for one in spans[number + 1 :] if one.text), "")
        text += _placed(span, text[-1:], after[:1])
    return text


def _span(node: SyntaxTreeNode, *, bold: bool) -> _Span:
    match node.type:
        case "text" | "text_special":
            return _Span(node.content)
        case "softbreak" | "hardbreak":
            return _Span("\n")
        case "code_inline":
            return _Span(_inline_code(node))
        case "strong":
            inner = _spans(node, bold=True)
            return _Span(inner) if bold else _Span(inner, "*", node.markup)
        case "em":
            return _emphasis(node, bold=bold)
        case "s":
            return _Span(_spans(node, bold=bold), "~", node.markup)
        case "link":
            return _Span(_link(_spans(node, bold=bold), node))
        case "image":
            return _Span(_link(node.content, node))
        case _:  # no other type comes out of the rules we enable
            return _Span(node.content)


def _emphasis(node: SyntaxTreeNode, *, bold: bool) -> _Span:
    has_bold = any(child.type == "strong" for child in node.walk())
    text = _spans(node, bold=bold)
    # A star inside or around bold can only be italic.
    mark = "_" if bold or has_bold else node.markup
    if mark == "_" and "://" in text:  # a phone takes a `_` that touches an address for part of it
        return _Span(text)
    return _Span(text, mark, node.markup) if mark != node.markup else _Span(_marked(mark, text))


def _placed(span: _Span, before: str, after: str) -> str:
    """The span with its mark; without it where a letter outside would leave it unrendered."""
    if not span.mark or not span.text.strip():
        return span.text
    glued = (
        _is_letter(before) and not span.text[0].isspace(),
        _is_letter(after) and not span.text[-1].isspace(),
    )
    if all(glued):  # "2**3**4": nobody can tell
        return f"{span.written}{span.text}{span.written}"
    if glued[0] and not _is_letter(span.text[0]):  # "dice«**hola**»" needs no letter lost
        return f" {_marked(span.mark, span.text)}"
    if glued[1] and not _is_letter(span.text[-1]):  # "**Nota:**mañana"
        return f"{_marked(span.mark, span.text)} "
    return span.text if any(glued) else _marked(span.mark, span.text)


def _is_letter(character: str) -> bool:
    """Or a digit, or an accent of its own."""
    return bool(character) and (character.isalnum() or unicodedata.category(character)[0] == "M")


def _inline_code(node: SyntaxTreeNode) -> str:
    mark = FENCE if "`" in node.content else node.markup
    if mark not in ("`", FENCE):
        mark = "`"
    return f"{mark}{node.content}{mark}"


def _link(text: str, node: SyntaxTreeNode) -> str:
    address = str(node.attrs.get("href") or node.attrs.get("src") or "")
    title = str(node.attrs.get("title") or "")
    if not title and _is_shown_by(text, address):
        return address.removeprefix("mailto:") or text
    inside = ": ".join(filter(None, [title, address]))
    return " ".join(filter(None, [text, f"({inside})" if inside else ""]))


def _marked(mark: str, text: str) -> str:
    """The text between marks, line by line; none of them next to a space."""
    return "\n".join(_marked_line(mark, line) for line in text.split("\n"))


def _marked_line(mark: str, line: str) -> str:
    inner = line.strip()
    return line.replace(inner, f"{mark}{inner}{mark}", 1) if inner else line


def _is_shown_by(text: str, address: str) -> bool:
    """Whether the text says no more than the address does."""
    bare = address.split("://", 1)[-1].removeprefix("mailto:").removeprefix("www.").rstrip("/")
    return text.rstrip("/") in ("", address.rstrip("/"), bare, f"www.{bare}")
