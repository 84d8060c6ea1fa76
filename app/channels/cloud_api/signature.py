"""X-Hub-Signature-256: HMAC-SHA256 of the exact bytes, keyed with the App Secret."""

import hashlib
import hmac
import re

_SHAPE = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)


def sign(body: bytes, secret: str) -> str:
    """The header Meta would send with `body`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, header: str | None, secret: str) -> bool:
    """Whether the header belongs to exactly these bytes."""
    # The shape first: compare_digest raises on non-ASCII strings.
    if header is None or not _SHAPE.fullmatch(header):
        return False
    return hmac.compare_digest(header, sign(body, secret))
