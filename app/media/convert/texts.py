"""Texts, Markdown and HTML; the latter two under their headings."""

from collections.abc import Iterator
from itertools import pairwise

from lxml import etree, html
from markdown_it import MarkdownIt

from app.media.convert.headings import Headings
from app.media.convert.parts import Part

SILENT = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "title"})
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt",
        "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav", "ol", "p",
        "pre", "section", "table", "tbody", "thead", "tr", "ul",
    }
)  # fmt: skip
LEVELS = {f"h{level}": level for level in range(1, 7)}
PARAGRAPHS = 200  # in a part: the time is looked at between parts


class Plain:
    """A text as it is."""

    pages = 0

    def __init__(self, text: str) -> None:
        self._text = text

    def parts(self) -> Iterator[Part]:
        """All of it."""
        yield Part("", self._text.strip())


class Markdown:
    """A text with headings."""

    pages = 0

    def __init__(self, text: str) -> None:
        self._text = text

    def parts(self) -> Iterator[Part]:
        """Section by section, the markup left as it is."""
        lines, at, sections = self._text.split("\n"), 0, Headings()
        tokens = MarkdownIt("commonmark").disable(["inline", "text_join"]).parse(self._text)
        for token, following in pairwise(tokens):
            if token.type == "heading_open" and token.map and not token.level:
                sections.add("\n".join(lines[at : token.map[0]]).strip())
                at = token.map[1]
                yield from sections.under(int(token.tag[1]), following.content)
        sections.add("\n".join(lines[at:]).strip())
        yield from sections.end()


class Page:
    """An HTML file: what a reader sees of it. Nothing it refers to is fetched."""

    pages = 0

    def __init__(self, text: str) -> None:
        parser = html.HTMLParser(
            encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
        )
        self._tree = html.document_fromstring(text.encode(errors="replace"), parser=parser)

    def parts(self) -> Iterator[Part]:
        """Section by section."""
        sections, line, silent = Headings(), list[str](), 0
        for event, element in etree.iterwalk(self._tree, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            opens = event == "start"
            if tag in SILENT:
                silent += 1 if opens else -1
            if tag in LEVELS or tag in BLOCKS:
                words = _joined(line)
                if tag in LEVELS and not opens:
                    yield from sections.under(LEVELS[tag], words)
                else:
                    sections.add(words)
                line = []
            elif tag in ("td", "th") and opens and line:
                line.append(" | ")
            if not silent:
                line.append((element.text if opens else element.tail) or "")
        sections.add(_joined(line))
        yield from sections.end()


def _joined(line: list[str]) -> str:
    return " ".join("".join(line).split()).strip("| ")
