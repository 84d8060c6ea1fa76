"""A long tool result, made shorter before it enters the history.

It is read again in every later prompt, so size costs every turn. What a model needs later in order
to go on is kept first: ids, names and addresses; explanations go.
"""

import json
import re
from typing import Any

TELLING = re.compile(r"(?:^|_)(?:id|name|title|url|link|href|address|date|time)$")
ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+")
TRIMS = (400, 160, 60, 20)  # characters left of each other text, tried in turn
ITEMS = (50, 20, 8, 3)  # and of each list
TELLING_MOST = 200  # characters of an id, a name or an address
MORE = "…"


def shrunk(text: str, most: int) -> str:
    """`text` in `most` characters at most."""
    if len(text) <= most:
        return text
    try:
        value = json.loads(text)
        for trim, items in zip(TRIMS, ITEMS, strict=True):
            shorter = json.dumps(_trimmed(value, trim, items), ensure_ascii=False)
            if len(shorter) <= most:
                return shorter
    except (ValueError, RecursionError):
        pass  # no JSON, or nested deeper than anybody writes
    return _shorter_prose(text, most)


def _trimmed(value: Any, trim: int, items: int) -> Any:
    if isinstance(value, dict):
        return {
            key: _trimmed(one, max(trim, TELLING_MOST) if TELLING.search(key) else trim, items)
            for key, one in value.items()
        }
    if isinstance(value, list):
        kept = [_trimmed(one, trim, items) for one in value[:items]]
        return [*kept, f"{MORE} {len(value) - items}"] if len(value) > items else kept
    if isinstance(value, str) and len(value) > trim:
        return value[:trim] + MORE
    return value


def _shorter_prose(text: str, most: int) -> str:
    """The beginning up to a word's end, then the addresses that stood in the rest."""
    addresses: list[str] = []
    room = most // 3
    for found in ADDRESS.findall(text):
        room -= len(found) + 1
        if room < 0:
            break
        if found not in addresses:
            addresses.append(found)
    head = text[: most - sum(len(one) + 1 for one in addresses) - len(MORE)]
    head = head[: head.rfind(" ") + 1 or len(head)].rstrip() + MORE
    return "\n".join([head, *(one for one in addresses if one not in head)])


def cut_short(text: str, most: int) -> str:
    """The text, or its beginning up to a word and " …"; `most`: characters."""
    return text if len(text) <= most else f"{text[:most].rsplit(maxsplit=1)[0]} …"
