"""What a reader of files is, and a voice. One file a kind beside this one; `app.main` names
them.
"""

from dataclasses import dataclass
from typing import Protocol

from store.media import MediaFile


@dataclass(frozen=True)
class Seen:
    """What a file says."""

    text: str  # for the turn, as the model shall read it; "" where it says nothing
    remark: str = ""  # a finished sentence for the owner: comes with the answer, or is the answer


class Voice(Protocol):
    """Says a text aloud. One text at a time is its own business."""

    async def say(self, text: str) -> bytes:
        """The sound of a text: ogg/opus, one channel. Raises app.errors.VoiceError."""
        ...


class Reader(Protocol):
    """Turns files of one kind into text. One file at a time is the reader's own business."""

    async def read(self, file: MediaFile, *, question: str) -> Seen:
        """What the file says; `question`: the caption and the other words of the turn.

        A bad file is a Seen with a remark and no error. Raises graph.errors.ModelError where the
        model that reads it is away: the turn waits for it as it waits for an answer. Cancelled
        when it takes longer than `desk.READ_TIMEOUT_S`.
        """
        ...

    async def aclose(self) -> None:
        """Give back what it holds."""
        ...
