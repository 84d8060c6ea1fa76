"""The tables of phrases: how many mean what people mean by them."""

from pathlib import Path

from bench.figures import Figure
from tests.unit.when.table import FILES, rows

PROMISED = {"es": 500, "en": 150}
NAMES = {"es": "Spanish", "en": "English"}


def run(folder: Path) -> list[Figure]:
    """A figure a language."""
    every = [row for name in FILES for row in rows(name)]
    figures = []
    for language, least in PROMISED.items():
        some = [row for row in every if row.language == language]
        wrong = [row.phrase for row in some if row.read() != row.told]
        figures.append(
            Figure(
                f"{NAMES[language]} phrases of time read right",
                len(some) - len(wrong),
                f"of {len(some)}",
                f">= {least}, all",
                not wrong and len(some) >= least,
                note=f"wrong: {', '.join(wrong)}" if wrong else "",
            )
        )
    return figures
