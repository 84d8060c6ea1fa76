"""What a message says, and what it does besides; tolerant of every missing and odd field."""

import re
from collections.abc import Callable
from typing import Any

from app.identity import sender_of
from graph.approvals import consent
from store.intake import Edit, Move, Reaction, Revoke
from tools.ports import Here

Effect = Reaction | Edit | Revoke | Move

BUTTON = "wasap:"  # begins the ids of our buttons
SAYS = f"{BUTTON}say:"  # of those that say what stands on them
OUR_BUTTON = re.compile(rf"{BUTTON}(?:yes|no):[0-9a-f]{{32}}")
CONTACTS_MAX = 10  # of a card with many; the model needs no phone book


def text_of(message: dict[str, Any]) -> str:
    """A message in words; "" for what says nothing we can read yet. Captions are words."""
    kind = message.get("type")
    content = message.get(kind) if isinstance(kind, str) else None
    if kind == "contacts":
        return _contacts(content)
    if not isinstance(content, dict):
        return ""
    reader = _READERS.get(str(kind))
    return reader(content) if reader else ""


def pin_of(message: dict[str, Any]) -> Here | None:
    """The place that a message shares; None where it shares none, or somebody else's."""
    content = message.get("location")
    if message.get("type") != "location" or is_forwarded(message) or not isinstance(content, dict):
        return None
    latitude, longitude = content.get("latitude"), content.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return Here(latitude, longitude, _word(content, "name") or _word(content, "address"))


def consent_of(message: dict[str, Any]) -> str:
    """How it answers a question of ours: "yes" or "no" as typed, "yes:<token>" by our button.

    What somebody else wrote and the owner forwards is no word of theirs.
    """
    if message.get("type") == "text":
        return "" if is_forwarded(message) else consent(text_of(message))
    tapped = tapped_id(message)
    return tapped.removeprefix(BUTTON) if OUR_BUTTON.fullmatch(tapped) else ""


def tapped_id(message: dict[str, Any]) -> str:
    """Of the reply button, or the row of a list, that was tapped; "" when none was."""
    content = message.get("interactive")
    reply = _reply(content) if isinstance(content, dict) else None
    return _word(reply, "id") if isinstance(reply, dict) else ""


def effect_of(message: dict[str, Any]) -> Effect | None:
    """What an event about another message, or about the sender, changes."""
    kind = message.get("type")
    content = message.get(kind) if isinstance(kind, str) else None
    if not isinstance(content, dict):
        return None
    if kind == "reaction" and (target := _word(content, "message_id")):
        return Reaction(target, _word(content, "emoji"))  # absent or empty: taken back
    if kind == "revoke" and (target := _word(content, "original_message_id")):
        return Revoke(target)
    if kind == "edit" and (target := _word(content, "original_message_id")):
        return Edit(target, _edited(content))
    if kind == "system":
        moved = sender_of(_word(content, "wa_id"), _word(content, "user_id"))
        return Move(moved) if moved else None
    return None


def clean(text: str) -> str:
    """Without lone surrogates, which JSON can spell and SQLite cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _word(content: dict[str, Any], key: str) -> str:
    value = content.get(key)
    return clean(value) if isinstance(value, str) else ""


def _caption(content: dict[str, Any]) -> str:
    return _word(content, "caption")


def _interactive(content: dict[str, Any]) -> str:
    reply = _reply(content)
    return _word(reply, "title") if isinstance(reply, dict) else ""


def _reply(content: dict[str, Any]) -> Any:
    return content.get("button_reply") or content.get("list_reply")


def _edited(content: dict[str, Any]) -> str:
    message = content.get("message")
    return text_of(message) if isinstance(message, dict) and message.get("type") != "edit" else ""


def _location(content: dict[str, Any]) -> str:
    """A pin as people write one: name, address and coordinates."""
    latitude, longitude = content.get("latitude"), content.get("longitude")
    numbers = all(isinstance(one, int | float) for one in (latitude, longitude))
    place = ", ".join(filter(None, (_word(content, "name"), _word(content, "address"))))
    where = f"({latitude}, {longitude})" if numbers else ""
    return f"📍 {place} {where}".replace("  ", " ").strip() if place or where else ""


def _contacts(content: Any) -> str:
    """Cards as names with their numbers; either may be missing."""
    cards = (
        [card for card in content if isinstance(card, dict)] if isinstance(content, list) else []
    )
    lines = []
    for card in cards[:CONTACTS_MAX]:
        named = card.get("name")
        name = _word(named, "formatted_name") if isinstance(named, dict) else ""
        phones = card.get("phones")
        found = phones if isinstance(phones, list) else []
        numbers = [_word(phone, "phone") for phone in found if isinstance(phone, dict)]
        lines.append(f"👤 {name} {', '.join(filter(None, numbers))}".replace("  ", " ").strip())
    return "\n".join(line for line in lines if line != "👤")


_READERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "text": lambda content: _word(content, "body"),
    "button": lambda content: _word(content, "text"),
    "interactive": _interactive,
    "image": _caption,
    "video": _caption,
    "document": _caption,
    "location": _location,
    "order": lambda content: _word(content, "text"),
    "edit": _edited,
}


def is_forwarded(message: dict[str, Any]) -> bool:
    """Whether somebody else wrote it."""
    context = message.get("context")
    if not isinstance(context, dict):
        return False
    return bool(context.get("forwarded") or context.get("frequently_forwarded"))
