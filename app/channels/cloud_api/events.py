"""A webhook body as events. Walks every entry, change, message and status, and never raises."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.channels.cloud_api.content import text_of
from app.identity import canonical, is_bsuid
from store.clock import now_ms
from store.conversations import Sender
from store.inbox import Arrival, Kind
from store.ledger import Status

_SILENT = frozenset({"reaction", "system", "request_welcome"})  # events about a chat, no turns
_STATUSES = frozenset({"sent", "delivered", "read", "failed"})


@dataclass(frozen=True)
class Inbound:
    """A message and who sent it."""

    sender: Sender
    arrival: Arrival


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
        text = _clean(text_of(message))
        kind: Kind = "chat"
        if type_ in _SILENT:
            kind = "silent"
        elif type_ == "text" and text.lstrip().startswith("/"):
            kind = "command"
        arrival = Arrival(wa_id, kind, type_, text, _payload(message), _sent_at(message))
        yield Inbound(sender, arrival)


def _sender(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Sender | None:
    """Phone and BSUID, either of which may be missing (usernames hide the phone)."""
    digits = _text(message.get("from"))
    bsuid = _text(message.get("from_user_id"))
    contact = next(
        (c for c in contacts if digits and _text(c.get("wa_id")) == digits),
        contacts[0] if len(contacts) == 1 else {},
    )
    bsuid = bsuid or _text(contact.get("user_id"))
    bsuid = bsuid if is_bsuid(bsuid) else ""
    phone = canonical(digits) if digits.isdigit() else ""
    if not phone and not bsuid:
        return None
    name = _text(_get(contact.get("profile"), "name"))[:100]
    return Sender(phone, bsuid, digits if phone else bsuid, name)


def _status(status: dict[str, Any]) -> Status | None:
    wa_id, state = _text(status.get("id")), _text(status.get("status"))
    if not wa_id or state not in _STATUSES:
        return None
    errors = _objects(status.get("errors"))
    code = errors[0].get("code") if errors else None
    return Status(
        wa_id,
        state,
        _text(status.get("biz_opaque_callback_data")),
        code if isinstance(code, int) and abs(code) < 2**31 else None,
    )


def _payload(message: dict[str, Any]) -> str:
    try:
        return _clean(json.dumps(message, ensure_ascii=False))
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
    return _clean(value) if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Without lone surrogates, which JSON can spell and SQLite cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
