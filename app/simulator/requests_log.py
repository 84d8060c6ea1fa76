"""Every Graph call as it came in, for tests to look at."""

import json
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.simulator.events import Event, EventLog

OURS = ("/_control/", "/_phone/")  # not Meta's


class RequestsLog:
    """ASGI middleware: one event per call when its body is in; `status` is filled by the answer.

    The token itself is not kept.
    """

    def __init__(self, app: ASGIApp, log: EventLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through, taking notes."""
        if scope["type"] != "http" or scope["path"].startswith(OURS):
            await self._app(scope, receive, send)
            return
        body = bytearray()
        event: Event | None = None

        async def listening() -> Message:
            nonlocal event
            message = await receive()
            if message["type"] == "http.request":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    event = event or self._note(Request(scope), bytes(body))
            return message

        async def watching(message: Message) -> None:
            nonlocal event
            if message["type"] == "http.response.start":
                # A GET is answered without anyone having asked for its body.
                event = event or self._note(Request(scope), bytes(body))
                event["status"] = message["status"]
            await send(message)

        await self._app(scope, listening, watching)

    def _note(self, request: Request, body: bytes) -> Event:
        return self._log.append(
            "request",
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            authorized=request.headers.get("authorization", "").startswith("Bearer "),
            content_type=request.headers.get("content-type"),
            body=_readable(request, body),
            status=None,
        )


def _readable(request: Request, body: bytes) -> Any:
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            return json.loads(body)
        except ValueError:
            return body.decode("utf-8", "replace")
    return {"size_bytes": len(body)} if body else None
