"""Tool calls that a small model wrote as text instead of making them.

Seen in the wild, all with the right tool and the right arguments:

- Qwen2.5-Coder 1.5B writes a fenced json block, or puts the call between `<tools>` tags, never
  between the `<tool_call>` tags its own template asks for. It also writes one call twice.
- Qwen2.5 0.5B and Llama 3.x 1B/3B write the bare object, Llama with "parameters" for "arguments".
- Hermes and Qwen between `<tool_call>` tags, Mistral as a list of calls.
- Older fine-tunes copy OpenAI's wire form: {"function": {...}} with the arguments as a string.
- SmolLM2 and Gemma write Python's quotes and trailing commas.

Only an object that names an OFFERED tool counts: all other JSON is the answer the user asked for.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

MAX_CHARS = 20_000  # a call is short; longer text is a document
# A text full of braces must stay cheap: every try reads on to where it fails.
MAX_TRIES = 100
MAX_REPAIRS = 8

_NAME_KEYS = ("name", "function", "tool", "tool_name")
_ARGUMENT_KEYS = ("arguments", "parameters", "args")
_WRAPPER_KEYS = ("function", "function_call", "tool_call", "tool_calls", "calls")
_FIRST_KEYS = (*_NAME_KEYS, *_ARGUMENT_KEYS, *_WRAPPER_KEYS, "type", "id")
_TAGS = ("<tools>", "<tool_call>", "<tool_calls>", "<function_call>", "<|python_tag|>")

_START = re.compile(r"""\{\s*["']|\[\s*\{""")
_LEFTOVERS = re.compile(  # what wrapped a call once the call is taken out; commas parted them
    r"```+[ \t]*\w*\s*```+|</?(?:tools|tool_calls?|function_call)>|<\|python_tag\|>"
)
_FENCE = re.compile(r"`{1,3}[ \t]*\w*")
_OPENED = re.compile(r"""["']?(\w*)(.?)""", re.DOTALL)
_DECODER = json.JSONDecoder(strict=False)  # models put raw newlines into strings


@dataclass(frozen=True)
class RescuedCall:
    """A tool call found in text."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Rescue:
    """The calls in a text, in order, and the prose around them."""

    calls: tuple[RescuedCall, ...]
    prose: str

    @property
    def whole(self) -> bool:
        """Whether the text was nothing but calls."""
        return bool(self.calls) and not self.prose


def rescue(text: str, offered: Collection[str]) -> Rescue:
    """Find the calls of `offered` tools in `text`. A call written twice counts once."""
    if not offered or len(text) > MAX_CHARS:
        return Rescue((), text.strip())
    calls: list[RescuedCall] = []
    prose: list[str] = []
    end = 0
    for start, stop, value in _json_values(text):
        found = _calls_in(value, offered)
        if found:
            prose.append(text[end:start])
            calls += [call for call in found if call not in calls]
            end = stop
    prose.append(text[end:])
    if not calls:
        return Rescue((), text.strip())
    left = _LEFTOVERS.sub("", "".join(prose)).strip().strip(",").strip()
    return Rescue(tuple(calls), left)


def rescue_calls(text: str, offered: Collection[str]) -> list[RescuedCall]:
    """The calls alone, whether prose surrounds them or not."""
    return list(rescue(text, offered).calls)


def may_become_call(prefix: str) -> bool:
    """Whether a text that begins with `prefix` may still turn out to be one call from end to end.

    A stream is held back as long as this is true, so that no half call is shown to anybody.
    """
    text = prefix.lstrip()
    if not text:
        return True
    if text[0] == "`":
        fenced = _FENCE.sub("", text, count=1).lstrip()
        return not fenced.startswith("`") and may_become_call(fenced)
    if text[0] == "<":
        if any(tag.startswith(text) for tag in _TAGS):
            return True
        tag = next((tag for tag in _TAGS if text.startswith(tag)), None)
        return tag is not None and may_become_call(text[len(tag) :])
    if text[0] == "[":
        inner = text[1:].lstrip()
        return not inner or (inner[0] == "{" and may_become_call(inner))
    return text[0] == "{" and _first_key_fits(text[1:].lstrip())


def _first_key_fits(text: str) -> bool:
    if not text:
        return True
    opened = _OPENED.match(text)
    if opened is None or text[0] not in "\"'":
        return False
    word, after = opened.groups()
    if after:
        return after in "\"'" and word in _FIRST_KEYS
    return any(key.startswith(word) for key in _FIRST_KEYS)


def _json_values(text: str) -> Iterator[tuple[int, int, Any]]:
    """Every outermost JSON object or list in `text`, with where it stands."""
    position = 0
    repairs = MAX_REPAIRS
    for _ in range(MAX_TRIES):
        match = _START.search(text, position)
        if match is None:
            return
        start = match.start()
        try:
            value, position = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            repaired = _repair(text, start) if repairs else None
            repairs -= 1
            if repaired is None:
                position = start + 1
                continue
            value, position = repaired
        yield start, position, value


def _calls_in(value: Any, offered: Collection[str]) -> list[RescuedCall]:
    """The calls `value` stands for; none when any part of it is something else."""
    if isinstance(value, list):
        groups = [_calls_in(item, offered) for item in value]
        return [call for group in groups for call in group] if all(groups) else []
    if not isinstance(value, dict):
        return []
    for key in _WRAPPER_KEYS:
        if isinstance(value.get(key), dict | list):
            return _calls_in(value[key], offered)
    name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
    # Qwen2.5 1.5B leaves the arguments out where there are none: {"name": "list_reminders"}.
    nothing: dict[str, Any] | None = {} if value.keys() <= set(_NAME_KEYS) else None
    raw = next((value[key] for key in _ARGUMENT_KEYS if key in value), nothing)
    arguments = _loads(raw) if isinstance(raw, str) else raw
    if name not in offered or not isinstance(arguments, dict):
        return []
    return [RescuedCall(str(name), arguments)]


def _loads(text: str) -> Any:
    try:
        return _DECODER.decode(text.strip() or "{}")
    except (ValueError, RecursionError):
        return None


def _repair(text: str, start: int) -> tuple[Any, int] | None:
    """Read a value with Python's quotes or trailing commas; None when it is something else."""
    out: list[str] = []
    depth = 0
    position = start
    while position < len(text):
        char = text[position]
        if char in "\"'":
            closed = _string_end(text, position)
            if closed is None:
                return None
            out.append(_double_quoted(text[position + 1 : closed - 1], quote=char))
            position = closed
            continue
        if char in "}]":
            depth -= 1
            while out and (out[-1].isspace() or out[-1] == ","):
                out.pop()
        depth += char in "{["
        out.append(char)
        position += 1
        if depth == 0:
            break
    try:
        return _DECODER.decode("".join(out)), position
    except (ValueError, RecursionError):
        return None


def _string_end(text: str, start: int) -> int | None:
    quote = text[start]
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == quote:
            return position + 1
        position += 1
    return None


def _double_quoted(body: str, *, quote: str) -> str:
    if quote == "'":
        body = body.replace("\\'", "'").replace('\\"', '"').replace('"', '\\"')
    return f'"{body}"'
