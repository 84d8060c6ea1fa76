"""How many messages that ask for a tool, or for none, a small model is told about right."""

import tomllib
from pathlib import Path

from bench.figures import Figure
from graph.wanted import wanted
from tools.cues import cued
from tools.likeness import NONE
from tools.scan import scan

HELD_OUT = Path(__file__).with_name("requests.toml")
RIGHT, MOST_WRONG = 0.9, 0.03


def run(folder: Path) -> list[Figure]:
    """Messages that nothing was fitted to; floor: by the cues alone."""
    tools = scan(plugins=())
    examples: dict[str, list[str]] = tomllib.loads(HELD_OUT.read_text("utf-8"))
    idle = examples.pop(NONE)
    asked = [(text, [name]) for name, texts in examples.items() for text in texts]
    right = sum(wanted(tools, text, small=True) == names for text, names in asked) / len(asked)
    by_cue = sum(cued(tools, text) == names for text, names in asked) / len(asked)
    wrong = sum(bool(wanted(tools, text, small=True)) for text in idle) / len(idle)
    wrong_by_cue = sum(bool(cued(tools, text)) for text in idle) / len(idle)
    return [
        Figure(
            f"messages that ask for a tool, and it is known which ({len(asked)})",
            right,
            "",
            f">= {RIGHT:.2f}",
            right >= RIGHT,
            by_cue,
            "floor: by cues alone",
        ),
        Figure(
            f"messages that ask for none, taken for ones that do ({len(idle)})",
            wrong,
            "",
            f"<= {MOST_WRONG:.2f}",
            wrong <= MOST_WRONG,
            wrong_by_cue,
            "floor: by cues alone",
        ),
    ]
