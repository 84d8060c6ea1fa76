"""GET/POST /webhook: verify, store, answer. 200 means stored; 503 means Meta should try again."""

import hmac
from collections.abc import Callable

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from app.channels.cloud_api.events import Inbound, iter_events
from app.channels.cloud_api.signature import is_signed
from app.identity import Whitelist
from app.settings import Settings
from store.errors import StoreError
from store.ledger import Delivery, Ledger, Taken

log = structlog.get_logger()

BODY_MAX = 3 * 1024 * 1024  # bytes (Meta)


def webhook_router(
    settings: Settings,
    ledger: Ledger,
    *,
    on_taken: Callable[[Taken], None],
    closing: Callable[[], bool],
) -> APIRouter:
    """The public routes that Meta calls."""
    router = APIRouter()
    secret = settings.whatsapp_app_secret.get_secret_value()
    verify_token = settings.whatsapp_verify_token.get_secret_value()
    whitelist = settings.whitelist()

    @router.get("/webhook")
    async def verify(request: Request) -> Response:
        query = request.query_params
        token = query.get("hub.verify_token", "")
        if query.get("hub.mode") == "subscribe" and hmac.compare_digest(
            token.encode(), verify_token.encode()
        ):
            return PlainTextResponse(query.get("hub.challenge", ""))
        return Response(status_code=403)

    @router.post("/webhook")
    async def receive(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return Response(status_code=413)
        if not is_signed(body, request.headers.get("X-Hub-Signature-256"), secret):
            log.warning("webhook_unsigned", size_bytes=len(body))
            return Response(status_code=401)
        if closing():
            return Response(status_code=503)
        delivery = _delivery(body, settings.whatsapp_phone_number_id)
        if not delivery.messages and not delivery.statuses:
            return Response(status_code=200)
        return await _store(delivery, ledger, whitelist, on_taken)

    return router


async def _store(
    delivery: Delivery,
    ledger: Ledger,
    whitelist: Whitelist,
    on_taken: Callable[[Taken], None],
) -> Response:
    try:
        taken = await ledger.take(delivery, allowed=whitelist.allows)
    except StoreError as error:
        log.error("webhook_not_stored", reason=str(error))
        return Response(status_code=503)
    except Exception:
        # A defect of ours: nothing was committed, and Meta keeps it for 7 days.
        log.exception("webhook_failed")
        return Response(status_code=503)
    if taken.strangers:
        log.warning("strangers_ignored", messages=taken.strangers)
    on_taken(taken)
    return Response(status_code=200)


def _delivery(body: bytes, phone_number_id: str) -> Delivery:
    messages, statuses = [], []
    for event in iter_events(body, phone_number_id):
        if isinstance(event, Inbound):
            messages.append((event.sender, event.arrival))
        else:
            statuses.append(event)
    return Delivery(tuple(messages), tuple(statuses))


async def _read(request: Request) -> bytes | None:
    """The raw body, or None when it is over the cap; never more than the cap in memory."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_MAX:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
