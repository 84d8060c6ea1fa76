"""A start compiles no pattern, and a sentence is parsed once."""

import subprocess
import sys
from datetime import UTC, datetime

from tools.when import read, split
from tools.when.understanding import understand

NOTHING_COMPILED = """
import tools.when
from tools.when.understanding import GRAMMARS
assert not any("rules" in vars(grammar) for grammar in GRAMMARS.values())
"""


def test_a_start_compiles_no_rule() -> None:
    subprocess.run([sys.executable, "-c", NOTHING_COMPILED], check=True)


def test_a_sentence_that_is_split_and_read_is_parsed_once() -> None:
    sentence = "pagar la luz el viernes a las 18 en punto"
    before = understand.cache_info().misses
    split(sentence, "es")
    read(sentence, now=datetime(2026, 11, 25, 13, 15, tzinfo=UTC), zone="UTC", language="es")
    assert understand.cache_info().misses == before + 1
