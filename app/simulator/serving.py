"""uvicorn for doubles: a server on a free loopback port, able to drop a connection unanswered."""

import asyncio
import socket
import threading
from typing import Any, ClassVar, Self

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0
GRACE_S = 1  # for calls still open when we stop: a hanging one never ends by itself


class DroppableProtocol(H11Protocol):
    """HTTP/1.1 whose connections can be found by the peer's address: ASGI offers no way to
    close one before an answer."""

    open: ClassVar[dict[Any, asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the connection."""
        super().connection_made(transport)
        self._peer = transport.get_extra_info("peername")
        self.open[self._peer] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.open.pop(self._peer, None)
        super().connection_lost(exc)


class NotDroppable(RuntimeError):
    """The app runs under a server that is not `serving.server`."""


def drop_connection(request: Request) -> None:
    """Cut the line under this request, with no answer."""
    client = request.client
    transport = DroppableProtocol.open.get((client.host, client.port)) if client else None
    if transport is None:
        raise NotDroppable
    transport.abort()


def server(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Server:
    """A quiet uvicorn whose connections `drop_connection` can cut."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=DroppableProtocol,
            ws="none",
            # Rewrites `client`, by which we find the connection.
            proxy_headers=False,
            date_header=False,  # the stand-in for Meta says what time it is there
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


class BackgroundServer:
    """An ASGI app served by a thread on a free loopback port, for tests.

    with BackgroundServer(app) as server: httpx.get(server.url)
    """

    def __init__(self, app: ASGIApp, *, port: int = 0) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._started = threading.Event()
        self._server = server(_announce_start(app, self._started))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> Self:
        """Start, and return once the app's lifespan has begun."""
        self._socket.listen()  # from here on callers queue instead of being refused
        self._thread.start()
        if not self._started.wait(START_TIMEOUT_S):
            raise TimeoutError(f"server on port {self.port} did not start")
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Stop and wait for the thread."""
        self._server.should_exit = True
        self._thread.join(STOP_TIMEOUT_S)
        self._socket.close()


def _announce_start(app: ASGIApp, started: threading.Event) -> ASGIApp:
    async def announcing(scope: Any, receive: Any, send: Any) -> None:
        async def watched(message: Any) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                started.set()

        await app(scope, receive, watched if scope["type"] == "lifespan" else send)

    return announcing
