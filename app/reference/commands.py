"""docs/commands.md: what can be typed in WhatsApp, and in the terminal."""

from collections.abc import Iterator
from typing import Any

import typer

from app.cli import cli
from app.reference.page import Asked, table
from graph.commands.scan import in_help_order
from graph.prompts import Prompts
from graph.settings import HOME

_PROGRAM = "wasap"


def chat(asked: Asked) -> str:
    """The commands of WhatsApp, as /help tells them in one language, with all their names."""
    prompts, [language] = Prompts(HOME / "prompts"), asked.arguments
    rows = []
    for command in in_help_order():
        usage, _, does = prompts.message(language, f"help_{command.name}").partition(": ")
        own = usage.split()[0].removeprefix("/")
        others = [name for name in (command.name, *command.aliases) if name != own]
        rows.append((f"`{usage}`", ", ".join(f"`/{name}`" for name in others), _literal(does)))
    return table(_CHAT[language], rows)


_CHAT = {
    "en": ("command", "the same", "what /help says"),
    "es": ("comando", "lo mismo", "lo que dice /ayuda"),
}


def terminal(_asked: Asked) -> str:
    """`wasap` and what it can do, from the program itself."""
    return "\n\n".join(_sections(_PROGRAM, typer.main.get_command(cli)))


def _sections(name: str, command: Any) -> Iterator[str]:
    """Typer brings click under a name of its own, so nothing of it is named here."""
    if hasattr(command, "commands"):
        for one, inner in command.commands.items():
            yield from _sections(f"{name} {one}", inner)
        if not command.invoke_without_command:
            return
    rows = [(f"`{_spelt(one)}`", one.help or "") for one in command.params]
    usage = " ".join([name, *(_spelt(one) for one in command.params if one.required)])
    section = f"### {usage}\n\n{command.help}"
    yield f"{section}\n\n{table(('argument', 'means'), rows)}" if rows else section


def _spelt(param: Any) -> str:
    return str(param.name).upper() if param.param_type_name == "argument" else param.opts[0]


def _literal(text: str) -> str:
    """Its <text> is no HTML."""
    return text.replace("<", "&lt;")
