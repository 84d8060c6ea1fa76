"""Webhook bodies as events; odd ones never raise."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.cloud_api.events import iter_events
from store.conversations import Sender
from store.intake import Edit, Inbound, Move, Reaction, Revoke
from store.statuses import Status

PHONE_ID = "106540352242922"
TEXT = {
    "from": "5491122223333",
    "id": "wamid.A",
    "timestamp": "1700000000",
    "type": "text",
    "text": {"body": "hola"},
}


def envelope(**value: Any) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5491100000000", "phone_number_id": PHONE_ID},
        **value,
    }
    change = {"field": "messages", "value": value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    ).encode()


def events(body: bytes) -> list[Inbound | Status]:
    return list(iter_events(body, PHONE_ID))


def only_message(message: dict[str, Any], **value: Any) -> Inbound:
    (event,) = events(envelope(messages=[message], **value))
    assert isinstance(event, Inbound)
    return event


def test_text() -> None:
    contact = {"wa_id": "5491122223333", "profile": {"name": "Carla"}, "user_id": "AR.150"}
    event = only_message(TEXT, contacts=[contact])
    assert event.arrival.text == "hola"
    assert event.arrival.kind == "chat"
    assert event.arrival.sent_at == 1_700_000_000_000
    assert event.sender.phone == "541122223333"
    assert event.sender.send_to == "5491122223333"
    assert event.sender.bsuid == "AR.150"
    assert event.sender.name == "Carla"


def test_every_entry_change_message_and_status_is_walked() -> None:
    one = json.loads(envelope(messages=[TEXT, {**TEXT, "id": "wamid.B"}]))
    status = {"id": "wamid.S", "status": "read", "biz_opaque_callback_data": "7"}
    two = json.loads(envelope(statuses=[status], messages=[{**TEXT, "id": "wamid.C"}]))
    one["entry"][0]["changes"] += two["entry"][0]["changes"]
    one["entry"].append(json.loads(envelope(messages=[{**TEXT, "id": "wamid.D"}]))["entry"][0])
    seen = events(json.dumps(one).encode())
    ids = [event.arrival.wa_id for event in seen if isinstance(event, Inbound)]
    assert ids == ["wamid.A", "wamid.B", "wamid.C", "wamid.D"]
    assert Status("wamid.S", "read", "7") in seen


def test_failed_status_without_contacts_keeps_its_code() -> None:
    (event,) = events(
        envelope(statuses=[{"id": "wamid.S", "status": "failed", "errors": [{"code": 131047}]}])
    )
    assert event == Status("wamid.S", "failed", "", 131047, "held")


def test_person_without_a_phone() -> None:
    message = {**TEXT, "from_user_id": "AR.15020001"}
    del message["from"]
    event = only_message(message)
    assert event.sender.phone == ""
    assert event.sender.send_to == event.sender.bsuid == "AR.15020001"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({**TEXT, "text": {"body": "/help"}}, "command"),
        ({**TEXT, "text": {"body": "  /help"}}, "command"),
        (
            {**TEXT, "type": "edit", "edit": {"message": {"type": "text", "text": {"body": "/a"}}}},
            "command",
        ),
        # somebody else's command is no order of the owner's
        ({**TEXT, "text": {"body": "/help"}, "context": {"forwarded": True}}, "chat"),
        ({**TEXT, "type": "reaction", "reaction": {"message_id": "x"}}, "silent"),
        ({**TEXT, "type": "system", "system": {"type": "user_changed_number"}}, "silent"),
        ({**TEXT, "type": "sticker", "sticker": {"id": "1"}}, "chat"),
        ({**TEXT, "type": "something_new"}, "chat"),
    ],
)
def test_kind(message: dict[str, Any], kind: str) -> None:
    assert only_message(message).arrival.kind == kind


def test_button_and_list_replies_are_words() -> None:
    reply = {"type": "button_reply", "button_reply": {"id": "yes", "title": "Sí"}}
    assert only_message({**TEXT, "type": "interactive", "interactive": reply}).arrival.text == "Sí"
    reply = {"type": "list_reply", "list_reply": {"id": "1", "title": "Uno"}}
    assert only_message({**TEXT, "type": "interactive", "interactive": reply}).arrival.text == "Uno"
    button = {"payload": "p", "text": "Dale"}
    assert only_message({**TEXT, "type": "button", "button": button}).arrival.text == "Dale"


@pytest.mark.parametrize("reply", ["button_reply", "list_reply"])
@pytest.mark.parametrize(
    ("id_", "kind", "consent"),
    [
        # Ours say what stands on them
        ("wasap:say:3", "command", ""),
        # or answer a question
        (f"wasap:yes:{'0' * 32}", "chat", f"yes:{'0' * 32}"),
        # Somebody else's are no order
        ("3", "chat", ""),
    ],
)
def test_what_a_tap_means(reply: str, id_: str, kind: str, consent: str) -> None:
    content = {"type": reply, reply: {"id": id_, "title": "/olvidar 12", "description": "x"}}
    arrival = only_message({**TEXT, "type": "interactive", "interactive": content}).arrival
    assert (arrival.text, arrival.kind, arrival.consent) == ("/olvidar 12", kind, consent)


def test_groups_and_other_numbers_are_left_alone() -> None:
    assert events(envelope(messages=[{**TEXT, "group_id": "G"}])) == []
    other = envelope(messages=[TEXT]).replace(PHONE_ID.encode(), b"999999999999")
    assert events(other) == []


def test_lone_surrogates_and_nul_can_be_stored() -> None:
    body = envelope(messages=[TEXT]).replace(b'"hola"', b'"ho\\ud83dla\\u0000"')
    (event,) = events(body)
    assert isinstance(event, Inbound)
    event.arrival.text.encode()
    event.arrival.payload.encode()
    assert "\x00" not in event.arrival.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"entry": 5}',
        b'{"entry": [null, 1, {"changes": {}}]}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"entry":' + b"[" * 100_000,
        b"1" * 10_000,
    ],
)
def test_what_is_no_webhook(body: bytes) -> None:
    assert events(body) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
def test_any_value_in_any_place_never_raises(data: st.DataObject) -> None:
    root = json.loads(
        envelope(
            messages=[dict(TEXT), {**TEXT, "type": "interactive", "interactive": {}}],
            contacts=[{"wa_id": "5491122223333", "profile": {"name": "x"}}],
            statuses=[{"id": "s", "status": "failed", "errors": [{"code": 1}]}],
        )
    )
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(root, data)
    for event in events(json.dumps(root).encode()):
        if isinstance(event, Inbound):
            event.arrival.payload.encode()


def mutate(node: Any, data: st.DataObject) -> None:
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        child = node[key]
        if isinstance(child, dict | list) and child and data.draw(st.booleans()):
            node = child
            continue
        node[key] = data.draw(JSON)
        return


@pytest.mark.parametrize(
    ("type_", "content", "effect"),
    [
        ("reaction", {"message_id": "wamid.X", "emoji": "👍"}, Reaction("wamid.X", "👍")),
        ("reaction", {"message_id": "wamid.X"}, Reaction("wamid.X", "")),  # taken back
        ("reaction", {"message_id": "wamid.X", "emoji": ""}, Reaction("wamid.X", "")),
        ("revoke", {"original_message_id": "wamid.X"}, Revoke("wamid.X")),
        (
            "edit",
            {"original_message_id": "wamid.X", "message": {"type": "text", "text": {"body": "b"}}},
            Edit("wamid.X", "b"),
        ),
        (
            "system",
            {"type": "user_changed_number", "wa_id": "5491144445555"},
            Move(Sender("541144445555", "", "5491144445555")),
        ),
        ("text", {"body": "hola"}, None),
        ("reaction", {"message_id": 5}, None),
        ("edit", [], None),
    ],
)
def test_what_an_event_does_besides(type_: str, content: Any, effect: Any) -> None:
    event = only_message({**TEXT, "type": type_, type_: content})
    assert event.effect == effect


def test_a_new_user_id_without_a_phone() -> None:
    system = {
        "type": "user_changed_user_id",
        "previous_user_id": "AR.150",
        "user_id": "AR.151",
    }
    message = {**TEXT, "type": "system", "system": system}
    del message["from"]
    event = only_message(message)
    assert event.sender.bsuid == "AR.150"
    assert event.effect == Move(Sender("", "AR.151", "AR.151"))


@pytest.mark.parametrize(
    ("type_", "content", "text"),
    [
        ("image", {"id": "1", "caption": "mirá esto"}, "mirá esto"),
        ("location", {"latitude": -34.6, "longitude": -58.4}, "📍 (-34.6, -58.4)"),
        (
            "location",
            {
                "latitude": -34.6,
                "longitude": -58.4,
                "name": "Obelisco",
                "address": "Av. 9 de Julio",
            },
            "📍 Obelisco, Av. 9 de Julio (-34.6, -58.4)",
        ),
        (
            "contacts",
            [{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+54 11 4444-5555"}, {}]}],
            "👤 Ana +54 11 4444-5555",
        ),
        ("contacts", [{}], ""),
        ("sticker", {"id": "1"}, ""),
        ("unsupported", {"type": "poll"}, ""),
    ],
)
def test_what_a_message_says(type_: str, content: Any, text: str) -> None:
    assert only_message({**TEXT, "type": type_, type_: content}).arrival.text == text


def test_a_reply_names_what_it_answers() -> None:
    message = {**TEXT, "context": {"from": "15550783881", "id": "wamid.Q"}}
    assert only_message(message).arrival.quoted == "wamid.Q"
