"""Reads and writes .env: atomically, for the owner alone; what we do not know is kept."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./|-]([A-Za-z0-9_@%+=:,./| -]*[A-Za-z0-9_@%+=:,./|-])?")


def read(path: Path) -> dict[str, str]:
    """The values of a file; {} where there is none."""
    if not path.is_file():
        return {}
    return {name: value for name, value in dotenv_values(path).items() if value}


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with these values set: in place, else under their commented default, else below."""
    lines = text.splitlines()
    for name, value in values.items():
        line = f"{name}={_quoted(value)}"
        active = re.compile(rf"\s*(export\s+)?{name}\s*=")
        default = re.compile(rf"#\s*{name}\s*=")
        places = [index for index, old in enumerate(lines) if active.match(old)]
        if places:
            for index in places:
                lines[index] = line
            continue
        below = next((i + 1 for i, old in enumerate(lines) if default.match(old)), len(lines))
        lines.insert(below, line)
    return "\n".join(lines) + "\n"


def write(path: Path, text: str) -> None:
    """Replace the file whole or not at all; nobody else can read it, not even for a moment."""
    path = path.resolve()  # a link stays a link
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _quoted(value: str) -> str:
    if not value or _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
