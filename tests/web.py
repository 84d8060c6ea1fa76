"""The web on loopback: a site at public addresses, and a trap where everything private lies.

    with Web() as web:
        page = await web.fetcher().get("http://publico.example/")
        assert not web.trap.connections()

Names and addresses are real to the product, which resolves, checks and dials them; only the last
step, the connection itself, ends on this machine.
"""

import asyncio
import contextlib
import gzip
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_address
from typing import Self

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from app.simulator.serving import BackgroundServer
from tools.addresses import IPAddress
from tools.fetching import Fetcher, PublicOnly, Resolve, direct, resolve

PUBLIC_V4 = ip_address("93.184.216.34")
PUBLIC_V6 = ip_address("2606:2800:220:1:248:1893:25c8:1946")
NAMES: dict[str, Sequence[str]] = {
    "publico.example": (str(PUBLIC_V4),),
    "www.publico.example": (str(PUBLIC_V4),),
    "dual.example": (str(PUBLIC_V6), str(PUBLIC_V4)),
    "xn--and-6ma2c.example": (str(PUBLIC_V4),),  # ñandú.example
    # Names of the public DNS that lead inside.
    "interno.example": ("10.0.0.5",),
    "loopback.example": ("127.0.0.1",),
    "loopback6.example": ("::1",),
    "metadata.example": ("169.254.169.254",),
    "mapped.example": ("::ffff:127.0.0.1",),
    "nat64.example": ("64:ff9b::7f00:1",),
    "mezcla.example": (str(PUBLIC_V4), "127.0.0.1"),
    "mezcla6.example": (str(PUBLIC_V6), "fd00::1"),
    "nada.example": (),
}
PAGE = """<!doctype html><html><head><title>Horarios  del club</title><meta charset="utf-8">
<script>var secreto = 1;</script></head><body><nav><a href="/">Inicio</a></nav>
<article><h1>Horarios</h1><p>La pileta abre de martes a domingo, de 9 a 20, durante el año.</p>
<p>Los lunes está cerrada por limpieza, también en verano y en las vacaciones.</p></article>
<!-- nadie ve esto --></body></html>"""


async def lookup(host: str, port: int) -> Sequence[IPAddress]:
    """The DNS of these tests. Numbers in any notation are read by the system, as in the product."""
    name = host.rstrip(".")
    if name in NAMES:
        return [ip_address(address) for address in NAMES[name]]
    if name == "localhost":
        return await resolve(host, port)
    loop = asyncio.get_running_loop()
    numeric = socket.AI_NUMERICHOST
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric)
    return [ip_address(at[0]) for *_, at in found]


class Trap:
    """A listener on loopback that counts who comes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._count = self._own = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the socket is closed: the end
            while True:
                connection, _ = self._socket.accept()
                self._count += 1
                connection.close()

    def connections(self) -> int:
        """How many came so far. It knocks itself, and whoever came before was counted before."""
        with socket.create_connection(("127.0.0.1", self.port)) as own:
            own.recv(1)
        self._own += 1
        return self._count - self._own

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


class Dialler(httpx.AsyncBaseTransport):
    """The last step: public addresses lie at the site's port, all others at the trap's."""

    def __init__(self, site: int, trap: int) -> None:
        self.dialled: list[str] = []
        self.site, self._trap = site, trap
        self._wire = direct()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        address = ip_address(request.url.host)
        self.dialled.append(str(address))
        port = self.site if address in (PUBLIC_V4, PUBLIC_V6) else self._trap
        at = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
        return await self._wire.handle_async_request(
            httpx.Request(
                request.method,
                at,
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )


class Web:
    """The site, the trap and the way there. `pages` are texts by path, sent as HTML."""

    def __init__(self, **pages: str) -> None:
        self.pages = {"/": PAGE, **pages}
        self.seen: list[httpx.URL] = []  # addresses asked for, as the site saw them
        self.trap = Trap()
        self._server = BackgroundServer(_site(self))
        self.dialler: Dialler

    def __enter__(self) -> Self:
        self._server.__enter__()
        self.dialler = Dialler(self._server.port, self.trap.port)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.__exit__(*exc_info)
        self.trap.close()

    def fetcher(self, resolve: Resolve = lookup, *, limit_s: float = 10) -> Fetcher:
        return Fetcher(PublicOnly(self.dialler, resolve), limit_s=limit_s)


async def _to(request: Request) -> Response:
    """Sends to `url`, unescaped: a Location may hold anything."""
    return Response(
        status_code=int(request.query_params.get("status", "302")),
        headers={"Location": request.query_params["url"]},
    )


async def _hops(request: Request) -> Response:
    left = int(request.path_params["left"])
    return RedirectResponse(f"/hops/{left - 1}" if left > 1 else "/")


async def _endless(request: Request) -> Response:
    """Bytes without end; a redirect when there is a `url`."""

    async def body() -> AsyncIterator[bytes]:
        while True:
            yield b"<p>hola " * 8_000
            await asyncio.sleep(0)  # where it is stopped when the reader has gone

    query = request.query_params
    return StreamingResponse(
        body(),
        status_code=302 if "url" in query else 200,
        headers={"Location": query["url"]} if "url" in query else None,
        media_type="text/html",
    )


async def _raw(request: Request) -> Response:
    """A body in hexadecimal, with any headers."""
    query = dict(request.query_params)
    return Response(bytes.fromhex(query.pop("hex", "")), headers=query)


async def _bomb(request: Request) -> Response:
    """Little on the wire, and 8 MB unpacked."""
    body = gzip.compress(b"<p>hola " * 1_000_000)
    return Response(body, media_type="text/html", headers={"Content-Encoding": "gzip"})


async def _never(request: Request) -> Response:
    while (await request.receive())["type"] != "http.disconnect":
        continue
    return Response()


def _site(web: Web) -> Starlette:
    async def page(request: Request) -> Response:
        web.seen.append(httpx.URL(str(request.url)))
        text = web.pages.get(request.url.path)
        return Response(text, media_type="text/html") if text else Response(status_code=404)

    routes = [
        Route("/to", _to),
        Route("/hops/{left:int}", _hops),
        Route("/endless", _endless),
        Route("/raw", _raw),
        Route("/bomb", _bomb),
        Route("/never", _never),
        Route("/{path:path}", page),
    ]
    return Starlette(routes=routes)
