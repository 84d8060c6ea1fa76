"""Signatures that are not Meta's, each close to one that is."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable

from app.channels.cloud_api.signature import sign

Forged = tuple[bytes, list[bytes]]  # body, values of the header X-Hub-Signature-256


def forge(body: bytes, secret: str, rng: random.Random) -> Forged:
    """A body and a header that do not belong together under `secret`."""
    return rng.choice(_KINDS)(body, secret, rng)


def _other_secret(body: bytes, secret: str, rng: random.Random) -> Forged:
    other = rng.choice(
        (secret[:-1], secret + " ", secret.upper(), secret[::-1], "", "\x00" + secret, secret * 2)
    )
    return body, [sign(body, other).encode()]


def _hex_changed(body: bytes, secret: str, rng: random.Random) -> Forged:
    header = bytearray(sign(body, secret).encode())
    at = rng.randrange(7, len(header))
    header[at] = rng.choice([one for one in b"0123456789abcdef" if one != header[at]])
    return body, [bytes(header)]


def _length_changed(body: bytes, secret: str, rng: random.Random) -> Forged:
    good = sign(body, secret).encode()
    odd = rng.choice(
        (good[: rng.randrange(len(good))], good + good[7:8], good * 2, good + good[7:])
    )
    return body, [odd]


def _dressed(body: bytes, secret: str, rng: random.Random) -> Forged:
    """The right digits in the wrong dress: case, prefix, blanks, other alphabets."""
    digits = sign(body, secret).encode()[7:]
    dresses = (
        *(b"sha256=" + digits.upper(), b"SHA256=" + digits, b"Sha256=" + digits, digits),
        *(b"sha256:" + digits, b"sha256==" + digits, b"sha256= " + digits, b"=sha256=" + digits),
        *(
            b"sha1=" + digits,
            b"sha512=" + digits,
            b"sha256=0x" + digits,
            b"sha256=" + digits + b",",
        ),
        *(b"sha256=" + digits + b"\x00", b"sha256=\xa0" + digits, b"\xef\xbb\xbfsha256=" + digits),
        *(
            b'sha256="' + digits + b'"',
            b"sha256=" + digits + b"\xc3\xa9",
            b"sha256=sha256=" + digits,
        ),
        b"sha256=" + digits.replace(b"0", "٠".encode()).replace(b"1", b"\xb9") + b"\xb2",
        b"sha256=" + base64.b64encode(bytes.fromhex(digits.decode())),
    )
    return body, [rng.choice(dresses)]


def _other_hash(body: bytes, secret: str, rng: random.Random) -> Forged:
    name = rng.choice(("sha1", "md5", "sha512", "sha3_256", "blake2s", "sha224"))
    keyed = hmac.new(secret.encode(), body, name).hexdigest()
    plain = hashlib.sha256(rng.choice((body, secret.encode() + body, body + secret.encode())))
    prefix = rng.choice(("sha256", name))
    return body, [f"{prefix}={rng.choice((keyed, plain.hexdigest()))}".encode()]


def _body_changed(body: bytes, secret: str, rng: random.Random) -> Forged:
    good = sign(body, secret).encode()
    at = rng.randrange(len(body)) if body else 0
    flipped = (
        body[:at] + bytes([body[at] ^ (1 << rng.randrange(8))]) + body[at + 1 :] if body else b" "
    )
    spaced = rng.choice((body + b" ", b" " + body, body + b"\n", body + b"\x00"))
    return rng.choice((flipped, spaced, _written_anew(body))), [good]


def _written_anew(body: bytes) -> bytes:
    """The same JSON in other bytes."""
    try:
        again = json.dumps(json.loads(body), indent=1).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        again = body
    return again if again != body else body + b" "


def _constant(body: bytes, _secret: str, rng: random.Random) -> Forged:
    constants = ((), (b"",), (b"sha256=",), (b"sha256=" + b"0" * 64,), (b"f" * 64,), (b"null",))
    return body, list(rng.choice(constants))


def _bad_before_good(body: bytes, secret: str, rng: random.Random) -> Forged:
    """Two headers: the first one counts."""
    _, bad = _hex_changed(body, secret, rng)
    return body, [*bad, sign(body, secret).encode()]


_KINDS: tuple[Callable[[bytes, str, random.Random], Forged], ...] = (
    *(_other_secret, _hex_changed, _length_changed, _dressed, _dressed, _other_hash),
    *(_body_changed, _body_changed, _constant, _bad_before_good),
)
