"""Odd bodies, from real ones: by structure (any value in any place) and by bytes."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

from tests.fuzz import shapes
from tests.fuzz.shapes import Json

BODY_MAX = 3 * 1024 * 1024  # bytes; more is refused unread (413)

# What Python's encoder cannot or will not write is put in as text after the encoding.
_TWICE = "\x01"  # at the end of a key: cut off, so that the key stands there twice
_DEEP, _LONG_INT = "@deep@", "@long-int@"
_DEPTHS = (60, 900, 1_100, 20_000)
_RARE = 0.002  # how often a body is of the expensive kinds: megabytes, a thousand messages

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**40, 0.1, 1e308, -0.0),
    *(float("nan"), float("inf"), float("-inf"), _DEEP, _LONG_INT),
    *("", " ", "0", "x", "null", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ud83d", "﻿"),
    *("👩‍👩‍👧", "‮abc", "é", "\r\n", "\\u0000", "%s%n", "'; DROP TABLE inbox; --", "/" * 50),
    *("A" * 70_000, "\ud83d" * 5_000, "0" * 400, "9" * 19, "-1", "²", "١٢٣", "1e5", "1_000"),
    *(shapes.OWNER, shapes.PHONE_NUMBER_ID, shapes.OWNER_BSUID, "AR.x\n", "wamid.OURS", "messages"),
    *("/ayuda", "/", "//", "/\ud800", "text", "edit", "reaction", "system", "revoke", "failed"),
    *([], {}, [[]], [{}], [None], {"": {}}, {"id": []}, {"body": {}}, {"type": "edit"}, [1, "a"]),
    *([[[[[[{"a": [{"a": [{}]}]}]]]]]], {"message": {"type": "edit", "edit": {}}}),
)
KEYS: tuple[str, ...] = (
    *("", "id", "type", "text", "body", "from", "from_user_id", "timestamp", "context", "errors"),
    *("entry", "changes", "value", "field", "metadata", "phone_number_id", "contacts", "messages"),
    *("statuses", "group_id", "system", "wa_id", "user_id", "previous_user_id", "message", "code"),
    *(
        "reaction",
        "emoji",
        "message_id",
        "original_message_id",
        "edit",
        "phones",
        "name",
        "profile",
    ),
    *("\ud800", "\x00", "K" * 300, "constructor", "__proto__", "__class__"),
)


class Bodies:
    """An endless supply, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._count = 0
        self._last = b"{}"
        self._steps: tuple[Callable[[Any, Any], None], ...] = (
            *(self._replace,) * 6,
            *(self._remove, self._remove, self._rename, self._twice, self._exchange, self._wrap),
            self._multiply,
        )

    def next(self) -> bytes:
        """One body of at most BODY_MAX bytes: a quarter is mutated by bytes as well."""
        body = self._by_structure()
        if self._random.random() < 0.25:
            body = self._by_bytes(body)
        self._last = body
        return body[:BODY_MAX]

    def _by_structure(self) -> bytes:
        root = self._webhook()
        for _ in range(self._random.choice((0, 1, 1, 1, 2, 2, 3, 5))):
            holder, key = self._place(root)
            if holder is not None:
                self._random.choice(self._steps)(holder, key)
        return self._encode(root)

    def _webhook(self) -> Json:
        rng = self._random
        number = rng.choice((shapes.OWNER,) * 8 + (shapes.FRIEND, shapes.STRANGER))
        messages = [
            shapes.message(copy.deepcopy(rng.choice(shapes.MESSAGES)), self._id(), number=number)
            for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3)))
        ]
        if rng.random() < _RARE:
            messages = [{**messages[0], "id": self._id()} for _ in range(1_000) if messages]
        statuses = [
            shapes.status(
                copy.deepcopy(rng.choice(shapes.STATUSES)),
                f"wamid.OURS{rng.randrange(99)}",
                f"{rng.randrange(-1, 99)}-{shapes.SAID_AT}",
            )
            for _ in range(rng.choice((0, 0, 0, 1, 2)))
        ]
        return shapes.envelope(messages, statuses, number=number)

    def _id(self) -> str:
        """New most of the time; a known one is a duplicate."""
        self._count += self._random.random() < 0.95
        return f"wamid.{self._seed}.{self._count}"

    def _place(self, node: Any) -> tuple[Any, Any]:
        """A holder and a key in it, anywhere; mostly deep, where the odd things matter."""
        rng = self._random
        while True:
            keys = list(node) if isinstance(node, dict) else range(len(node))
            if not keys:
                return None, None
            key = rng.choice(keys)
            child = node[key]
            if isinstance(child, dict | list) and child and rng.random() < 0.85:
                node = child
                continue
            return node, key

    def _value(self) -> Any:
        if self._random.random() < _RARE:
            return "\x7f" * 2_000_000
        return copy.deepcopy(self._random.choice(VALUES))

    def _replace(self, holder: Any, key: Any) -> None:
        holder[key] = self._value()

    def _remove(self, holder: Any, key: Any) -> None:
        del holder[key]

    def _rename(self, holder: Any, key: Any) -> None:
        if isinstance(holder, dict):
            holder[self._random.choice(KEYS)] = holder.pop(key)

    def _twice(self, holder: Any, key: Any) -> None:
        if isinstance(holder, dict):
            holder[f"{key}{_TWICE}"] = self._value()

    def _exchange(self, holder: Any, key: Any) -> None:
        other = self._random.choice(
            list(holder) if isinstance(holder, dict) else range(len(holder))
        )
        holder[key], holder[other] = holder[other], holder[key]

    def _wrap(self, holder: Any, key: Any) -> None:
        holder[key] = self._random.choice(([holder[key]], {str(key): holder[key]}))

    def _multiply(self, holder: Any, key: Any) -> None:
        holder[key] = [holder[key]] * self._random.choice((2, 3, 10))

    def _encode(self, root: Any) -> bytes:
        rng = self._random
        text = json.dumps(root, ensure_ascii=rng.random() < 0.7)
        if _TWICE in text or "\\u0001" in text:
            text = text.replace("\\u0001", "").replace(_TWICE, "")
        if _DEEP in text:
            depth = rng.choice(_DEPTHS)
            opening, closing = rng.choice((("[", "]"), ('{"a":', "}")))
            inner = "1" if opening != "[" else ""
            text = text.replace(f'"{_DEEP}"', opening * depth + inner + closing * depth)
        if _LONG_INT in text:
            digits = rng.choice((30, 4_000, 5_000, 200_000))
            text = text.replace(f'"{_LONG_INT}"', "7" * digits)
        return text.encode("utf-8", "surrogatepass")

    def _by_bytes(self, body: bytes) -> bytes:
        for _ in range(self._random.choice((1, 1, 2, 4))):
            if body:
                body = self._random.choice(_BYTE_STEPS)(body, self._random, self._last)
        return body


