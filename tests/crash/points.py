"""Where the product can be killed: read from its sources, each with what makes it happen."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("app", "graph", "tools", "store")
AT_THE_TERMINAL = ("commit:feedback",)  # of `wasap eval add`, where a person just asks again
# Points of commands, which tests.crash.backups kills, and of wasap encrypt (test_cipher.py)
OWN_COMMANDS = ("backup:", "restore:", "cipher:")

Flavour = Literal[
    "chat", "tool", "remember", "forget", "clear", "erase", "export",
    "remind", "remind_soon", "move", "cancel", "undo",
    "note", "note_change", "list", "list_change", "voice", "picture", "document",
    "document_delete", "transcribe", "comment", "choose", "aloud", "voice_on",
]  # fmt: skip
Fault = Literal[
    "",
    "busy",
    "refused",
    "window",
    "lost",
    "unlisted",
    "unbuttoned",
    "model_away",
    "quiet",
    "upgrade",
    "stray",
]


@dataclass(frozen=True)
class Recipe:
    """How to get there: what people write, what goes wrong outside, and how often we pass by."""

    upto: int = 1  # the kill is at the n-th time, n from 1 to this
    flavour: Flavour = "chat"
    fault: Fault = ""


RECIPES = {
    "commit:ledger.take": Recipe(8),
    "commit:ledger.claim": Recipe(4),
    "commit:ledger.finish": Recipe(4, "tool"),
    "commit:ledger.notice": Recipe(fault="model_away"),
    "commit:ledger.outage": Recipe(fault="model_away"),
    "commit:ledger.end_outage": Recipe(),
    "commit:ledger.recover_outbox": Recipe(),
    "commit:ledger.next_part": Recipe(4),
    "commit:ledger.mark_sent": Recipe(4),
    "commit:ledger.retry_send": Recipe(fault="busy"),
    "commit:ledger.mark_unknown": Recipe(fault="lost"),
    "commit:ledger.mark_failed": Recipe(fault="refused"),
    "commit:ledger.drop_buttons": Recipe(flavour="choose", fault="unbuttoned"),
    "commit:ledger.hold_send": Recipe(fault="window"),
    "commit:ledger.respell": Recipe(fault="unlisted"),
    "commit:ledger.hear": Recipe(3, "voice"),
    "commit:ledger.set_echo": Recipe(2, "transcribe"),
    "commit:ledger.keep_sound": Recipe(2, "aloud"),
    "commit:ledger.set_voice": Recipe(2, "voice_on"),
    "commit:ledger.comment": Recipe(2, "comment"),
    "commit:media.keep": Recipe(3, "voice"),
    "commit:media.lost": Recipe(fault="stray"),
    "commit:media.sweep": Recipe(flavour="voice", fault="stray"),
    "commit:ledger.clear": Recipe(2, "clear"),
    "commit:ledger.keep_summary": Recipe(),
    "commit:diary.keep": Recipe(fault="quiet"),
    "commit:exports.send": Recipe(2, "export"),
    "commit:memories.add": Recipe(2, "remember"),
    "commit:memories.forget": Recipe(2, "forget"),
    "commit:erasures.ask": Recipe(2, "erase"),
    "commit:erasures.everything": Recipe(2, "erase"),
    "commit:erasures.redact": Recipe(2, "forget"),
    "commit:erasures.sweep": Recipe(flavour="forget"),
    "commit:memories.set_vectors": Recipe(2, "remember"),
    "commit:reminders.add": Recipe(2, "remind"),
    "commit:reminders.move": Recipe(2, "move"),
    "commit:reminders.cancel": Recipe(2, "cancel"),
    "commit:reminders.fire": Recipe(2, "remind_soon"),
    "commit:notes.add": Recipe(2, "note"),
    "commit:notes.change": Recipe(2, "note_change"),
    "commit:notes.set_vectors": Recipe(2, "note"),
    "commit:documents.add": Recipe(2, "document"),
    "commit:documents.delete": Recipe(2, "document_delete"),
    "commit:documents.set_vectors": Recipe(flavour="document"),
    "commit:lists.add": Recipe(2, "list"),
    "commit:lists.change": Recipe(2, "list_change"),
    "commit:undo.take_back": Recipe(2, "undo"),
    "commit:undo.keep_call": Recipe(2, "tool"),
    "commit:checkpoint.put": Recipe(6, "tool"),
    "commit:checkpoint.writes": Recipe(6, "tool"),
    "commit:migration": Recipe(fault="upgrade"),
    "call:graph_api.send": Recipe(4),
    "call:graph_api.upload": Recipe(3, "export"),
    "call:graph_api.read": Recipe(3),
    "call:graph_api.download": Recipe(3, "voice"),
    "call:model.show": Recipe(),
    "call:model.chat": Recipe(4, "tool"),
    "call:vision.show": Recipe(flavour="picture"),
    "call:vision.chat": Recipe(2, "picture"),
    "call:model.embed": Recipe(2, "remember"),
    "call:tool": Recipe(3, "tool"),
}


class Uncovered(Exception):
    """A point of the sources has no recipe, or a recipe has no point."""


def covered(source: Path = ROOT) -> dict[str, Recipe]:
    """Every point with its recipe. Raises Uncovered when sources and recipes differ."""
    patterns = [
        re.compile(pattern)
        for pattern in sorted(set(_patterns(source)))
        if not pattern.startswith((*OWN_COMMANDS, *AT_THE_TERMINAL))
    ]
    points = {
        f"{stem}:{side}": recipe for stem, recipe in RECIPES.items() for side in ("before", "after")
    }
    problems = [
        f"{point} is nowhere in the sources"
        for point in points
        if not any(pattern.fullmatch(point) for pattern in patterns)
    ]
    problems += [
        f"{pattern.pattern} has no recipe in tests/crash/points.py"
        for pattern in patterns
        if not any(pattern.fullmatch(point) for point in points)
    ]
    if problems:
        raise Uncovered("\n".join(problems))
    return points


def of_commands(*commands: str, source: Path = ROOT) -> list[str]:
    """Every point of these commands."""
    return sorted({point for point in _patterns(source) if point.startswith(commands)})


def _patterns(source: Path) -> Iterator[str]:
    """One regular expression a point; `{name}` in an f-string stands for anything."""
    for package in PACKAGES:
        for path in sorted((source / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield from _of_call(node)


def _of_call(node: ast.AST) -> Iterator[str]:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return
    name = _as_pattern(node.args[0])
    owner = ast.unparse(node.func.value)
    if node.func.attr == "reach" and owner.endswith("probes") and "{name}" not in name:
        yield name.replace("{}", r"[\w.]+")
    # Database.write(name, job) names its commit; its own two points are made of that name.
    if node.func.attr == "write" and len(node.args) == 2 and name:
        yield from (f"commit:{re.escape(name)}:{side}" for side in ("before", "after"))


def _as_pattern(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(re.escape(str(value.value)))
        elif isinstance(value, ast.FormattedValue):
            own_name = ast.unparse(value.value) == "name"  # Database.write's own
            parts.append("{name}" if own_name else "{}")
    return "".join(parts)
