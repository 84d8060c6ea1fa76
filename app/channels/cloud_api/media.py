"""Files of messages: which message brings one, and where Meta may say that it lies."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

import httpx

# Where Meta keeps files. The address comes with our token's answer, but the token goes to it.
META_HOSTS = ("facebook.com", "fbsbx.com", "fbcdn.net", "whatsapp.net")
SHA256 = re.compile(r"[0-9a-f]{64}")
MIB = 1 << 20
# Bytes that are taken, by type of message: what WhatsApp lets people send.
MAX_BYTES = {"audio": 16 * MIB, "voice": 16 * MIB, "image": 5 * MIB, "document": 100 * MIB}
NAME_MAX = 200  # characters


@dataclass(frozen=True)
class Attachment:
    """The file of a message, not fetched yet."""

    media_id: str
    kind: str  # audio, image, document: who reads it
    mime_type: str
    name: str
    max_bytes: int


def attachment_of(message: dict[str, Any]) -> Attachment | None:
    """The file that a message brings; None for none, and for kinds that nobody reads."""
    type_ = str(message.get("type"))
    content = message.get(type_)
    if type_ not in MAX_BYTES or not isinstance(content, dict):
        return None
    media_id, mime_type, name = (
        value if isinstance(value := content.get(key), str) else ""
        for key in ("id", "mime_type", "filename")
    )
    if not media_id:
        return None
    kind = "audio" if type_ == "voice" else type_
    # A picture or a recording that was sent as a file.
    sent_as_file = mime_type.partition("/")[0]
    if kind == "document" and sent_as_file in ("audio", "image"):
        kind = sent_as_file
    return Attachment(media_id, kind, mime_type, name[:NAME_MAX], MAX_BYTES[type_])


def is_voice_note(message: dict[str, Any]) -> bool:
    """Whether it was recorded in WhatsApp; any other audio may be anybody's."""
    content = message.get("audio")
    return message.get("type") == "voice" or (
        message.get("type") == "audio" and isinstance(content, dict) and bool(content.get("voice"))
    )


def is_trusted(url: str, graph: str) -> bool:
    """Whether our token may go to `url`: a host of Meta's, or the one it always goes to."""
    try:
        there, ours = httpx.URL(url), httpx.URL(graph)
    except httpx.InvalidURL:
        return False
    if there.host == ours.host:
        return there.scheme in ("https", ours.scheme)
    own = any(there.host == host or there.host.endswith(f".{host}") for host in META_HOSTS)
    return own and there.scheme == "https"


def hex_sum(stated: str) -> str:
    """A sha256 as Meta states it, hex or base64, in hex; "" for anything else."""
    if SHA256.fullmatch(stated.lower()):
        return stated.lower()
    try:
        digest = base64.b64decode(stated, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 32 else ""
