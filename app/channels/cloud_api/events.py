"""A webhook body as events. Walks every entry, change, message and status, and never raises."""

import json
from collections.abc import Iterator
from typing import Any, Literal

from app.channels.cloud_api.content import (
    SAYS,
    clean,
    consent_of,
    effect_of,
    is_forwarded,
    tapped_id,
    text_of,
)
from app.channels.cloud_api.policy import outcome_of
from app.errors import Outcome
from app.identity import sender_of
from graph.commands.parse import parse
from store.clock import now_ms
from store.conversations import Sender
from store.inbox import Arrival, Kind
from store.intake import Inbound
from store.statuses import Status

_STATUSES: dict[str, Literal["sent", "delivered", "read", "failed"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",  # a voice note
    "failed": "failed",
}
# What a failure after acceptance means; without a code nobody knows a cure.
_WHEN_FAILED: dict[Outcome, Literal["failed", "held"]] = {
    Outcome.MESSAGE: "failed",
    Outcome.WINDOW: "held",
    Outcome.TEMPLATE: "held",
}
_SILENT = frozenset({"reaction", "revoke", "system", "request_welcome"})  # no turns


def iter_events(body: bytes, phone_number_id: str) -> Iterator[Inbound | Status]:
    """What `body` holds for our number, in its order. Nothing for JSON that is not a webhook."""
    try:
        root = json.loads(body)
    except (ValueError, RecursionError):
        return
    for entry in _objects(_get(root, "entry")):
        for change in _objects(_get(entry, "changes")):
            value = _get(change, "value")
            if _get(change, "field") != "messages" or not isinstance(value, dict):
                continue
            ours = _text(_get(_get(value, "metadata"), "phone_number_id"))
            if ours != phone_number_id:
                continue
            yield from _messages(value)
            yield from filter(None, map(_status, _objects(value.get("statuses"))))


def _messages(value: dict[str, Any]) -> Iterator[Inbound]:
    contacts = _objects(value.get("contacts"))
    for message in _objects(value.get("messages")):
        wa_id = _text(message.get("id"))
        sender = _sender(message, contacts)
        if not wa_id or sender is None or message.get("group_id"):
            continue
        type_ = _text(message.get("type")) or "unknown"
        text = clean(text_of(message))
        arrival = Arrival(
            wa_id,
            _kind(type_, text, message),
            type_,
            text,
            _payload(message),
            _sent_at(message),
            _text(_get(message.get("context"), "id")),
            consent_of(message),
        )
        yield Inbound(sender, arrival, effect_of(message))


def _kind(type_: str, text: str, message: dict[str, Any]) -> Kind:
    if type_ in _SILENT:
        return "silent"
    # A command that somebody else wrote and the owner forwards is no order of theirs.
    is_typed = type_ in ("text", "edit") or tapped_id(message).startswith(SAYS)
    return "command" if is_typed and parse(text) and not is_forwarded(message) else "chat"


def _sender(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Sender | None:
    """Phone and BSUID, either of which may be missing (usernames hide the phone)."""
    digits = _text(message.get("from"))
    # A system message about a new user id names the old one, and often nobody else.
    bsuid = _text(_get(message.get("system"), "previous_user_id"))
    contact = next(
        (c for c in contacts if digits and _text(c.get("wa_id")) == digits),
        contacts[0] if len(contacts) == 1 else {},
    )
    bsuid = bsuid or _text(message.get("from_user_id")) or _text(contact.get("user_id"))
    return sender_of(digits, bsuid, _text(_get(contact.get("profile"), "name"))[:100])


def _status(status: dict[str, Any]) -> Status | None:
    wa_id, state = _text(status.get("id")), _STATUSES.get(_text(status.get("status")))
    if not wa_id or state is None:
        return None
    errors = _objects(status.get("errors"))
    code = errors[0].get("code") if errors else None
    code = code if isinstance(code, int) and abs(code) < 2**31 else None
    callback = _text(status.get("biz_opaque_callback_data"))
    outcome = Outcome.MESSAGE if code is None else outcome_of(code, 200)
    return Status(
        wa_id,
        state,
        callback,
        code,
        when_failed=_WHEN_FAILED.get(outcome, "queued"),
        for_ever=outcome is Outcome.OPERATOR,
    )


def _payload(message: dict[str, Any]) -> str:
    try:
        return clean(json.dumps(message, ensure_ascii=False))
    except (ValueError, RecursionError):  # nested deeper than the encoder goes
        return "{}"


def _sent_at(message: dict[str, Any]) -> int:
    """Milliseconds; Meta sends seconds as a string. Nonsense counts as now."""
    raw = _text(message.get("timestamp"))
    now = now_ms()
    if raw.isascii() and raw.isdigit() and len(raw) <= 11:
        return min(int(raw) * 1000, now)
    return now


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""
