"""How many messages that ask for a tool, or for none, a small model is told about right."""

import tomllib
from pathlib import Path

from bench.figures import Figure
from graph.requests import orders_an_act
from graph.wanted import asks_dose, asks_knowledge, is_beyond, wanted
from tools.cues import cued
from tools.likeness import BEYOND, DOSE, KNOWLEDGE, NONE
from tools.scan import scan

OWN = "(own)"  # of questions in an encyclopedia's words about the owner's life
HELD_OUT = Path(__file__).with_name("requests.toml")
RIGHT, MOST_WRONG = 0.9, 0.03
REFUSED = 0.7
KNOWN = 0.7


def run(folder: Path) -> list[Figure]:
    """Messages that nothing was fitted to; floor: by the cues alone."""
    tools = scan(plugins=())
    examples: dict[str, list[str]] = tomllib.loads(HELD_OUT.read_text("utf-8"))
    idle = examples.pop(NONE)
    acts, doses = examples.pop(BEYOND), examples.pop(DOSE)
    lore, own = examples.pop(KNOWLEDGE), examples.pop(OWN)
    asked = [(text, [name]) for name, texts in examples.items() for text in texts]
    right = sum(wanted(tools, text, small=True) == names for text, names in asked) / len(asked)
    by_cue = sum(cued(tools, text) == names for text, names in asked) / len(asked)
    wrong = sum(bool(wanted(tools, text, small=True)) for text in idle) / len(idle)
    wrong_by_cue = sum(bool(cued(tools, text)) for text in idle) / len(idle)
    to_refuse = [*((text, is_beyond) for text in acts), *((text, asks_dose) for text in doses)]
    refused = sum(
        not wanted(tools, text, small=True) and (kind(text) or orders_an_act(text))
        for text, kind in to_refuse
    ) / len(to_refuse)
    by_order = sum(orders_an_act(text) for text, _ in to_refuse) / len(to_refuse)
    others = [*idle, *(text for text, _ in asked if not wanted(tools, text, small=True))]
    wrongly = sum(
        any(is_it(text) for is_it in (is_beyond, asks_dose, orders_an_act)) for text in others
    )
    known = sum(asks_knowledge(text) for text in lore) / len(lore)
    no_lore = [*idle, *own, *acts, *doses, *(text for text, _ in asked)]
    not_lore = sum(asks_knowledge(text) for text in no_lore) / len(no_lore)
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
        Figure(
            f"acts that no tool does, and doses, known ({len(to_refuse)})",
            refused,
            "",
            f">= {REFUSED:.2f}",
            refused >= REFUSED,
            by_order,
            "floor: orders by their first word",
        ),
        Figure(
            f"messages taken for one of these ({len(others)})",
            wrongly / len(others),
            "",
            f"<= {MOST_WRONG:.2f}",
            wrongly / len(others) <= MOST_WRONG,
        ),
        Figure(
            f"questions that an encyclopedia answers, known ({len(lore)})",
            known,
            "",
            f">= {KNOWN:.2f}",
            known >= KNOWN,
        ),
        Figure(
            f"messages taken for one of these ({len(no_lore)})",
            not_lore,
            "",
            f"<= {MOST_WRONG:.2f}",
            not_lore <= MOST_WRONG,
        ),
    ]
