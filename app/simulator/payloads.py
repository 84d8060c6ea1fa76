"""What Meta checks in a message before it takes it: one function per kind of payload."""

import re
from collections.abc import Callable
from typing import Any

from app.simulator.errors import BadParameterValue, InvalidParameter, TemplateParameter

Payload = dict[str, Any]

# Meta's limits, in characters unless named otherwise.
MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_BUTTONS = 3
MAX_BUTTON_ID = 256
MAX_BUTTON_TITLE = 20
MAX_BUTTONS_BODY = 1024
MAX_FOOTER = 60
MAX_HEADER = 60
MAX_LIST_BUTTON = 20
MAX_SECTIONS = 10
MAX_SECTION_TITLE = 24
MAX_ROWS = 10  # in all sections together
MAX_ROW_ID = 200
MAX_ROW_TITLE = 24
MAX_ROW_DESCRIPTION = 72
MAX_LIST_BODY = 4096
MAX_OPAQUE_DATA = 512
NOT_IN_A_VARIABLE = re.compile(r"[\n\r\t]| {5}")

MEDIA_TYPES = ("audio", "document", "image", "sticker", "video")


def check(payload: Payload) -> str:
    """Check a message to send and give its type.

    Raises:
        InvalidParameter: a part is missing or too long.
        BadParameterValue: a part of an interactive message breaks its limits.
    """
    if payload.get("messaging_product") != "whatsapp":
        raise InvalidParameter("The parameter messaging_product is required.")
    kind = payload.get("type", "text")
    checker = CHECKERS.get(kind) if isinstance(kind, str) else None
    if checker is None:
        raise InvalidParameter(f"Param type must be one of {{{', '.join(CHECKERS).upper()}}}")
    if not isinstance(payload.get(kind), dict):
        raise InvalidParameter(f"The parameter {kind} is required.")
    checker(payload[kind])
    if len(payload.get("biz_opaque_callback_data") or "") > MAX_OPAQUE_DATA:
        raise InvalidParameter(
            f"Param biz_opaque_callback_data must be at most {MAX_OPAQUE_DATA} characters long."
        )
    return str(kind)


def recipient_of(payload: Payload) -> tuple[str, str]:
    """(`to` as written, digits only) or (`recipient`, the same); when both are given `to` wins.

    Raises:
        InvalidParameter: neither is there.
    """
    to = payload.get("to")
    if isinstance(to, str) and to:
        digits = "".join(filter(str.isdigit, to))
        if not digits:
            raise InvalidParameter("Param to must be a valid phone number.")
        return to, digits
    recipient = payload.get("recipient")
    if isinstance(recipient, str) and recipient:
        return recipient, recipient
    raise InvalidParameter("The parameter to is required.")


def _check_text(text: Payload) -> None:
    body = text.get("body")
    if not isinstance(body, str) or not body.strip():
        raise InvalidParameter("The parameter text['body'] is required.")
    if len(body) > MAX_TEXT:
        raise InvalidParameter(f"Param text['body'] must be at most {MAX_TEXT} characters long.")


def _check_reaction(reaction: Payload) -> None:
    if not reaction.get("message_id"):
        raise InvalidParameter("The parameter reaction['message_id'] is required.")
    if not isinstance(reaction.get("emoji"), str):
        raise InvalidParameter("The parameter reaction['emoji'] is required.")


def _check_media(media: Payload) -> None:
    if not media.get("id") and not media.get("link"):
        raise InvalidParameter("One of the parameters id or link is required.")
    if len(media.get("caption") or "") > MAX_CAPTION:
        raise InvalidParameter(f"Param caption must be at most {MAX_CAPTION} characters long.")


def _check_template(template: Payload) -> None:
    if not template.get("name") or not (template.get("language") or {}).get("code"):
        raise InvalidParameter("The parameters template['name'] and ['language'] are required.")
    for text in variables_of(template):
        if not isinstance(text, str) or not text.strip() or NOT_IN_A_VARIABLE.search(text):
            raise TemplateParameter(
                "There's an issue with the parameters in your template",
                details="Param text cannot have new-line/tab characters or more than 4 consecutive"
                " spaces",
            )


def variables_of(template: Payload) -> list[Any]:
    """The texts that stand in a template's variables."""
    parts = template.get("components") or []
    return [one.get("text") for part in parts for one in part.get("parameters") or []]


def _check_interactive(interactive: Payload) -> None:
    kind, action = interactive.get("type"), interactive.get("action") or {}
    _limit("footer", (interactive.get("footer") or {}).get("text"), MAX_FOOTER, required=False)
    _limit("header", (interactive.get("header") or {}).get("text"), MAX_HEADER, required=False)
    body = (interactive.get("body") or {}).get("text")
    if kind == "button":
        _limit("body", body, MAX_BUTTONS_BODY)
        _check_buttons(action.get("buttons") or [])
    elif kind == "list":
        _limit("body", body, MAX_LIST_BODY)
        _limit("button", action.get("button"), MAX_LIST_BUTTON)
        _check_sections(action.get("sections") or [])
    else:
        raise BadParameterValue("Parameter value is not valid", details="interactive type")


def _check_buttons(buttons: list[Payload]) -> None:
    if not 1 <= len(buttons) <= MAX_BUTTONS:
        raise BadParameterValue("Parameter value is not valid", details="1 to 3 buttons")
    replies = [button.get("reply") or {} for button in buttons]
    for reply in replies:
        _limit("button id", reply.get("id"), MAX_BUTTON_ID)
        _limit("button title", reply.get("title"), MAX_BUTTON_TITLE)
    _unique("button ids", [reply["id"] for reply in replies])
    _unique("button titles", [reply["title"] for reply in replies])


def _check_sections(sections: list[Payload]) -> None:
    if not 1 <= len(sections) <= MAX_SECTIONS:
        raise BadParameterValue("Parameter value is not valid", details="1 to 10 sections")
    for section in sections:
        _limit("section", section.get("title"), MAX_SECTION_TITLE, required=len(sections) > 1)
    rows = [row for section in sections for row in section.get("rows") or []]
    if not 1 <= len(rows) <= MAX_ROWS:
        raise BadParameterValue("Parameter value is not valid", details="1 to 10 rows in all")
    for row in rows:
        _limit("row id", row.get("id"), MAX_ROW_ID)
        _limit("row title", row.get("title"), MAX_ROW_TITLE)
        _limit("row description", row.get("description"), MAX_ROW_DESCRIPTION, required=False)
    _unique("row ids", [row["id"] for row in rows])


def _limit(name: str, value: object, limit: int, *, required: bool = True) -> None:
    if value in (None, "") and not required:
        return
    if not isinstance(value, str) or not 1 <= len(value) <= limit:
        raise BadParameterValue(
            "Parameter value is not valid", details=f"{name}: 1 to {limit} characters"
        )


def _unique(name: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise BadParameterValue("Parameter value is not valid", details=f"{name} must be unique")


CHECKERS: dict[str, Callable[[Payload], None]] = {
    "text": _check_text,
    "reaction": _check_reaction,
    "interactive": _check_interactive,
    "template": _check_template,
    **dict.fromkeys(MEDIA_TYPES, _check_media),
}
