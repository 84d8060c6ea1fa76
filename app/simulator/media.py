"""The media store: what was uploaded by either side, with Meta's limits and short-lived URLs."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from app.simulator.errors import MediaRefused

MIB = 1024 * 1024

# Meta: types and sizes it takes from a business.
LIMITS_BYTES: dict[str, int] = {
    **dict.fromkeys(
        ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus"), 16 * MIB
    ),
    **dict.fromkeys(("video/mp4", "video/3gpp"), 16 * MIB),
    **dict.fromkeys(("image/jpeg", "image/png"), 5 * MIB),
    "image/webp": 500 * 1024,
}
# Of a voice note, as its status says after Meta has taken it.
VOICE_TYPES = ("audio/ogg; codecs=opus", "audio/mpeg", "audio/amr", "audio/mp4", "audio/aac")
DOCUMENT_TYPES = ("text/plain", "application/pdf", "application/msword", "application/vnd.")
DOCUMENT_LIMIT_BYTES = 100 * MIB


@dataclass(frozen=True)
class Media:
    """One file and what Meta tells about it."""

    id: str
    content: bytes
    mime_type: str
    filename: str | None = None

    @property
    def sha256(self) -> str:
        """Hex, as `GET /{media_id}` gives it."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sha256_base64(self) -> str:
        """Base64, as webhooks give it."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()


class MediaStore:
    """Files by id, and the tickets that make their download URLs expire."""

    def __init__(self, clock: Callable[[], float], url_ttl_s: float) -> None:
        self._clock = clock
        self._url_ttl_s = url_ttl_s
        self._files: dict[str, Media] = {}
        self._tickets: dict[str, tuple[str, float]] = {}

    def add(self, content: bytes, mime_type: str, filename: str | None = None) -> Media:
        """Keep a file, whoever sent it."""
        media = Media(str(secrets.randbelow(9 * 10**15) + 10**15), content, mime_type, filename)
        self._files[media.id] = media
        return media

    def upload(self, content: bytes, mime_type: str, filename: str | None = None) -> Media:
        """Keep a file that the business uploads.

        Raises:
            MediaRefused: a type or size WhatsApp does not take.
        """
        limit = _limit_bytes(mime_type)
        if limit is None:
            raise MediaRefused("Media upload error", details=f"Unsupported type {mime_type}")
        if not content or len(content) > limit:
            raise MediaRefused(
                "Media upload error", details=f"File size must be between 1 and {limit} bytes"
            )
        return self.add(content, mime_type, filename)

    def get(self, media_id: str) -> Media | None:
        """The file, or None when there is none."""
        return self._files.get(media_id)

    def delete(self, media_id: str) -> bool:
        """Forget the file; False when there was none."""
        return self._files.pop(media_id, None) is not None

    def ticket(self, media: Media) -> str:
        """A secret path segment that opens this file until the URL expires."""
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = (media.id, self._clock() + self._url_ttl_s)
        return ticket

    def open(self, ticket: str) -> Media | None:
        """The file behind a ticket, or None when it expired or never was."""
        media_id, expires_at = self._tickets.get(ticket, ("", 0.0))
        return self.get(media_id) if self._clock() < expires_at else None


def _limit_bytes(mime_type: str) -> int | None:
    plain = mime_type.partition(";")[0].strip().lower()
    if plain.startswith(DOCUMENT_TYPES):
        return DOCUMENT_LIMIT_BYTES
    return LIMITS_BYTES.get(plain)
