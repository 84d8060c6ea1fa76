"""Searching the web, without a key."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import structlog
from langchain_core.tools import BaseTool

from tools import places
from tools.contract import Context, Effect, tool
from tools.errors import BadArgument, ToolError
from tools.settings import ToolSettings

if TYPE_CHECKING:  # ddgs brings lxml and an HTTP client of its own: only for who searches
    from ddgs.base import BaseSearchEngine

log = structlog.get_logger(__name__)

CUE = (
    r"\b(?:(?:busca|fijate|averigua|mira|chequea)(?:me|r|lo|la)? (?:en (?:internet|la web|google)"
    r"|online)|googlea\w*|busca(?:me|r)? (?:las )?(?:ultimas )?noticias"
    r"|search (?:the web|online|for)|google (?:it|for|the)|look (?:it )?up online"
    r"|(?:check|search) (?:the )?(?:internet|web|news)|any news)\b"
    r"|\b(?:hoy|ahora|actual|ultimo)\b.*\bbuscalo\b"
)
ORDER = ("duckduckgo", "mojeek")  # tried in turn: the first shuts out who asks too much
LIMIT_S = 10.0  # for all of them, each has its share
MAX_RESULTS = 5
MAX_QUERY = 300  # characters
MAX_TITLE = 120
MAX_ADDRESS = 400
MAX_SNIPPET = 300
# Countries for which DuckDuckGo has results in Spanish; "xl" is Latin America.
SPANISH_REGIONS = {"AR", "CL", "CO", "ES", "MX", "PE"}


def make_web_search(settings: ToolSettings, limit_s: float = LIMIT_S) -> BaseTool:
    """The tool, asking the engines or, in their place, SEARCH_URL."""

    # Its effect is outside: a query is free text that goes to others.
    @tool(
        effect=Effect.OUTSIDE,
        timeout_s=limit_s + 2,
        cue=CUE,
        outside_content=True,
        finds_addresses=True,
    )
    async def web_search(query: str, context: Context) -> str:
        """Search the web: news, prices, opening hours, anything recent or unknown to you.

        Args:
            query: A few words of the message.
        """
        words = " ".join(query.split())[:MAX_QUERY]
        if not words:
            raise BadArgument("search_empty")
        region = _region(context.language, context.timezone)
        address = str(settings.search_url)
        try:
            async with asyncio.timeout(limit_s):
                found = await asyncio.to_thread(_search, words, region, address, limit_s)
        except TimeoutError as error:
            raise ToolError("search_unavailable") from error
        return "\n\n".join("\n".join(lines) for lines in found)

    return web_search


def _region(language: str, zone: str) -> str:
    country = places.territory_of(zone)
    if language == "es":
        return f"{country.lower() if country in SPANISH_REGIONS else 'xl'}-es"
    return "uk-en" if country == "GB" else "us-en"


def _search(query: str, region: str, address: str, limit_s: float) -> list[tuple[str, str, str]]:
    """Title, address and snippet of what the first engine that finds anything found.

    Raises:
        ToolError: none finds anything, or none answers.
    """
    from ddgs.engines import ENGINES

    answered = False
    for name in ORDER:
        engine = ENGINES["text"][name](timeout=limit_s / len(ORDER))  # type: ignore[arg-type]
        if address:
            engine.search_url = urljoin(address, urlsplit(engine.search_url).path)
        results = _ask(engine, query, region)
        if found := _usable(results or ()):
            return found
        answered = answered or results is not None
    raise ToolError("search_nothing" if answered else "search_unavailable")


def _ask(engine: "BaseSearchEngine[Any]", query: str, region: str) -> Sequence[Any] | None:
    """What an engine finds; None when it does not answer or shuts us out."""
    from ddgs.exceptions import DDGSException
    from lxml.etree import LxmlError

    try:
        return engine.search(query, region=region, safesearch="moderate")
    except (DDGSException, LxmlError, ValueError, LookupError) as error:
        # The text of the error holds the query.
        log.info("search_failed", engine=engine.name, error=type(error).__name__)
        return None


def _usable(results: Iterable[Any]) -> list[tuple[str, str, str]]:
    """Addresses stay whole: a cut one leads elsewhere, and later only a whole one may be read."""
    rows = {
        one.href: (one.title[:MAX_TITLE], one.href, one.body[:MAX_SNIPPET])
        for one in results
        if one.href.startswith(("http://", "https://")) and len(one.href) <= MAX_ADDRESS
    }
    return list(rows.values())[:MAX_RESULTS]


web_search = make_web_search(ToolSettings())
