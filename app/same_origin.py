"""Keeps other people's web pages away from a port on loopback.

A page on the internet that the owner has open can make their browser call 127.0.0.1. What it sends
bears its `Origin`, or `Sec-Fetch-Site`; one whose name was made to lead here (DNS rebinding) bears
that name as `Host`.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OWN = ("same-origin", "none")  # none: typed, or a bookmark


class SameOrigin:
    """ASGI middleware: 403 for what comes from a page that is not ours."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = LOOPBACK) -> None:
        """`hosts`: the names that this port is called by; none: any."""
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, or refuse it."""
        if scope["type"] == "http" and not self._is_ours(scope["method"], Headers(scope=scope)):
            refusal = PlainTextResponse("Not for pages of other sites.\n", 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, method: str, headers: Headers) -> bool:
        host = headers.get("host", "")
        if self._hosts and _name(host) not in self._hosts:
            return False
        if headers.get("origin", f"http://{host}") != f"http://{host}":
            return False
        if headers.get("sec-fetch-site", "none") in OWN:
            return True
        # A link to us, which shows our page and no one else gets to see.
        return method == "GET" and headers.get("sec-fetch-dest") == "document"


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
