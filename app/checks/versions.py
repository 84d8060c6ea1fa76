"""What we run on, and what Meta's rules say."""

import importlib.metadata
import platform
import re
import sqlite3
import sys

from app.checks.finding import Finding
from app.checks.subject import Subject

PYTHON_MIN, PYTHON_END = (3, 11), (3, 14)
_SHOWN = ("wasap", "langgraph", "langchain-ollama", "fastapi")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


async def versions(subject: Subject) -> Finding:
    """Python is one that we are made for, and no package is missing."""
    python = platform.python_version()
    if not PYTHON_MIN <= sys.version_info[:2] < PYTHON_END:
        return subject.fail("python_other", python=python)
    missing = [name for name in _required() if _version(name) is None]
    if missing:
        return subject.fail("packages_missing", names=", ".join(missing))
    shown = [f"{name} {_version(name)}" for name in _SHOWN if _version(name)]
    return subject.ok("versions_ok", all=", ".join([f"Python {python}", *shown, _sqlite()]))


async def terms(subject: Subject) -> Finding:
    """No check, a reminder: what Meta's rules say about assistants."""
    return subject.ok("terms")


def _required() -> list[str]:
    """The packages of every installation."""
    try:
        lines = importlib.metadata.requires("wasap") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [found[0] for line in lines if ";" not in line and (found := _NAME.match(line))]


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _sqlite() -> str:
    return f"SQLite {sqlite3.sqlite_version}"
