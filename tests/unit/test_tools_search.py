"""Web search, by the real client against stand-ins of two engines."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.search_engines import FakeSearch, Row
from tools.contract import Effect, ToolCallContext
from tools.errors import ToolError
from tools.search import make_web_search
from tools.settings import ToolSettings

NOW = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
MATE: Row = ("Mate & yerba", "https://es.wikipedia.org/wiki/Mate?a=1&b=2", "Una <b>infusión</b>.")


@pytest.fixture(scope="module")
def running() -> Iterator[FakeSearch]:
    with FakeSearch() as engines:
        yield engines


@pytest.fixture
def engines(running: FakeSearch) -> FakeSearch:
    running.asked.clear()
    running.found.update(duckduckgo=(), mojeek=())
    running.status.update(duckduckgo=200, mojeek=200)
    return running


async def search(
    settings: ToolSettings,
    query: str = "mate",
    *,
    language: str = "es",
    zone: str = "America/Argentina/Buenos_Aires",
    limit_s: float = 10,
) -> str:
    context = ToolCallContext(
        call_id="call-1",
        sender="5491122334455",
        language=language,
        timezone=zone,
        sent_at=NOW,
        now=NOW,
    )
    tool = make_web_search(settings, limit_s)
    return str(await tool.ainvoke({"query": query, "context": context}))


async def test_title_address_and_snippet_of_each(engines: FakeSearch) -> None:
    engines.found["duckduckgo"] = [MATE, ("Otra", "http://otra.example/", "Nada")]
    assert await search(engines.settings, "  yerba\n mate ") == (
        "Mate & yerba\nhttps://es.wikipedia.org/wiki/Mate?a=1&b=2\nUna infusión.\n\n"
        "Otra\nhttp://otra.example/\nNada"
    )
    [(engine, query)] = engines.asked
    assert (engine, query["q"], query["l"]) == ("duckduckgo", "yerba mate", "ar-es")


async def test_five_at_most_each_once_and_none_too_long(engines: FakeSearch) -> None:
    rows = [(f"T{number}" * 90, f"https://a.example/{number}", "s" * 999) for number in range(9)]
    odd = [
        ("Larga", f"https://a.example/{'x' * 500}", ""),
        ("Otra cosa", "javascript:alert(1)", ""),
        ("Relativa", "/aviso", ""),
    ]
    engines.found["duckduckgo"] = [*odd, rows[0], *rows]
    answer = await search(engines.settings)
    addresses = [line for line in answer.splitlines() if "://" in line]
    assert addresses == [f"https://a.example/{number}" for number in range(5)]
    assert max(map(len, answer.splitlines())) <= 300


@pytest.mark.parametrize(
    ("language", "zone", "region"),
    [
        ("es", "America/Mexico_City", "mx-es"),
        ("es", "Europe/Madrid", "es-es"),
        ("es", "America/Montevideo", "xl-es"),  # no region of its own
        ("es", "UTC", "xl-es"),
        ("en", "America/Argentina/Buenos_Aires", "us-en"),
        ("en", "Europe/London", "uk-en"),
    ],
)
async def test_the_region_follows_language_and_country(
    engines: FakeSearch, language: str, zone: str, region: str
) -> None:
    engines.found["duckduckgo"] = [MATE]
    await search(engines.settings, language=language, zone=zone)
    assert engines.asked[0][1]["l"] == region


@pytest.mark.parametrize("status", [202, 403, 500, 200, 0])
async def test_the_second_engine_steps_in(engines: FakeSearch, status: int) -> None:
    """Shut out (202 is DuckDuckGo's riddle), broken, empty or silent: all the same."""
    engines.status["duckduckgo"] = status
    engines.found["mojeek"] = [MATE]
    limit_s = 10 if status else 4
    assert (await search(engines.settings, limit_s=limit_s)).startswith("Mate & yerba\nhttps://es.")
    assert [engine for engine, _ in engines.asked] == ["duckduckgo", "mojeek"]


@pytest.mark.parametrize(
    ("statuses", "key"),
    [
        ((200, 200), "search_nothing"),
        ((202, 200), "search_nothing"),
        ((202, 403), "search_unavailable"),
        ((0, 0), "search_unavailable"),
    ],
)
async def test_nothing_found_is_not_no_answer(
    engines: FakeSearch, statuses: tuple[int, int], key: str
) -> None:
    engines.status.update(zip(("duckduckgo", "mojeek"), statuses, strict=True))
    with pytest.raises(ToolError) as refused:
        await search(engines.settings, limit_s=10 if all(statuses) else 0.5)
    assert refused.value.text == key


async def test_nobody_listening_is_one_sentence() -> None:
    with FakeSearch() as gone:
        settings = gone.settings
    with pytest.raises(ToolError) as refused:
        await search(settings)
    assert refused.value.text == "search_unavailable"


async def test_an_empty_query_asks_nobody(engines: FakeSearch) -> None:
    with pytest.raises(ToolError) as refused:
        await search(engines.settings, " ")
    assert (refused.value.text, engines.asked) == ("search_empty", [])


async def test_a_query_reaches_no_log(
    engines: FakeSearch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    engines.status.update(duckduckgo=500, mojeek=0)
    with pytest.raises(ToolError):
        await search(engines.settings, "canarito secreto", limit_s=0.5)
    out, err = capfd.readouterr()
    assert "canarito" not in caplog.text + out + err


async def test_what_it_finds_is_foreign_and_what_it_asks_goes_out() -> None:
    about = make_web_search(ToolSettings()).metadata or {}
    assert (about["outside_content"], about["effect"]) == (True, Effect.OUTSIDE)
