"""The terminal: sentences, hidden input, yes or no."""

import locale
import os
import tomllib
from collections.abc import Sequence
from getpass import getpass

from rich.console import Console
from rich.text import Text

from graph.prompts import fill
from graph.settings import HOME

FILE = "setup.toml"
SHOWN = 4  # characters of a secret
_YES = {"es": ("s", "si", "sí"), "en": ("y", "yes")}
_LANGUAGES = ("es", "en")


def guessed_language() -> str:
    """The terminal's, where we speak it; else English."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next(filter(None, names), locale.getlocale()[0] or "")
    return "es" if name.lower().startswith(("es", "spanish")) else "en"


class Asking:
    """Speaks one language to one terminal."""

    def __init__(self, console: Console, language: str) -> None:
        self.console = console
        self.language = language if language in _LANGUAGES else "en"
        path = HOME / "prompts" / self.language / FILE
        self._lines: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))

    def line(self, key: str, /, **values: object) -> str:
        """A sentence, filled in."""
        return fill(self._lines[key], {name: str(value) for name, value in values.items()})

    def say(self, key: str, /, *, style: str = "", **values: object) -> None:
        """Print a sentence; a long one is folded at words, so no value may stand in its middle."""
        self.console.print(Text(self.line(key, **values), style=style))

    def value(self, key: str, *, secret: bool, kept: str = "") -> str:
        """What was typed, without blanks around it; `kept` (masked if secret) for Enter alone."""
        shown = f" [{masked(kept) if secret else kept}]" if kept else ""
        prompt = f"{self.line(key)}{shown}: "
        # Not rich's: it asks first and hides afterwards, and a quick paste would be seen.
        typed = getpass(prompt) if secret else self.console.input(Text(prompt, style="bold"))
        return typed.strip() or kept

    def choice(self, key: str, offered: Sequence[tuple[str, str]], *, kept: str = "") -> str:
        """One of (value, about it), by its number; or another value."""
        for number, (value, about) in enumerate(offered, 1):
            self.console.print(Text(f"  {number}) {value}  {about}"))
        typed = self.value(key, secret=False, kept=kept or (offered[0][0] if offered else ""))
        if typed.isdigit() and 1 <= int(typed) <= len(offered):
            return offered[int(typed) - 1][0]
        return typed

    def agrees(self, key: str, /, **values: object) -> bool:
        """Yes or no; Enter alone is yes."""
        prompt = Text(f"{self.line(key, **values)} {self.line('yes_no')} ", style="bold")
        typed = self.console.input(prompt).strip().lower()
        return not typed or typed in _YES[self.language]


def masked(secret: str) -> str:
    """The end of a secret: enough to know which it is."""
    return f"…{secret[-SHOWN:]}" if len(secret) > 3 * SHOWN else "…"