def _flip(body: bytes, rng: random.Random, _last: bytes) -> bytes:
    at = rng.randrange(len(body))
    return body[:at] + bytes([body[at] ^ (1 << rng.randrange(8))]) + body[at + 1 :]


def _cut(body: bytes, rng: random.Random, _last: bytes) -> bytes:
    at = rng.randrange(len(body))
    return rng.choice((body[:at], body[at:], body[:at] + body[at + rng.randrange(64) :]))


def _splice(body: bytes, rng: random.Random, last: bytes) -> bytes:
    return body[: rng.randrange(len(body))] + last[rng.randrange(len(last) + 1) :]


def _insert(body: bytes, rng: random.Random, _last: bytes) -> bytes:
    odd = rng.choice(
        (
            *(
                b"\x00",
                b"\xff",
                b"\xc0\x80",
                b"\xed\xa0\x80",
                b"\xf8\x88\x80\x80\x80",
                b"\xef\xbb\xbf",
            ),
            *(
                b'"',
                b"\\",
                b"\\u",
                b"\\ud800",
                b"{",
                b"]",
                b",",
                b":",
                b"-",
                b"1e999",
                b"NaN",
                b"/*",
            ),
            rng.randbytes(rng.randrange(1, 40)),
        )
    )
    at = rng.randrange(len(body))
    return body[:at] + odd + body[at:]


def _recode(body: bytes, rng: random.Random, _last: bytes) -> bytes:
    """JSON may come in UTF-16 and UTF-32, and Python's reader guesses which."""
    text = body.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "utf-7")))


def _repeat(body: bytes, rng: random.Random, _last: bytes) -> bytes:
    return body * rng.choice((2, 3))


_BYTE_STEPS = (*(_flip,) * 3, *(_cut,) * 2, *(_splice,) * 2, *(_insert,) * 3, _recode, _repeat)
