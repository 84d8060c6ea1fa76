"""Reading a page: its text, and an end to what has none."""

import gzip
import zlib
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.web import PAGE, Web
from tools.contract import Effect
from tools.errors import ToolError
from tools.fetching import MAX_BYTES
from tools.pages import MAX_TEXT, make_read_page

LATIN = "<html><head><title>Año</title></head><body><p>El niño comió piña.</p></body></html>"


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    long = "".join(f"<p>Este es el renglón {line} de una página larga.</p>" for line in range(2000))
    with Web(
        **{
            "/corta": "<html><body>Cerrado por duelo</body></html>",
            "/larga": f"<html><body><article>{long}</article></body></html>",
            "/vacia": "<html><body><script>render()</script></body></html>",
            "/nada": " ",
            "/hostil": "<html><body>" + "<p><a href=x>a</a>" * 200_000,
            "/honda": "<html><body>" + "<div>" * 300_000 + "hola",
        }
    ) as web:
        yield web


async def read(web: Web, url: str) -> str:
    tool = make_read_page(web.fetcher())
    return str(await tool.ainvoke({"url": url}))


def raw(body: bytes, **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return "http://publico.example/raw?" + urlencode({"hex": body.hex(), **named})


async def test_the_main_text_with_its_title_and_address(web: Web) -> None:
    text = await read(web, " <http://publico.example/to?url=/> ")
    assert text.startswith("http://publico.example/\nHorarios del club\n\n")
    assert "La pileta abre de martes a domingo, de 9 a 20" in text
    for hidden in ("secreto", "Inicio", "nadie ve esto", "<p>"):
        assert hidden not in text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/corta", "Cerrado por duelo"),
        ("/larga", "Este es el renglón 1 de"),
        ("/hostil", "a"),
    ],
)
async def test_odd_pages(web: Web, path: str, said: str) -> None:
    text = await read(web, f"http://publico.example{path}")
    assert said in text
    assert len(text) < MAX_TEXT + 100


@pytest.mark.parametrize(
    "url",
    [
        raw(LATIN.encode(), content_type="text/html"),
        raw(LATIN.encode("latin-1"), content_type="text/html; charset=ISO-8859-1"),
        raw(LATIN.encode("latin-1"), content_type="text/html; charset=no-such"),
        # Codecs that know no errors="replace", and that stumble where a first letter does not.
        raw(LATIN.encode("latin-1"), content_type="text/html; charset=idna"),
        raw(LATIN.encode("latin-1"), content_type="text/html; charset=punycode"),
        raw(LATIN.encode("latin-1"), content_type="text/html; charset=undefined"),
        raw(LATIN.encode(), content_type="text/html; charset=iso-8859-1"),  # as many sites lie
        raw(gzip.compress(LATIN.encode()), content_type="text/html", content_encoding="gzip"),
        raw(zlib.compress(LATIN.encode()), content_type="text/html", content_encoding="deflate"),
        raw("El niño comió piña.".encode(), content_type="text/plain"),
        raw("El niño comió piña.".encode("latin-1"), content_type="text/plain"),
    ],
)
async def test_letters_arrive_whole(web: Web, url: str) -> None:
    assert "El niño comió piña." in await read(web, url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://publico.example/no-hay", "page_status"),
        ("http://publico.example/vacia", "page_empty"),
        ("http://publico.example/nada", "page_empty"),
        ("http://publico.example/honda", "page_empty"),  # deeper than the parser goes
        (raw(b"", content_type="text/html"), "page_empty"),
        (raw(b"%PDF-1.7", content_type="application/pdf"), "page_no_text"),
        (raw(b"\x89PNG", content_type="image/png"), "page_no_text"),
        (raw(b"no gzip", content_type="text/html", content_encoding="gzip"), "page_unreachable"),
        (raw(b"hola", content_type="text/html", content_encoding="br"), "page_unreachable"),
    ],
)
async def test_what_is_no_page_is_said(web: Web, url: str, key: str) -> None:
    with pytest.raises(ToolError) as refused:
        await read(web, url)
    assert refused.value.text == key


async def test_a_page_without_end_is_left_at_the_limit(web: Web) -> None:
    page = await web.fetcher().get("http://publico.example/endless")
    assert len(page.body) == MAX_BYTES


async def test_a_redirect_is_not_read(web: Web) -> None:
    page = await web.fetcher().get("http://publico.example/endless?url=/")
    assert page.body.decode() == PAGE


async def test_a_bomb_is_unpacked_to_the_limit(web: Web) -> None:
    page = await web.fetcher().get("http://publico.example/bomb")
    assert len(page.body) == MAX_BYTES


async def test_a_site_that_says_nothing_is_given_up(web: Web) -> None:
    with pytest.raises(ToolError) as refused:
        await web.fetcher(limit_s=0.2).get("http://publico.example/never")
    assert refused.value.text == "page_timeout"


async def test_what_a_page_says_is_marked_as_foreign(web: Web) -> None:
    about = make_read_page(web.fetcher()).metadata or {}
    assert (about["outside_content"], about["effect"]) == (True, Effect.READ)
    assert about["address"] == "url"  # held to what the owner or a search named
