"""The phone's side of the stand-in for Meta, over HTTP."""

import httpx
from starlette.requests import Request

from app.same_origin import LOOPBACK

TIMEOUT_S = 10.0
POLL_S = 25.0  # how long a page waits for news; below what proxies and browsers allow
KEPT = ("content-type", "content-length")  # headers that are passed on


class StandInAway(Exception):
    """Nothing answers there."""


class StandIn:
    """Passes the page's calls on. Meta itself is never called."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/_phone/",
            timeout=httpx.Timeout(TIMEOUT_S, read=POLL_S + TIMEOUT_S),
            trust_env=False,
            verify=False,  # noqa: S501 - plain HTTP on loopback; the TLS context costs 40 ms
        )

    @classmethod
    def at(cls, host: str | None, url: str) -> "StandIn | None":
        """The one at GRAPH_API_URL; None where that is not this machine: a real account."""
        return cls(url) if host and host.strip("[]") in LOOPBACK else None

    async def ask(self, path: str) -> httpx.Response:
        """GET something small. Raises StandInAway."""
        try:
            return await self._http.get(path)
        except httpx.HTTPError as error:
            raise StandInAway from error

    async def news(self, after: int) -> httpx.Response:
        """What happened in the conversation after a sequence number, as soon as something does."""
        return await self.ask(f"chat?after={after}&wait_s={POLL_S:.0f}")

    async def post(self, path: str, request: Request) -> httpx.Response:
        """Pass on a request with its body, however long. Raises StandInAway."""
        headers = {name: request.headers[name] for name in KEPT if name in request.headers}
        try:
            return await self._http.post(path, content=request.stream(), headers=headers)
        except httpx.HTTPError as error:
            raise StandInAway from error

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()
