"""What a channel can do."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from store.outbox import Button, File


@dataclass(frozen=True)
class Downloaded:
    """What the channel says about a file that it gave us."""

    mime_type: str
    sha256: str  # hex; "" where it does not say


class Channel(Protocol):
    """A way to reach a person."""

    async def send_text(self, to: str, body: str, *, callback: str) -> str:
        """Send one text and return its id; `callback` comes back in its statuses.

        Raises app.errors.SendError.
        """
        ...

    async def send_buttons(
        self, to: str, body: str, buttons: Sequence[Button], *, callback: str
    ) -> str:
        """Send one text with up to ten reply buttons under it, like `send_text`."""
        ...

    async def send_template(self, to: str, text: str, *, callback: str) -> str:
        """Send one text in the form that is approved for when the owner has not written for a day,
        like `send_text`. Only where such a form is set."""
        ...

    async def send_file(self, to: str, file: File, *, callback: str) -> str:
        """Send one document, like `send_text`."""
        ...

    async def send_voice(self, to: str, file: File, *, callback: str) -> str:
        """Send a voice note (ogg/opus), like `send_text`."""
        ...

    async def mark_read(self, message_id: str, *, typing: bool) -> None:
        """Mark a message read; `typing` shows that an answer is being written. Raises SendError."""
        ...

    async def download(
        self, media_id: str, write: Callable[[bytes], Awaitable[None]], *, max_bytes: int
    ) -> Downloaded:
        """Hand the file of a message to `write`, piece by piece.

        Raises app.errors.FileGone, FileTooBig (more than `max_bytes`) or DownloadError.
        """
        ...

    async def aclose(self) -> None:
        """Give the connections back."""
        ...
