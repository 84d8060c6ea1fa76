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
    own_words: str = ""  # what the owner typed themselves: no quotes, nothing forwarded
    mixed: bool = False  # others wrote a part of the message: a quote, a forward, a contact card
    here: Here | None = None  # the newest place that the owner shared, if it is of today
    answer: str = ""  # what the owner said to our question, where the turn goes on after one,
    answer_id: str = ""  # and the WhatsApp id of that message
