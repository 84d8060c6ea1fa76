"""Every type of message Meta delivers: what the model reads of it, and what the phone gets."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_ollama import echo, say
from tests.stack import Stack

ONLY_TEXT = (
    "No leo ese tipo de mensaje: leo texto, notas de voz, imágenes y documentos. ¿Me lo escribís?"
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("inbound")) as stack:
        stack.ollama.fallback = echo
        yield stack


@pytest.fixture
def stack(shared: Stack) -> Stack:
    shared.calm()
    return shared


def turns(stack: Stack) -> list[dict[str, Any]]:
    """The calls of the model that were to answer something, not to summarise."""
    return [
        body
        for body in stack.ollama.chats
        if body.get("tools") and "Escribí un resumen" not in str(body["messages"][-1])
    ]


def read(stack: Stack) -> list[str]:
    """What the model was sent as the newest message, in each call, without our note."""
    return [echo(body).removeprefix("re: ") for body in turns(stack)]


MEDIA = {"id": "1013859600285441", "mime_type": "image/jpeg", "sha256": "GSO1ny="}
PDF = {**MEDIA, "mime_type": "application/pdf", "filename": "c.pdf"}
CARD = {"name": {"formatted_name": "Ana Paz"}, "phones": [{"phone": "+54 11 5555-0000"}]}
PLACE = {"latitude": -34.6, "longitude": -58.38, "name": "Obelisco", "address": "9 de Julio"}

# The type, its content, and what the model reads.
WORDS: list[tuple[str, Any, str]] = [
    ("text", {"body": "hola, ¿qué tal? 👋"}, "hola, ¿qué tal? 👋"),
    ("text", {"body": "  con aire\ny renglones "}, "con aire\ny renglones"),
    ("button", {"payload": "p1", "text": "Dale"}, "Dale"),
    ("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Sí"}}, "Sí"),
    ("interactive", {"type": "list_reply", "list_reply": {"id": "1", "title": "Uno"}}, "Uno"),
    ("location", PLACE, "📍 Obelisco, 9 de Julio (-34.6, -58.38)"),
    ("location", {"latitude": 1, "longitude": 2}, "📍 (1, 2)"),
    ("contacts", [CARD], "👤 Ana Paz +54 11 5555-0000"),
    ("contacts", [CARD, {"phones": [{"wa_id": "5411"}]}, {}], "👤 Ana Paz +54 11 5555-0000"),
]


@pytest.mark.parametrize(("type_", "content", "words"), WORDS)
def test_what_has_words_is_read(stack: Stack, type_: str, content: Any, words: str) -> None:
    stack.write("", type=type_, message={type_: content})
    assert stack.replies(1) == [f"re: {words}"]
    assert read(stack) == [words]


# A caption is read; that there is more is said.
CAPTIONS: list[tuple[str, Any, str]] = [
    ("video", {**MEDIA, "caption": "mirá"}, "mirá"),
    ("order", {"catalog_id": "1", "text": "para el jueves", "product_items": []}, "para el jueves"),
]


@pytest.mark.parametrize(("type_", "content", "words"), CAPTIONS)
def test_a_caption_is_read_and_the_rest_is_not_hushed_up(
    stack: Stack, type_: str, content: Any, words: str
) -> None:
    stack.write("", type=type_, message={type_: content})
    assert stack.replies(1) == [f"re: {words}\n\n{ONLY_TEXT}"]
    assert read(stack) == [words]


# One honest sentence, and no call of the model.
WORDLESS: list[tuple[str, Any]] = [
    ("video", MEDIA),
    ("sticker", {**MEDIA, "mime_type": "image/webp", "animated": False}),
    ("order", {"catalog_id": "1", "product_items": [{"product_retailer_id": "x"}]}),
    ("contacts", [{}]),
    ("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}),
    ("interactive", {}),
    ("unsupported", {"type": "poll"}),
    ("unsupported", {"type": "edit"}),
    ("unknown", {}),
    ("hologram", {"id": "1"}),  # no type of today
    ("text", {}),
    ("text", {"body": " \n "}),
]


@pytest.mark.parametrize(("type_", "content"), WORDLESS)
def test_what_cannot_be_read_gets_one_sentence(stack: Stack, type_: str, content: Any) -> None:
    errors = [{"code": 131051, "title": "Message type unknown"}] if type_ == "unsupported" else []
    stack.write("", type=type_, message={type_: content, "errors": errors})
    stack.write("/help")
    sentence, following = stack.replies(2)
    assert sentence == ONLY_TEXT
    assert following.startswith("Escribime")
    assert read(stack) == []


def test_media_is_kept_for_later(stack: Stack) -> None:
    wa_id = stack.write("", type="audio", message={"audio": MEDIA})
    stack.replies(1)
    ((payload,),) = stack.rows("SELECT payload FROM inbox WHERE wa_id = ?", wa_id)
    assert MEDIA["id"] in payload


def test_a_quoted_message_is_read_before_its_reply(stack: Stack) -> None:
    own = stack.write("hoy llueve")
    stack.replies(1)
    ours = next(event["wamid"] for event in stack.chat() if event.get("text") == "re: hoy llueve")
    for quoted, words in ((own, "hoy llueve"), (ours, "re: hoy llueve")):
        stack.write("¿seguro?", context=quoted)
        stack.replies(1)
        assert read(stack)[-1] == f"(En respuesta a: «{words}»)\n¿seguro?"
    stack.write("¿y esto?", context="wamid.never-seen")
    stack.write("reenviado", context={"forwarded": True})
    stack.replies(2)
    assert read(stack)[-2:] == ["¿y esto?", "reenviado"]


def test_a_reaction_is_kept_and_is_no_turn(stack: Stack) -> None:
    stack.write("contame un chiste")
    stack.replies(1)
    ours = [event["wamid"] for event in stack.chat() if event["kind"] == "outbound"][-1]
    kept = "SELECT emoji FROM feedback WHERE wa_id = ?"
    for reaction, rows in (({"emoji": "😂"}, [("😂",)]), ({"emoji": "👎"}, [("👎",)]), ({}, [])):
        content = {"reaction": {"message_id": ours, **reaction}}
        stack.write("", type="reaction", message=content)
        assert stack.rows(kept, ours) == rows
    stack.write("otro")
    assert stack.replies(1) == ["re: otro"]
    assert read(stack) == ["contame un chiste", "otro"]


def test_an_edit_before_the_turn_is_what_gets_answered(stack: Stack) -> None:
    with held_up(stack):
        wa_id = stack.write("nos vemos el lunes")
        edit(stack, wa_id, "nos vemos el martes")
    assert stack.replies(2) == ["primero", "re: nos vemos el martes"]
    stack.write("listo")
    assert stack.replies(1) == ["re: listo"]


def test_an_edit_after_the_turn_is_a_message(stack: Stack) -> None:
    wa_id = stack.write("nos vemos el lunes")
    stack.replies(1)
    edit(stack, wa_id, "nos vemos el martes")
    assert stack.replies(1) == ["re: nos vemos el martes"]


def edit(stack: Stack, wa_id: str, text: str) -> None:
    message = {"type": "text", "text": {"body": text}}
    content = {"original_message_id": wa_id, "message": message}
    stack.write("", type="edit", message={"edit": content})


def test_a_message_deleted_before_its_turn_is_not_answered(stack: Stack) -> None:
    with held_up(stack):
        wa_id = stack.write("clave jacarandá")
        revoke(stack, wa_id)
        stack.write("hola")
    assert stack.replies(2) == ["primero", "re: hola"]
    assert "jacarandá" not in str(turns(stack))
    assert stack.rows("SELECT text, payload FROM inbox WHERE wa_id = ?", wa_id) == [("", "{}")]


def test_the_words_of_a_message_deleted_later_are_erased(stack: Stack) -> None:
    stack.ollama.script("bien")
    wa_id = stack.write("clave ceibo")
    stack.replies(1)
    revoke(stack, wa_id)
    stack.write("hola")
    assert stack.replies(1) == ["re: hola"]
    told = [message.get("content", "") for message in turns(stack)[-1]["messages"]]
    assert "bien" in told
    assert any(text.startswith("(mensaje borrado)") for text in told)
    assert "ceibo" not in str(told)
    assert stack.rows("SELECT text, payload FROM inbox WHERE wa_id = ?", wa_id) == [("", "{}")]
    assert stack.rows("SELECT content FROM messages WHERE content LIKE '%ceibo%'") == []


def test_words_are_erased_from_a_turn_that_is_running(stack: Stack) -> None:
    go_on = threading.Event()
    stack.ollama.script(say("bien", hold=go_on))
    wa_id = stack.write("clave lapacho")
    stack.ollama.wait_for_chats(1)
    revoke(stack, wa_id)
    go_on.set()
    stack.write("hola")
    assert stack.replies(2) == ["bien", "re: hola"]
    assert "lapacho" not in str(turns(stack)[-1])
    assert stack.rows("SELECT content FROM messages WHERE content LIKE '%lapacho%'") == []


def revoke(stack: Stack, wa_id: str) -> None:
    content = {"original_message_id": wa_id}
    stack.write("", type="revoke", message={"revoke": content})


class held_up:  # noqa: N801 - reads as a function
    """A turn, answered "primero", goes on while the block runs."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._go_on = threading.Event()

    def __enter__(self) -> None:
        self._stack.ollama.script(say("primero", hold=self._go_on))
        self._stack.write("un momento")
        self._stack.ollama.wait_for_chats(1)

    def __exit__(self, *exc_info: object) -> None:
        self._go_on.set()


