"""The webhook bodies Meta posts, and their signature."""

import hashlib
import hmac
import json
import secrets
from typing import Any

from app.simulator.config import SimulatorConfig, user_id_of

Json = dict[str, Any]


def new_wamid() -> str:
    """A WhatsApp message id that no other message has."""
    return f"wamid.{secrets.token_urlsafe(30)}"


def encode(payload: Json) -> bytes:
    """The exact bytes: like Meta, non-ASCII leaves as \\uXXXX."""
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def sign(app_secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256 for these bytes."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def envelope(config: SimulatorConfig, values: list[Json], *, field: str = "messages") -> Json:
    """One POST with one change per value."""
    changes = [{"value": value, "field": field} for value in values]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": config.waba_id, "changes": changes}],
    }


def messages_value(
    config: SimulatorConfig, messages: list[Json], *, name: str, number: str | None, user_id: str
) -> Json:
    """Inbound messages of one person; `number` is None for one whose phone Meta hides."""
    contact: Json = {"profile": {"name": name}, "user_id": user_id}
    if number is not None:
        contact["wa_id"] = number
    return {**_head(config), "contacts": [contact], "messages": messages}


def status_value(
    config: SimulatorConfig,
    *,
    status: str,
    wamid: str,
    recipient: str,
    opaque: str | None,
    category: str = "service",
    errors: list[Json] | None = None,
) -> Json:
    """One status. A failed one has no `contacts` block, by Meta's own table."""
    known_by_number = recipient.isdigit()
    user_id = user_id_of(recipient) if known_by_number else recipient
    item: Json = {
        "id": wamid,
        "status": status,
        "timestamp": str(int(config.clock())),
        "recipient_user_id": user_id,
    }
    contact: Json = {"user_id": user_id}
    if known_by_number:
        item["recipient_id"] = contact["wa_id"] = recipient
    if opaque is not None:
        item["biz_opaque_callback_data"] = opaque
    if errors:
        return {**_head(config), "statuses": [{**item, "errors": errors}]}
    item["pricing"] = {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": category,
    }
    return {**_head(config), "contacts": [contact], "statuses": [item]}


def _head(config: SimulatorConfig) -> Json:
    return {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": config.display_phone_number,
            "phone_number_id": config.phone_number_id,
        },
    }
