"""HTTP for the harness: a server and a client that cost next to nothing, so that the product's
own time is what is spent. Only what our clients and uvicorn speak: bodies of known length, and
the ways in which an answer can be broken.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

POST_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Reply:
    """What a double answers."""

    body: bytes = b"{}"
    status: int = 200
    headers: tuple[str, ...] = ()
    delay_s: float = 0.0
    drop: bool = False  # close the connection instead of answering
    reset: bool = False  # the same, rudely
    length: int | None = None  # what Content-Length says where it lies; the connection stays open
    cut: bool = False  # close the connection after the body
    again_s: float = 0.0  # the body once more, and so on without end, this far apart


def as_json(value: Any, status: int = 200, **more: Any) -> Reply:
    """A JSON answer."""
    return Reply(json.dumps(value).encode(), status, **more)


Handler = Callable[[str, Json], Reply]


@dataclass
class Double:
    """A server on loopback that hands each request to a plain function."""

    handler: Handler
    url: str = ""
    broken: Exception | None = None  # a defect of the double itself, which must end the run
    _server: asyncio.Server | None = None
    _open: set[asyncio.Transport] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free port, or again on the one of before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self._handle, self._open), "127.0.0.1", urlsplit(self.url).port or 0
        )
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def _handle(self, path: str, body: Json) -> Reply:
        try:
            return self.handler(path, body)
        except Exception as error:  # noqa: BLE001 - asyncio would only log it, and the product would try again
            self.broken = error
            return Reply(drop=True)

    async def stop(self) -> None:
        """Close the port and what is connected."""
        if self._server is None:
            return
        self._server.close()
        for transport in list(self._open):
            transport.abort()
        await self._server.wait_closed()


class _Connection(asyncio.Protocol):
    """HTTP/1.1 keep-alive, one request after the other."""

    def __init__(self, handler: Handler, open_: set[asyncio.Transport]) -> None:
        self._handler = handler
        self._open = open_
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            size = _content_length(self._buffer[:end])
            if len(self._buffer) < end + 4 + size:
                return
            path = self._buffer.split(b" ", 2)[1].decode("ascii")
            body = self._buffer[end + 4 : end + 4 + size]
            self._buffer = self._buffer[end + 4 + size :]
            self._answer(self._handler(path, json.loads(body) if body.startswith(b"{") else {}))

    def _answer(self, reply: Reply) -> None:
        if reply.delay_s:
            loop = asyncio.get_running_loop()
            loop.call_later(reply.delay_s, self._write, reply)
        else:
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        if reply.reset:
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if reply.drop or reply.reset:
            self._transport.close()
            return
        length = len(reply.body) if reply.length is None else reply.length
        lines = (
            f"HTTP/1.1 {reply.status} -",
            "Content-Type: application/json",
            "Connection: close" if reply.again_s else f"Content-Length: {length}",
            *reply.headers,
        )
        self._transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body)
        if reply.cut:
            self._transport.close()
        if reply.again_s:
            self._repeat(reply)

    def _repeat(self, reply: Reply) -> None:
        if not self._transport.is_closing():
            self._transport.write(reply.body)
            asyncio.get_running_loop().call_later(reply.again_s, self._repeat, reply)


async def post(port: int, path: str, body: bytes, headers: Json) -> int | None:
    """POST over a connection of its own; the status, None when no whole answer came."""
    try:
        async with asyncio.timeout(POST_TIMEOUT_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                lines = (
                    f"POST {path} HTTP/1.1",
                    "Host: wasap.test",
                    "Connection: close",
                    "Content-Type: application/json",
                    f"Content-Length: {len(body)}",
                    *(f"{name}: {value}" for name, value in headers.items()),
                )
                writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
    return int(answer.split(b" ", 2)[1]) if b"\r\n\r\n" in answer else None


async def get(port: int, path: str) -> Json | None:
    """GET a JSON object; None when nothing answers."""
    try:
        async with asyncio.timeout(POST_TIMEOUT_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(
                    f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
                )
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    return dict(json.loads(body)) if head and body else None


def _content_length(head: bytes) -> int:
    head = head.lower()
    at = head.find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