# Delivered, answered 200, and nothing else.
IGNORED: dict[str, dict[str, Any]] = {
    "a group": {"group_id": "G.1"},
    "no id": {"id": ""},
    "nobody": {"from": "", "from_user_id": ""},
    "a welcome": {"type": "request_welcome"},
    "a note of the system": {"type": "system", "system": {"type": "customer_identity_changed"}},
}


@pytest.mark.parametrize("fields", IGNORED.values(), ids=IGNORED)
def test_what_is_no_message_to_us_gets_no_answer(stack: Stack, fields: dict[str, Any]) -> None:
    text = f"a nadie {sorted(fields)}"
    stack.webhook(messages=[message(text, f"wamid.{sorted(fields)}") | fields])
    stack.write("/help")
    assert stack.replies(1)[0].startswith("Escribime")
    assert read(stack) == []


def message(text: str, wa_id: str) -> dict[str, Any]:
    return {
        "id": wa_id,
        "from": "5491122223333",
        "timestamp": "1795400000",
        "type": "text",
        "text": {"body": text},
    }


def test_platform_errors_and_other_fields_are_taken_and_left(stack: Stack) -> None:
    stack.webhook(errors=[{"code": 131000, "title": "Something went wrong"}])
    stack.webhook(statuses=[{"id": "wamid.other", "status": "delivered"}])
    stack.webhook(messages=[message("hola", "wamid.real") | {"timestamp": "x"}])
    assert stack.replies(1) == ["re: hola"]
