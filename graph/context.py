"""What a run knows about its turn: plain values, never stored in the checkpoint."""

from dataclasses import dataclass
from datetime import datetime

from tools.ports import Here


@dataclass(frozen=True)
class TurnContext:
    """Who wrote, and when."""

    sender: str  # thread id: canonical phone number, or the BSUID where there is none
    sent_at: datetime  # aware UTC, when the owner sent the (last) message of the turn
    name: str = ""  # profile name, may be empty
    language: str = "es"
    timezone: str = "America/Argentina/Buenos_Aires"
    message_ids: tuple[str, ...] = ()  # WhatsApp ids answered by this turn
    own_words: str = ""  # what the owner typed, captions, too: no quotes, nothing forwarded
    mixed: bool = False  # others wrote a part of the message: a quote, a forward, a contact card
    documents: bool = False  # files that were kept came with it,
    only_documents: bool = False  # and not a word with them
    here: Here | None = None  # the newest place that the owner shared, if it is of today
    answer: str = ""  # what the owner said to our question, where the turn goes on after one,
    answer_id: str = ""  # and the WhatsApp id of that message
