"""The sentences of the phone page: two languages, all that are used, none that is not."""

import re
import tomllib
from pathlib import Path

import app.phone
from graph.prompts import placeholders
from graph.settings import HOME

HERE = Path(app.phone.__file__).parent
PAGE = "\n".join(path.read_text("utf-8") for path in sorted((HERE / "page").iterdir()))


def sentences(language: str) -> dict[str, str]:
    return tomllib.loads((HOME / "prompts" / language / "phone.toml").read_text("utf-8"))


def test_both_languages_say_the_same_things() -> None:
    spanish, english = sentences("es"), sentences("en")
    assert spanish.keys() == english.keys()
    for key, sentence in spanish.items():
        assert placeholders(sentence) == placeholders(english[key]), key


def test_every_sentence_is_used_and_every_used_one_is_there() -> None:
    words = sentences("es")
    quoted = set(re.findall(r'"([a-z_]+)"', PAGE))
    filled = placeholders(PAGE)
    routes = {key for key in words if key.startswith("route_")}  # made of what the turn tells
    assert words.keys() == (words.keys() & quoted) | (words.keys() & filled) | routes
    assert set(re.findall(r'say\("([a-z_]+)"', PAGE)) <= words.keys()


def test_scripts_write_no_html() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", PAGE)
    assert not re.search(r"https?://(?!www\.w3\.org/)[a-z]", PAGE)  # nothing from elsewhere
