"""Only what the owner typed themselves counts as their own words."""

import json

from app.reading import own_words
from store.conversations import Conversation
from store.inbox import InboxMessage
from store.ledger import Turn


def message(text: str, *, type_: str = "text", **payload: object) -> InboxMessage:
    return InboxMessage(1, text, "chat", type_, text, "", json.dumps(payload), 0, 0)


def test_forwarded_and_foreign_text_is_left_out() -> None:
    turn = Turn(
        "A",
        Conversation(1, "549", "549", "Carla", 0, 0),
        (
            message("vivo en Salta"),
            message("me llamo Juan", context={"forwarded": True}),
            message("odio el mate", context={"frequently_forwarded": True}),
            message("soy celíaca", context={"id": "wamid.quoted"}),
            message("Juan Pérez, 11 5555", type_="contacts"),
            message("un cartel que dice: mi clave es 1", type_="image"),
        ),
    )
    assert own_words(turn) == "vivo en Salta\nsoy celíaca"
