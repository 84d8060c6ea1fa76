"""Argument schemas of other people's tools, made flat.

Ollama's client turns anything but a plain type into {} and the model would guess, so an argument
that may be nothing becomes one that may be left out, references are followed, and what is nested is
left out where it is optional. A tool that needs a nested argument cannot be offered.
"""

from collections.abc import Mapping
from typing import Any

from tools.errors import ToolLoadError

PLAIN = ("string", "number", "integer", "boolean")
MAX_TEXT = 120  # characters of an argument's description
MAX_DEPTH = 8  # of references and alternatives

Schema = Mapping[str, Any]


def flat(schema: Schema) -> dict[str, Any]:
    """The object schema with plain arguments only.

    Raises:
        ToolLoadError: an argument that must be given is nested.
    """
    definitions = {**schema.get("definitions", {}), **schema.get("$defs", {})}
    required = schema.get("required", ())
    arguments: dict[str, Any] = {}
    for name, given in schema.get("properties", {}).items():
        if plain := _plain(given, definitions):
            arguments[name] = plain
        elif name in required:
            raise ToolLoadError(f"its argument {name!r} is nested, and it cannot do without")
    needed = [name for name in arguments if name in required]
    return {"type": "object", "properties": arguments, "required": needed}


def _plain(given: Any, definitions: Schema, depth: int = 0) -> dict[str, Any] | None:
    if not isinstance(given, Mapping) or depth > MAX_DEPTH:
        return None
    given, options = _opened(given, definitions)
    for option in options:
        merged = {**option, **given} if isinstance(option, Mapping) else option
        if plain := _plain(merged, definitions, depth + 1):
            return plain
    kind = _kind(given)
    plain = {"type": kind}
    if kind == "array":
        items = _plain(given.get("items", {"type": "string"}), definitions, depth + 1)
        if items is None or items["type"] == "array":
            return None
        plain["items"] = items
    elif kind not in PLAIN:
        return None
    if isinstance(text := given.get("description"), str):
        plain["description"] = " ".join(text.split())[:MAX_TEXT]
    if values := given.get("enum", [given["const"]] if "const" in given else None):
        plain["enum"] = list(values)
    return plain


def _opened(given: Schema, definitions: Schema) -> tuple[Schema, list[Any]]:
    """The schema without what points elsewhere, and what that points to."""
    name = str(given.get("$ref", "")).rpartition("/")[2]
    options = [definitions[name]] if name in definitions else []
    for key in ("allOf", "anyOf", "oneOf"):
        options += given.get(key, ())
    pointers = ("$ref", "allOf", "anyOf", "oneOf")
    return {key: value for key, value in given.items() if key not in pointers}, options


def _kind(given: Schema) -> Any:
    kind = given.get("type")
    if isinstance(kind, list):
        return next((one for one in kind if one != "null"), None)
    values = given.get("enum", (given["const"],) if "const" in given else ())
    if kind is None and values and all(isinstance(value, str) for value in values):
        return "string"
    return kind
