"""Connections of an httpx client, for many requests at once."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from typing import NamedTuple, cast

import httpx

KEPT = 20  # open and idle, for the requests to come; httpx's own number
KEPT_S = 5.0  # httpx's own, too


class _Idle(NamedTuple):
    transport: httpx.AsyncHTTPTransport
    since: float  # of the loop's clock


class Connections(httpx.AsyncBaseTransport):
    """One for each request under way, the latest used first, and no limit to them.

    httpx's pool asks the system about each of its idle connections at each request and each answer:
    with twenty at work a request takes 1.4 ms of processor time instead of 0.55. A pool of one has
    nobody to ask about but the one that it is about to use.
    """

    def __init__(self, verify: ssl.SSLContext | bool) -> None:
        self._verify = verify
        self._idle: deque[_Idle] = deque()
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx.AsyncBaseTransport; raises what httpx's own transport raises."""
        one = self._idle.pop().transport if self._idle else self._new()
        try:
            response = await one.handle_async_request(request)
        except BaseException:
            # A cancelled request may keep the only place in its pool for ever.
            await one.aclose()
            raise
        body = cast(httpx.AsyncByteStream, response.stream)
        response.stream = _Stream(body, self, one)
        return response

    async def give_back(self, one: httpx.AsyncHTTPTransport) -> None:
        """The answer was read or left: the next request may have the connection."""
        now = asyncio.get_running_loop().time()
        while self._idle and now - self._idle[0].since > KEPT_S:
            await self._idle.popleft().transport.aclose()
        if self._closed or len(self._idle) == KEPT:
            await one.aclose()
        else:
            self._idle.append(_Idle(one, now))

    async def aclose(self) -> None:
        """Close them, those in use as soon as they are given back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().transport.aclose()

    def _new(self) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(max_connections=1, keepalive_expiry=KEPT_S)
        return httpx.AsyncHTTPTransport(self._verify, trust_env=False, limits=limits)


class _Stream(httpx.AsyncByteStream):
    """The body of an answer; its connection is free again when it is closed."""

    def __init__(
        self, body: httpx.AsyncByteStream, home: Connections, one: httpx.AsyncHTTPTransport
    ) -> None:
        self._body = body
        self._home = home
        self._one = one

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            yield chunk

    async def aclose(self) -> None:
        try:
            await self._body.aclose()
        except BaseException:
            await self._one.aclose()
            raise
        await self._home.give_back(self._one)
