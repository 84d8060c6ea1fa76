"""A turn's messages as one text for the model."""

import json
from dataclasses import dataclass

from app.channels.cloud_api.content import is_forwarded, pin_of
from app.channels.cloud_api.media import attachment_of, is_voice_note
from graph.prompts import Prompts
from store.inbox import InboxMessage
from store.ledger import Ledger, Turn
from tools.ports import Here

HERE_MS = 12 * 3_600_000  # for so long a shared place is where the owner is
QUOTE_MAX = 500  # characters of a quoted message; the model has the rest in its history
# Types whose words are all there is; of the others a caption is only a part.
WORDS = frozenset({"text", "button", "interactive", "location", "contacts", "edit"})


OWN = frozenset({"text", "edit", "button", "interactive"})  # ours are the words on a button
SPOKEN = frozenset({"audio", "voice"})
CAPTIONED = frozenset({"document", "image", "video"})


@dataclass(frozen=True)
class Reading:
    """What the sender said, and whether something in it cannot be read yet."""

    text: str
    kept: str  # what the history keeps of it: the sender's own words, a stub for what others wrote
    unreadable: bool
    remarks: tuple[str, ...] = ()  # sentences for the owner about files
    echo: str = ""  # what was heard, where the answer shall begin with it


async def read(turn: Turn, ledger: Ledger, prompts: Prompts, language: str) -> Reading:
    """The turn's messages in order; a quoted message stands before the one that quotes it."""
    lines = []
    for message in turn.messages:
        quoted = await ledger.quoted_text(message.quoted) if message.quoted else ""
        if quoted and said(message):
            quote = quoted if len(quoted) <= QUOTE_MAX else f"{quoted[:QUOTE_MAX]}…"
            lines.append(prompts.message(language, "quoted", text=quote))
        lines.append(said(message).strip())
    text = kept = "\n".join(filter(None, lines))
    if is_mixed(turn):
        stub = prompts.message(language, "mixed_stub")
        kept = "\n".join(filter(None, [own_words(turn).strip(), stub]))
    if text and await ledger.undelivered(turn):
        text = "\n".join([prompts.message(language, "undelivered"), text])
    return Reading(
        text,
        kept,
        any(map(_is_unreadable, turn.messages)),
        tuple(dict.fromkeys(message.remark for message in turn.messages if message.remark)),
        await _echo(turn, ledger),
    )


def own_words(turn: Turn) -> str:
    """What the sender typed or spoke themselves, a caption, too: the only words a memory may come
    from."""
    return "\n".join(filter(None, map(_own, turn.messages)))


def holds_documents(turn: Turn) -> bool:
    """Whether documents came that could be read."""
    return any(map(_is_document, turn.messages))


def is_only_documents(turn: Turn) -> bool:
    """Whether nothing else came, and not a word with them."""
    return all(_is_document(one) and not one.text.strip() for one in turn.messages)


def said(message: InboxMessage) -> str:
    """Its words, what its file says before them. A command is typed: one that is spoken is text."""
    heard = (message.heard or "").strip()
    if message.type in SPOKEN:
        heard = heard.lstrip("/ ")
    return "\n".join(filter(None, [heard, message.text]))


def is_spoken(turn: Turn) -> bool:
    """Whether the sender recorded a part of it themselves."""
    payloads = [json.loads(message.payload) for message in turn.messages]
    return any(is_voice_note(one) and not is_forwarded(one) for one in payloads)


def is_mixed(turn: Turn) -> bool:
    """Whether others wrote a part of it, or nobody typed it. The name of a place is such a part; a
    bare position is not."""
    return any(
        message.quoted or not (_is_own(message) or _is_position(message))
        for message in turn.messages
    )


async def here(turn: Turn, ledger: Ledger) -> Here | None:
    """The newest place that the sender shared, in this turn or in the twelve hours before it."""
    since = turn.messages[-1].sent_at - HERE_MS
    shared = await ledger.earlier(turn, "location", since=since)
    pins = (pin_of(json.loads(message.payload)) for message in shared)
    return next(filter(None, pins), None)


async def _echo(turn: Turn, ledger: Ledger) -> str:
    """What was spoken in the turn, if the sender wants to see it."""
    spoken = [said(message) for message in turn.messages if message.type in SPOKEN]
    text = "\n".join(filter(None, spoken))
    return text if text and await ledger.echoes(turn.conversation.thread_id) else ""


def _is_document(message: InboxMessage) -> bool:
    """Whether it is a document that was read; a photo may come as a file, too."""
    attachment = attachment_of(json.loads(message.payload))
    return bool(message.heard and attachment and attachment.kind == "document")


def _own(message: InboxMessage) -> str:
    if _is_own(message):
        return said(message)
    is_caption = message.type in CAPTIONED and not is_forwarded(json.loads(message.payload))
    return message.text if is_caption else ""


def _is_own(message: InboxMessage) -> bool:
    payload = json.loads(message.payload)
    own = message.type in OWN or is_voice_note(payload)
    return own and not is_forwarded(payload)


def _is_position(message: InboxMessage) -> bool:
    pin = pin_of(json.loads(message.payload))
    return pin is not None and not pin.name


def _is_unreadable(message: InboxMessage) -> bool:
    if message.heard is not None:  # its file was looked at: the remark says what there is to say
        return not (message.heard or message.remark)
    return message.type not in WORDS or not message.text.strip()
