"""POST /round-trip on the admin port: a message to the owner, to see it arrive.

Signed like a webhook: any page in the owner's browser can post to this port, and must not be able
to make us write.
"""

import json
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.channels.cloud_api.signature import is_signed
from app.identity import Whitelist
from store.clock import now_ms
from store.conversations import Conversation
from store.ledger import Ledger

WINDOW_MS = 24 * 3600 * 1000  # Meta: after the owner's newest message
NONCE_MAX = 64  # characters


def round_trip_router(
    secret: str,
    whitelist: Whitelist,
    ledger: Ledger,
    *,
    sentence: Callable[[], str],
    wake: Callable[[int], None],
) -> APIRouter:
    """`sentence`: what to write; `wake` hears whom something is to be sent to."""
    router = APIRouter()

    @router.post("/round-trip")
    async def begin(request: Request) -> Response:
        body = await request.body()
        if not is_signed(body, request.headers.get("X-Hub-Signature-256"), secret):
            return Response(status_code=401)
        owner = _owner(await ledger.conversations(), whitelist)
        if owner is None:
            return Response(status_code=409)
        nonce = str(json.loads(body).get("nonce", ""))[:NONCE_MAX]
        at = now_ms()
        await ledger.notice(owner.id, f"round_trip:{nonce}", sentence())
        wake(owner.id)
        key = f"notice:{owner.id}:round_trip:{nonce}"
        return JSONResponse({"conversation_id": owner.id, "key": key, "at": at})

    return router


def _owner(conversations: list[Conversation], whitelist: Whitelist) -> Conversation | None:
    """Who wrote last, of those who still may, and not longer ago than we may answer."""
    allowed = whitelist.phones | whitelist.bsuids
    found = [
        one
        for one in conversations
        if one.thread_id in allowed and now_ms() - one.last_wrote_at < WINDOW_MS
    ]
    return max(found, key=lambda one: one.last_wrote_at, default=None)
