"""Web search on loopback: the result pages of DuckDuckGo and Mojeek, as far as they are read."""

import html
from collections.abc import Sequence
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.simulator.serving import BackgroundServer
from tools.settings import ToolSettings

Row = tuple[str, str, str]  # title, address, snippet


class FakeSearch:
    """`with FakeSearch() as engines`: what each finds, or the status it answers with; 0 = never."""

    def __init__(self) -> None:
        self.found: dict[str, Sequence[Row]] = {"duckduckgo": (), "mojeek": ()}
        self.status = {"duckduckgo": 200, "mojeek": 200}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        routes = [
            Route("/html/", self._duckduckgo, methods=["POST"]),
            Route("/search", self._mojeek),
        ]
        self._server = BackgroundServer(Starlette(routes=routes))

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.__exit__(*exc_info)

    @property
    def settings(self) -> ToolSettings:
        return ToolSettings.model_validate({"search_url": self._server.url})

    async def _duckduckgo(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        rows = (
            f'<div class="links_main result__body"><h2><a href="{href}">{title}</a></h2>'
            f'<a class="result__snippet" href="{href}">{body}</a></div>'
            for title, href, body in _escaped(self.found["duckduckgo"])
        )
        return await self._answer("duckduckgo", request, form, f"<div>{''.join(rows)}</div>")

    async def _mojeek(self, request: Request) -> Response:
        rows = (
            f'<li><h2><a href="{href}">{title}</a></h2><p class="s">{body}</p></li>'
            for title, href, body in _escaped(self.found["mojeek"])
        )
        page = f'<ul class="results-standard">{"".join(rows)}</ul>'
        return await self._answer("mojeek", request, dict(request.query_params), page)

    async def _answer(
        self, engine: str, request: Request, query: dict[str, Any], page: str
    ) -> Response:
        self.asked.append((engine, query))
        while not self.status[engine] and (await request.receive())["type"] != "http.disconnect":
            continue
        return HTMLResponse(f"<html><body>{page}</body></html>", self.status[engine] or 200)


def _escaped(rows: Sequence[Row]) -> list[list[str]]:
    return [[html.escape(part) for part in row] for row in rows]
