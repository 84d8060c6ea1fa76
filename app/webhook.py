"""GET/POST /webhook: verify, store, answer. 200 means stored; 503 means Meta should try again."""

import hmac
from collections.abc import Callable, Sequence

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from app import metrics
from app.channels.cloud_api.events import iter_events
from app.channels.cloud_api.signature import is_signed
from app.settings import Settings
from store.errors import StoreError
from store.intake import Inbound, Rules, Taken
from store.ledger import Ledger
from store.statuses import Status

log = structlog.get_logger()

BODY_MAX = 3 * 1024 * 1024  # bytes (Meta)


def webhook_router(
    settings: Settings,
    ledger: Ledger,
    *,
    rules: Callable[[], Rules],
    on_taken: Callable[[Taken], None],
    closing: Callable[[], bool],
) -> APIRouter:
    """The public routes that Meta calls."""
    router = APIRouter()
    secret = settings.whatsapp_app_secret.get_secret_value()
    verify_token = settings.whatsapp_verify_token.get_secret_value()

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
        events = list(iter_events(body, settings.whatsapp_phone_number_id))
        if not events:
            return Response(status_code=200)
        return await _store(events, ledger, rules(), on_taken)

    return router


async def _store(
    events: Sequence[Inbound | Status],
    ledger: Ledger,
    rules: Rules,
    on_taken: Callable[[Taken], None],
) -> Response:
    try:
        taken = await ledger.take(events, rules)
    except StoreError as error:
        log.error("webhook_not_stored", reason=str(error))
        return Response(status_code=503)
    except Exception:
        # A defect of ours: nothing was committed, and Meta keeps it for 7 days.
        log.exception("webhook_failed")
        return Response(status_code=503)
    if taken.strangers or taken.limited:
        log.warning("messages_not_taken", strangers=taken.strangers, limited=taken.limited)
    for outcome in ("stored", "duplicates", "strangers", "limited"):
        if count := getattr(taken, outcome):
            metrics.MESSAGES.labels(outcome).inc(count)
    on_taken(taken)
    return Response(status_code=200)


async def _read(request: Request) -> bytes | None:
    """The raw body, or None when it is over the cap; never more than the cap in memory."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_MAX:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
