"""`wasap eval add --from-feedback`: asks what the right answer was, and keeps it as a case."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from app.errors import WasapError
from app.evals.own_cases import FILE, Row, append
from app.settings import graph_settings
from graph.model import wire_schemas
from store.clock import from_ms
from store.database import Database
from store.errors import KeyRefused, StoreError
from store.feedback import Feedback, FeedbackStore
from tools.scan import scan

NO_TOOL = "-"  # typed where no tool may be called
AREAS = {
    "remember": "memory",
    "set_reminder": "reminders",
    "list_reminders": "reminders",
    "cancel_reminder": "reminders",
}  # of other tools "tools", of none "chat"


def add_from_feedback() -> None:
    """Go through what nobody has looked at yet. May be stopped at any question: what was settled
    before it stays so. Raises WasapError."""
    settings = graph_settings()
    database = settings.data_dir / "wasap.db"
    if not database.exists():
        raise WasapError(f"There is nothing in {settings.data_dir} yet.")
    asking = _Asking(settings.owner_language, _tools())
    try:
        with asyncio.Runner() as runner:
            opened = Database(database, settings.database_key)
            _go_through(runner, opened, asking, settings.data_dir / FILE)
    except KeyRefused:
        raise  # `app.cli` says it in the owner's language
    except StoreError as error:
        raise WasapError(str(error)) from error


def _go_through(runner: asyncio.Runner, database: Database, asking: "_Asking", file: Path) -> None:
    """Asks outside of the event loop, which would keep the first Ctrl-C to itself."""
    store = FeedbackStore(database)
    runner.run(database.open())
    try:
        waiting = runner.run(store.waiting())
        typer.echo(f"Answers with a reaction or a comment: {len(waiting)}.")
        for number, feedback in enumerate(waiting, 1):
            typer.echo(f"\n{number}/{len(waiting)} {_shown(feedback)}")
            row = asking.case(feedback)
            typer.echo(f"{append(file, row)} is in {file} now." if row else "Passed over.")
            runner.run(store.settle(feedback.rows))
    finally:
        runner.run(database.close())


def _shown(feedback: Feedback) -> str:
    day = from_ms(feedback.said_at).date().isoformat()
    lines = [" ".join(filter(None, [day, feedback.emoji, feedback.text]))]
    for one in feedback.exchanges:
        lines += [
            f"  you:   {' '.join(one.said.split())}",
            f"  WasAP: {' '.join(one.reply.split())}",
        ]
    return "\n".join(lines)


def _tools() -> dict[str, Mapping[str, Any]]:
    """Name -> the JSON schema of each argument."""
    functions = [schema["function"] for schema in wire_schemas(scan())]
    return {one["name"]: one["parameters"].get("properties", {}) for one in functions}


@dataclass(frozen=True)
class _Asking:
    """The questions about one answer. Enter alone: it does not matter."""

    language: str
    tools: Mapping[str, Mapping[str, Any]]

    def case(self, feedback: Feedback) -> Row | None:
        """None where no case is to be made of it, or where no answer to it could be wrong."""
        *before, last = feedback.exchanges
        if not typer.confirm("Make a case of the last answer?", default=True):
            return None
        earlier = self._earlier(len(before))
        expected = self._expected()
        if not expected:
            return None
        return {
            "half": "tuning",  # it has been looked at
            "language": self.language,
            "area": _area(expected.get("tool")),
            "turns": [
                *({"say": one.said} for one in before[len(before) - earlier :]),
                {"say": last.said, **expected},
            ],
        }

    def _earlier(self, most: int) -> int:
        """How many of the messages before it takes to understand the last one."""
        if not most:
            return 0
        question = f"How many of your messages before it belong to it? (0 to {most})"
        return max(0, min(most, int(typer.prompt(question, default=0, type=int))))

    def _expected(self) -> dict[str, Any]:
        tool = self._tool()
        arguments = self._arguments(tool) if tool else None
        contains = _pieces(_ask("It must hold (a|b: one of them; several with ;)"), ";")
        lacks = _pieces(_ask("It must not hold (several with ;)"), ";")
        given = {"arguments": arguments, "contains": contains, "lacks": lacks}
        asked = {} if tool is None else {"tool": tool}
        return asked | {key: value for key, value in given.items() if value}

    def _tool(self) -> str | None:
        """A name; "": none may be called; None: it does not matter."""
        while name := _ask(f"Tool that it should have called ({NO_TOOL}: none)"):
            if name == NO_TOOL:
                return ""
            if name in self.tools:
                return name
            typer.echo(f"There is no tool {name}, but {', '.join(sorted(self.tools))}.")
        return None

    def _arguments(self, tool: str) -> dict[str, Any]:
        about = self.tools[tool]
        typed = {name: _ask(f"  {name} (a|b: one of them; several with ,)") for name in about}
        return {name: _wanted(text, about[name]) for name, text in typed.items() if text}


def _area(tool: str | None) -> str:
    return AREAS.get(tool, "tools") if tool else "chat"


def _ask(question: str) -> str:
    return str(typer.prompt(question, default="", show_default=False)).strip()


def _pieces(text: str, sign: str) -> list[str]:
    return ["|".join(_parts(piece, "|")) for piece in _parts(text, sign) if _parts(piece, "|")]


def _parts(text: str, sign: str) -> list[str]:
    return [part.strip() for part in text.split(sign) if part.strip()]


def _wanted(text: str, about: Mapping[str, Any]) -> Any:
    """A number where the tool takes one, else what must stand in the argument."""
    if about.get("type") in ("number", "integer"):
        with suppress(ValueError):
            return float(text.replace(",", "."))
    return _pieces(text, ",")
