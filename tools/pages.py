"""Reading a page of the web."""

import asyncio
import codecs
from contextlib import suppress

from langchain_core.tools import BaseTool

from tools.contract import Effect, tool
from tools.errors import ToolError
from tools.fetching import Fetched, Fetcher

MAX_TEXT = 3_500  # characters given to the model, some 1,000 tokens
# Characters of markup without its scripts; trafilatura takes seconds for a hostile page of that.
MAX_MARKUP = 150_000
# What to do, and with which address.
# An address, and that something is wanted of it. Not "mirá qué lindo: ..."
_WANTED = (
    r"\b(?:lee\w*|resum\w+|abri\w*|fijate|decime|contame|pasame|explica\w*|que dice|de que trata"
    r"|segun|esa pagina|ese articulo|read|summari[sz]e|sum up|check|tell me|what does"
    r"|main points)\b"
)
_ASKED = r"\?(?:\s|$)"  # and no part of an address
CUE = (
    rf"{_WANTED}.{{0,80}}https?://\S|{_ASKED}.{{0,40}}https?://\S"
    rf"|https?://\S+ (?:.{{0,80}}{_WANTED}|.{{0,80}}{_ASKED})"
)
NO_TEXT = ("script", "style", "svg", "template", "noscript", "iframe")


def make_read_page(fetcher: Fetcher) -> BaseTool:
    """The tool, reading through `fetcher`."""

    # Its effect is to read. What an address made up by the model could carry out is held back by
    # the rule that after outside content only addresses the owner or a search named are read.
    @tool(effect=Effect.READ, timeout_s=20, cue=CUE, outside_content=True, address="url")
    async def read_page(url: str) -> str:
        """Read a web page and get its text.

        Args:
            url: Its address, for example "https://es.wikipedia.org/wiki/Mate".
        """
        page = await fetcher.get(url.strip(" \t\n<>\"'"))
        text = await asyncio.to_thread(text_of, page)
        return f"{page.url}\n{text}"

    return read_page


def text_of(page: Fetched) -> str:
    """Title and main text, `MAX_TEXT` at most. Slow: for a thread.

    Raises:
        ToolError: there is no text in it.
    """
    text = _decoded(page)
    if page.media_type in ("text/html", "application/xhtml+xml"):
        text = _from_markup(page.body, text)
    text = (page.body.decode("latin-1") if text is None else text).strip()
    if not text:
        raise ToolError("page_empty")
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT].rsplit(maxsplit=1)[0]}…"


def _decoded(page: Fetched) -> str | None:
    """As UTF-8 where it is, whatever the site says; else as it says; None: see the page itself."""
    with suppress(UnicodeDecodeError):
        # A page may be cut off within a letter.
        return codecs.getincrementaldecoder("utf-8")().decode(page.body)
    with suppress(LookupError, UnicodeError):
        text = page.body.decode(page.charset or "", errors="replace")
        return text.encode(errors="replace").decode()  # some charsets leave halves of letters
    return None


def _from_markup(body: bytes, decoded: str | None) -> str:
    # Both take half a second to import.
    import trafilatura
    from lxml import etree, html

    charset = None
    if decoded is not None:  # Python knows more charsets than libxml2
        body, charset = decoded.encode(), "utf-8"
    try:
        parser = html.HTMLParser(encoding=charset, remove_comments=True)
        tree = html.document_fromstring(body, parser=parser)
    except etree.ParserError:
        return ""  # an empty document
    etree.strip_elements(tree, *NO_TEXT, with_tail=False)
    title = " ".join((tree.findtext(".//title") or "").split())
    markup = html.tostring(tree, encoding="unicode")[:MAX_MARKUP]
    text = trafilatura.extract(markup, fast=True, include_comments=False)
    text = text or trafilatura.html2txt(markup)
    return f"{title[:200]}\n\n{text}" if text.strip() else ""


read_page = make_read_page(Fetcher())
