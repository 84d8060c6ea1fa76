"""The sentences of doctor and setup: two languages with the same keys, braces and no line ends."""

import re
import tomllib
from pathlib import Path

import pytest

from graph.prompts import placeholders
from graph.settings import HOME

USED = re.compile(r'(?:ok|warn|fail|make)\(\s*f?"([a-z_0-9{}]+)"')
# What is named otherwise than as the first word of a call.
NAMED = {
    "refused_131030",
    "refused_131042",
    "refused_133010",
    "key_unreadable",
    "key_empty",
    "key_unusable",
    "key_missing",
    "key_wrong",
    "key_unneeded",
    "number_ok",
    "number_test",
    "usage",
    "usage_high",
    "token_expired",
    "token_invalid",
}


def table(language: str, name: str) -> dict[str, object]:
    path = HOME / "prompts" / language / name
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["checks.toml", "setup.toml"])
def test_both_languages_say_the_same_things(name: str) -> None:
    spanish, english = table("es", name), table("en", name)
    assert spanish.keys() == english.keys()
    for key, sentence in spanish.items():
        assert shape(sentence) == shape(english[key]), key


def shape(entry: object) -> object:
    if isinstance(entry, dict):
        return {key: placeholders(text) for key, text in entry.items()}
    return placeholders(str(entry))


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_finding_is_one_line(language: str) -> None:
    for key, entry in table(language, "checks.toml").items():
        assert isinstance(entry, dict)
        assert not [text for text in entry.values() if "\n" in text], key


def test_every_sentence_is_used_and_every_finding_has_one() -> None:
    code = "".join(path.read_text("utf-8") for path in Path(HOME / "app/checks").glob("*.py"))
    used = {key for key in USED.findall(code) if "{" not in key} | NAMED
    assert used == table("es", "checks.toml").keys()
