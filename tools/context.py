"""What the server tells a tool about the call, hidden from the model by its type."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from langchain_core.tools import InjectedToolArg
from pydantic import SkipValidation

from tools.ports import Documents, Here, Lists, Meaning, Memories, Notes, Pictures, Reminders


async def _no_meaning(_: str) -> Meaning | None:
    return None


async def _no_sentences(_: str, passages: Sequence[Sequence[str]]) -> Sequence[float]:
    return [0.0] * len(passages)


@dataclass(frozen=True)
class ToolCallContext:
    """What the server knows about a call and the model must not choose."""

    call_id: str  # survives a crash and a resume: the idempotency key of a write
    sender: str  # thread id of the owner's conversation
    language: str  # "es" or "en"
    timezone: str  # IANA
    sent_at: datetime  # aware UTC, when the owner sent the message; time phrases count from here
    now: datetime  # aware UTC, the moment of the call; later than sent_at when the model was down
    message_id: str = ""  # WhatsApp id of the turn's first message
    message_ids: tuple[str, ...] = ()  # of all of them
    own_words: str = ""  # what the owner typed in this turn: no quotes, nothing forwarded
    here: Here | None = None  # the newest place that the owner shared, if it is of today
    memories: Memories | None = None
    reminders: Reminders | None = None
    notes: Notes | None = None
    lists: Lists | None = None
    documents: Documents | None = None
    pictures: Pictures | None = None
    reminder_template: bool = False  # an approved one brings reminders outside the 24 hours
    # What a question means; None where there is no model for it, or not in time.
    embed: Callable[[str], Awaitable[Meaning | None]] = _no_meaning
    # What the sentence nearest to a question adds to the cosine of each passage; or zeros.
    best_sentences: Callable[[str, Sequence[Sequence[str]]], Awaitable[Sequence[float]]] = (
        _no_sentences
    )
    say: Callable[..., str] = str  # a sentence of messages.toml by its key, with values by name


# An argument of this type is filled in by the server and never shown to the model.
Context = Annotated[SkipValidation[ToolCallContext], InjectedToolArg]
