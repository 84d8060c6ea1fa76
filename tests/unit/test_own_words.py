"""Only what the owner typed themselves counts as their own words."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.reading import holds_documents, is_mixed, is_only_documents, own_words
from store.conversations import Conversation
from store.inbox import InboxMessage
from store.ledger import Turn

PIN = {"latitude": -34.6, "longitude": -58.4}
FORWARDED = {"context": {"forwarded": True}}
OWNER = Conversation(1, "549", "549", "Carla", 0, 0)


def message(text: str, *, type_: str = "text", quoted: str = "", **payload: object) -> InboxMessage:
    return InboxMessage(1, text, "chat", type_, text, quoted, json.dumps(payload), 0, 0)


def test_forwarded_and_foreign_text_is_left_out() -> None:
    turn = Turn(
        "A",
        OWNER,
        (
            message("vivo en Salta"),
            message("me llamo Juan", context={"forwarded": True}),
            message("odio el mate", context={"frequently_forwarded": True}),
            message("soy celíaca", context={"id": "wamid.quoted"}),
            message("Juan Pérez, 11 5555", type_="contacts"),
            message("¿qué dice el cartel?", type_="image"),  # its caption
            message("mi clave es 1", type_="image", context={"forwarded": True}),
            message("📍 (-34.6, -58.4)", type_="location", type="location", location=PIN),
        ),
    )
    assert own_words(turn) == "vivo en Salta\nsoy celíaca\n¿qué dice el cartel?"


@pytest.mark.parametrize(
    ("fields", "mixed"),
    [
        ({}, False),
        ({"type_": "edit"}, False),
        ({"quoted": "wamid.x"}, True),
        ({"context": {"forwarded": True}}, True),
        ({"context": {"frequently_forwarded": True}}, True),
        ({"type_": "contacts"}, True),
        ({"type_": "image"}, True),
        # figures are nobody's words, the name of a place is somebody's
        ({"type_": "location", "type": "location", "location": PIN}, False),
        ({"type_": "location", "type": "location", "location": {**PIN, "name": "Obelisco"}}, True),
        ({"type_": "location", "type": "location", "location": {**PIN, "address": "9 de"}}, True),
        ({"type_": "location", "type": "location", "location": PIN, **FORWARDED}, True),
        # what Meta never sends
        ({"context": 5}, False),
        ({"context": "x"}, False),
        ({"context": [1]}, False),
    ],
)
def test_what_others_wrote_makes_a_turn_mixed(fields: dict[str, Any], mixed: bool) -> None:
    turn = Turn("A", OWNER, (message("hola"), message("guardá esto", **fields)))
    assert is_mixed(turn) is mixed


@pytest.mark.parametrize(
    ("mime_type", "text", "holds", "only"),
    [
        ("application/pdf", "", True, True),
        ("application/pdf", "¿qué dice?", True, False),
        ("image/jpeg", "", False, False),  # a photo, sent as a file
        ("audio/ogg", "", False, False),
    ],
)
def test_what_is_sent_as_a_file_need_not_be_a_document(
    mime_type: str, text: str, holds: bool, only: bool
) -> None:
    file = {"id": "1", "mime_type": mime_type}
    came = message(text, type_="document", type="document", document=file)
    turn = Turn("A", OWNER, (replace(came, heard="(Mandé el documento ...)"),))
    assert (holds_documents(turn), is_only_documents(turn)) == (holds, only)
