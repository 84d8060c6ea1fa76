"""Webhooks as Meta sends them: every inbound type and status, to be mutated."""

from typing import Any

Json = dict[str, Any]

PHONE_NUMBER_ID = "106540352242922"
OWNER = "5491122223333"
FRIEND = "5215512345678"
STRANGER = "5491199999999"
OWNER_BSUID = "AR.150200000000001"
SAID_AT = 1_795_400_000_000  # ms, when what the statuses are about was said

_MEDIA = {"id": "1013859600285441", "mime_type": "image/jpeg", "sha256": "GSO1ny=", "url": "x"}
_CARD = {
    "name": {"formatted_name": "Ana Paz", "first_name": "Ana"},
    "phones": [{"phone": "+54 11 5555-0000", "wa_id": "541155550000", "type": "CELL"}],
    "emails": [{"email": "ana@example.com", "type": "WORK"}],
    "org": {"company": "Paz"},
    "urls": [],
    "addresses": [{"city": "Salta"}],
    "birthday": "1990-01-01",
}
_ERROR = {"code": 131051, "title": "Message type unknown", "message": "x", "error_data": {}}

MESSAGES: tuple[Json, ...] = (
    {"type": "text", "text": {"body": "hola, ¿cómo estás? 👋"}},
    {"type": "text", "text": {"body": "/recordar soy celíaca"}},
    {
        "type": "text",
        "text": {"body": "sí"},
        "context": {"from": "15550783881", "id": "wamid.QUOTED"},
        "referral": {"source_url": "https://example.com", "source_type": "ad", "headline": "h"},
    },
    {"type": "text", "text": {"body": "mirá"}, "context": {"frequently_forwarded": True}},
    {"type": "audio", "audio": {**_MEDIA, "mime_type": "audio/ogg; codecs=opus", "voice": True}},
    {"type": "voice", "voice": _MEDIA},
    {"type": "image", "image": {**_MEDIA, "caption": "la factura"}},
    {"type": "video", "video": {**_MEDIA, "caption": "mirá esto"}},
    {"type": "document", "document": {**_MEDIA, "filename": "a.pdf", "caption": "leé"}},
    {"type": "sticker", "sticker": {**_MEDIA, "animated": False}},
    {
        "type": "location",
        "location": {"latitude": -24.78, "longitude": -65.41, "name": "Casa", "address": "Salta 1"},
    },
    {"type": "contacts", "contacts": [_CARD, {**_CARD, "name": {}}]},
    {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Sí"}},
        "context": {"from": "15550783881", "id": "wamid.OURS"},
    },
    {
        "type": "interactive",
        "interactive": {
            "type": "list_reply",
            "list_reply": {"id": "1", "title": "Uno", "description": "el primero"},
        },
    },
    {
        "type": "interactive",
        "interactive": {
            "type": "nfm_reply",
            "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"a": 1}'},
        },
    },
    {"errors": [_ERROR], "interactive": {}},
    {"type": "button", "button": {"payload": "p", "text": "Dale"}},
    {"type": "reaction", "reaction": {"message_id": "wamid.OURS", "emoji": "👍"}},
    {"type": "reaction", "reaction": {"message_id": "wamid.OURS"}},
    {
        "type": "order",
        "order": {
            "catalog_id": "1",
            "text": "x",
            "product_items": [{"quantity": 1, "item_price": 2}],
        },
    },
    {
        "type": "system",
        "system": {
            "body": "User A changed number",
            "type": "user_changed_number",
            "wa_id": "5491133334444",
            "user_id": "AR.2",
            "previous_user_id": OWNER_BSUID,
        },
    },
    {"type": "unsupported", "unsupported": {"type": "poll"}, "errors": [_ERROR]},
    {"type": "unknown", "errors": [{"code": 131060, "title": "x"}]},
    {
        "type": "edit",
        "edit": {
            "original_message_id": "wamid.EARLIER",
            "message": {"type": "text", "text": {"body": "quise decir"}, "context": {"id": "w"}},
        },
    },
    {"type": "revoke", "revoke": {"original_message_id": "wamid.EARLIER"}},
    {"type": "request_welcome"},
    {"type": "text", "text": {"body": "en un grupo"}, "group_id": "G1"},
    {"type": "something_of_2027", "something_of_2027": {"a": [1, {"b": None}]}},
)

STATUSES: tuple[Json, ...] = (
    {"status": "sent", "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular"}},
    {"status": "delivered", "conversation": {"id": "c", "origin": {"type": "service"}}},
    {"status": "read"},
    {"status": "played"},
    {"status": "failed", "errors": [{"code": 131047, "title": "Re-engagement message"}]},
    {"status": "failed", "errors": [{"code": 131026}]},
    {"status": "failed", "errors": [{"code": 190, "error_data": {"details": "x"}}]},
    {"status": "failed"},
)


def message(shape: Json, wa_id: str, *, number: str = OWNER) -> Json:
    """A message of this shape, as the number sent it."""
    common = {"id": wa_id, "timestamp": "1795400000", "from": number}
    if number == OWNER:
        common["from_user_id"] = OWNER_BSUID
    return {**common, **shape}


def status(shape: Json, wa_id: str, callback: str) -> Json:
    """A status of this shape, about a message of ours."""
    common = {"id": wa_id, "timestamp": "1795400000", "recipient_id": OWNER}
    return {**common, "biz_opaque_callback_data": callback, **shape}


def envelope(messages: list[Json], statuses: list[Json], *, number: str = OWNER) -> Json:
    """One webhook."""
    value: Json = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID},
    }
    if messages:
        contact: Json = {"wa_id": number, "profile": {"name": "Carla"}}
        if number == OWNER:
            contact["user_id"] = OWNER_BSUID
        value |= {"contacts": [contact], "messages": messages}
    if statuses:
        value["statuses"] = statuses
    change = {"field": "messages", "value": value}
    entry = {"id": "102290129340398", "changes": [change]}
    return {"object": "whatsapp_business_account", "entry": [entry]}
