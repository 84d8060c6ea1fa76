"""docs/settings.md: every setting, by what it is about."""

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import HttpUrl, SecretStr
from pydantic.fields import FieldInfo

from app.embedded.settings import EmbeddedSettings
from app.env_example import default_of
from app.media.settings import MediaSettings
from app.reference.page import Asked, table
from app.settings import Settings
from graph.settings import GraphSettings
from tools.settings import ToolSettings

_GROUPS = {
    Settings: "WhatsApp and the server",
    GraphSettings: "Model, data, language",
    ToolSettings: "Tools",
    MediaSettings: "Voice notes, pictures, documents",
    EmbeddedSettings: "Built-in model",
}
_KINDS = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    Path: "path",
    HttpUrl: "address",
    SecretStr: "secret",
    tuple: "list, comma separated",
}


def settings(_asked: Asked) -> str:
    """A table for each group."""
    left = dict(Settings.model_fields)
    sections = []
    for group, title in _GROUPS.items():
        rows = [_row(name, left.pop(name)) for name in group.__annotations__ if name in left]
        head = ("setting", "value", "default", "means")
        sections.append(f"## {title}\n\n{table(head, rows)}")
    if left:
        raise KeyError(f"These settings are in no group: {', '.join(left)}")
    return "\n\n".join(sections)


def _row(name: str, field: FieldInfo) -> tuple[str, str, str, str]:
    default = "**required**" if field.is_required() else _code(default_of(field)) or "empty"
    return (_code(name.upper()), _kind(field.annotation), default, field.description or "")


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(map(_code, get_args(annotation)))
    choices = [one for one in get_args(annotation) if one in _KINDS]
    plain = choices[0] if choices and annotation not in _KINDS else annotation
    return _KINDS.get(get_origin(plain) or plain, "text")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
