"""What a message says in words; "" for the types that say nothing we can read yet."""

from typing import Any


def text_of(message: dict[str, Any]) -> str:
    """The user's own words in a message object."""
    kind = message.get("type")
    content = message.get(kind) if isinstance(kind, str) else None
    if not isinstance(content, dict):
        return ""
    found: Any = ""
    if kind == "text":
        found = content.get("body")
    elif kind == "button":
        found = content.get("text")
    elif kind == "interactive":
        reply = content.get("button_reply") or content.get("list_reply")
        found = reply.get("title") if isinstance(reply, dict) else ""
    return found if isinstance(found, str) else ""
