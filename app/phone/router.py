"""/phone: the page, its files, and the few calls it makes."""

import json
import tomllib
from collections.abc import Awaitable, Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from app.phone.stand_in import StandIn, StandInAway
from graph.prompts import fill
from graph.settings import HOME

HERE = Path(__file__).parent
FILE = "phone.toml"
FALLBACK_LANGUAGE = "en"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:;"
    " object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
# A file of the conversation may be anything, a page with scripts too: it is shown as a picture or
# played, else saved, and never run.
FILE_HEADERS = {**HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}
SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")

Json = dict[str, Any]


def phone_router(
    stand_in: StandIn | None,
    language: str,
    *,
    about: Callable[[], Json],
    look_back: Callable[[str], Awaitable[Json | None]],
) -> APIRouter:
    """`stand_in`: None with a real account, and then /phone only says so.

    `about` tells who answers: `model`, `embedded`. `look_back` tells what the turn of a message
    did, None for what belongs to none.
    """
    words = _words(language)
    router = APIRouter(prefix="/phone")
    if stand_in is None:
        _serve_page(router, "needs_stand_in.html", words, status=404)
        return router
    _serve_page(router, "phone.html", words)
    _pass_on(router, stand_in)

    @router.get("/page/{name}")
    async def file(name: str) -> Response:
        if name not in _files():
            raise HTTPException(404)
        path = HERE / "page" / name
        return Response(path.read_bytes(), media_type=TYPES[path.suffix], headers=HEADERS)

    @router.get("/me")
    async def me() -> Response:
        owner = await _passed(stand_in.ask("me"))
        if not owner.is_success:  # something else is there
            raise HTTPException(502)
        return JSONResponse({**owner.json(), **about()}, headers=HEADERS)

    @router.get("/turns/{wa_id:path}")
    async def turn(wa_id: str) -> Response:
        told = await look_back(wa_id)
        if told is None:
            raise HTTPException(404)
        return JSONResponse(told, headers=HEADERS)

    return router


def _serve_page(router: APIRouter, name: str, words: dict[str, str], status: int = 200) -> None:
    @router.get("")
    async def page() -> Response:
        template = (HERE / "page" / name).read_text(encoding="utf-8")
        # A data block: no script runs in the page itself. "<" would end it.
        block = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
        values = {key: escape(sentence) for key, sentence in words.items()}
        html = fill(template, {**values, "words": block})
        return Response(html, status, HEADERS, media_type="text/html")


def _pass_on(router: APIRouter, stand_in: StandIn) -> None:
    """What goes to the stand-in and comes back as it is."""

    @router.get("/chat")
    async def chat(after: int = 0) -> Response:
        return _whole(await _passed(stand_in.news(after)))

    @router.post("/messages")
    async def write(request: Request) -> Response:
        return _whole(await _passed(stand_in.post("messages", request)))

    @router.post("/media")
    async def upload(request: Request) -> Response:
        return _whole(await _passed(stand_in.post("media", request)))

    @router.get("/media/{media_id}")
    async def media(media_id: int) -> Response:
        found = await _passed(stand_in.ask(f"media/{media_id}"))
        kind = found.headers.get("content-type", "application/octet-stream")
        shown = "inline" if kind.startswith(SHOWN) else "attachment"
        headers = {**FILE_HEADERS, "Content-Disposition": shown, "Content-Type": kind}
        return Response(found.content, found.status_code, headers)


async def _passed(answer: Awaitable[httpx.Response]) -> httpx.Response:
    try:
        return await answer
    except StandInAway:
        raise HTTPException(502) from None


def _whole(answer: httpx.Response) -> Response:
    kind = answer.headers.get("content-type")
    return Response(answer.content, answer.status_code, HEADERS, media_type=kind)


@cache
def _files() -> frozenset[str]:
    return frozenset(path.name for path in (HERE / "page").iterdir() if path.suffix in TYPES)


@cache
def _words(language: str) -> dict[str, str]:
    """The sentences of the page, in the owner's language."""
    path = HOME / "prompts" / language / FILE
    if not path.exists():
        path = HOME / "prompts" / FALLBACK_LANGUAGE / FILE
    return tomllib.loads(path.read_text(encoding="utf-8"))
