"""Faults the tests ask for: wrong answers, no answers, late answers."""

import asyncio
import itertools
import json
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from app.simulator.errors import error_body
from app.simulator.serving import drop_connection

Target = Literal["send", "read", "media", "download", "any"]


class Fault(BaseModel):
    """One rule: what happens to the next `times` calls of a kind."""

    kind: Literal["error", "html", "close", "hang", "slow", "failed_status"] = "error"
    """`error` answers Graph's error JSON, `html` a proxy's page; `close` drops the connection
    without an answer; `hang` never answers; `slow` answers normally after `delay_s`;
    `failed_status` accepts the message and reports it as failed by webhook."""
    on: Target = "send"
    times: int = Field(default=1, ge=1)
    status: int = 400
    code: int = 131000
    subcode: int | None = None
    message: str = "Something went wrong"
    details: str | None = None
    body: Any = None
    """Answered instead of Graph's error JSON; a string goes out as it is."""
    retry_after_s: int | None = None
    delay_s: float = Field(default=0.0, ge=0)
    accept: bool = False
    """Take the message first (it reaches the phone), then break the answer: outcome unknown."""

    def error_item(self) -> dict[str, Any]:
        """This error as a status webhook lists it."""
        item: dict[str, Any] = {"code": self.code, "title": self.message, "message": self.message}
        if self.details is not None:
            item["error_data"] = {"details": self.details}
        return item


class Faults:
    """The rules in force, in the order they were added."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._rules: dict[int, Fault] = {}
        self._released = asyncio.Event()

    def add(self, fault: Fault) -> int:
        """Put a rule in force and give its id."""
        rule_id = next(self._ids)
        self._rules[rule_id] = fault.model_copy()
        return rule_id

    def active(self) -> list[dict[str, Any]]:
        """Rules that still have calls to spoil; `times` is what is left."""
        return [{"id": rule_id, **rule.model_dump()} for rule_id, rule in self._rules.items()]

    def clear(self) -> None:
        """Lift every rule and let go of the calls that hang."""
        self._rules.clear()
        self._released.set()
        self._released = asyncio.Event()

    def take(self, target: Target) -> Fault | None:
        """The rule for this call, counted as used."""
        for rule_id, rule in self._rules.items():
            if rule.on in (target, "any"):
                rule.times -= 1
                if rule.times == 0:
                    del self._rules[rule_id]
                return rule
        return None

    async def play(self, fault: Fault, request: Request) -> Response | None:
        """The spoilt answer; None means that the call goes on as usual."""
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.kind in ("slow", "failed_status"):
            return None
        if fault.kind == "hang":
            await self._until_let_go(request)
            drop_connection(request)
        if fault.kind == "close":
            drop_connection(request)
        return _answer(fault)

    async def _until_let_go(self, request: Request) -> None:
        gone = asyncio.create_task(_disconnected(request))
        released = asyncio.create_task(self._released.wait())
        try:
            await asyncio.wait((gone, released), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            released.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _answer(fault: Fault) -> Response:
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    if fault.kind == "html":
        page = "<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"
        return Response(page, fault.status, headers, media_type="text/html")
    if fault.body is not None:
        raw = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
        return Response(raw, fault.status, headers, media_type="application/json")
    body = error_body(
        fault.code,
        f"(#{fault.code}) {fault.message}",
        subcode=fault.subcode,
        details=fault.details,
    )
    return JSONResponse(body, fault.status, headers)
