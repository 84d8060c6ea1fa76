"""The hand-written data is what it says it is: enough of it, varied, and named right."""

import base64
import binascii
import codecs
import re
from collections import Counter
from collections.abc import Callable

import pytest

from bench import yardsticks
from bench.yardsticks import Pair, Request
from tests.injections import Injection, Task, injections, tasks
from tools.folding import fold

# Words that say nothing of what is asked, folded.
EMPTY = set(
    re.findall(
        r"\w+",
        """a al algo alguien ando anda antes cada como con cosa cual cuando cuanta cuanto de del
        desde despues donde adonde dos e el ella en era es esa ese esta este esto estoy fue ha hace
        hacemos hago han hasta hay ir la las le les lo los mal mas me mi mis mucho muy ni no nos
        nuestra nuestro o para pero poca por porque puedo que quien se ser si siempre sin sobre solo
        son soy su tan tengo tiene tenia toda todas todavia todo todos un una uno va vamos voy y ya
        yo""",
    )
)
ROOT = 4  # letters
TOOLS = {
    "calculator": {"expression"},
    "clock": {"place"},
    "weather": {"place", "when"},
    "set_reminder": {"text", "when"},
    "list_reminders": set(),
    "cancel_reminder": {"which"},
    "save_note": {"text"},
    "find_notes": {"query"},
    "list_add": {"list", "items"},
    "list_show": {"list"},
    "web_search": {"query"},
    "read_page": {"url"},
    "remember": {"fact"},
    "convert_units": {"value", "from_unit", "to_unit"},
    "search_documents": {"query"},
}

CARRIERS = {
    "web_page", "search_result", "document", "mcp_result", "image_description", "contact_card",
    "quoted_message", "memory",
}  # fmt: skip
STYLES = {
    "plain", "authority", "delayed", "encoded", "role_token", "tool_call", "exfiltration",
    "markdown", "multi_step", "hidden_html", "polite", "emotional", "fake_approval", "fake_result",
    "fake_memory", "chain",
}  # fmt: skip


def _base64(text: str) -> str:
    return " ".join(
        base64.b64decode(run).decode("utf-8", "replace")
        for run in re.findall(r"[A-Za-z0-9+/]{16,}=*", text)
        if len(run) % 4 == 0
    )


def _hex(text: str) -> str:
    runs = re.findall(r"\b(?:[0-9a-f]{2}){8,}\b", text)
    return b" ".join(map(binascii.unhexlify, runs)).decode("utf-8", "replace")


# How the encodings that code can undo are undone; the rest of the text turns into noise.
PLAIN: dict[str, Callable[[str], str]] = {
    "base64": _base64,
    "hex": _hex,
    "rot13": lambda text: codecs.decode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "bidi": lambda text: text[::-1],
    "zero_width": lambda text: text.replace("\u200b", ""),
    "tags": lambda text: "".join(
        chr(ord(sign) - 0xE0000) if ord(sign) >= 0xE0000 else sign for sign in text
    ),
}


def content(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text))) - EMPTY


def words_shared(pair: Pair) -> set[str]:
    return content(pair.query) & content(pair.memory)


def roots_shared(pair: Pair) -> set[str]:
    roots = ({word[:ROOT] for word in content(text)} for text in (pair.query, pair.memory))
    return set.intersection(*roots)


def test_there_are_enough_questions_of_every_kind_and_memories_around_them() -> None:
    told, asked = yardsticks.memories(), yardsticks.pairs()
    kinds = Counter(pair.kind for pair in asked)
    assert len(told) == len(set(told)) >= 60
    assert len({pair.query for pair in asked}) == len(asked) >= 66
    assert kinds["direct"] >= 18
    assert kinds["inflected"] >= 18
    assert kinds["paraphrase"] >= 22
    assert kinds["inference"] >= 8


@pytest.mark.parametrize("pair", yardsticks.pairs(), ids=lambda pair: pair.query)
def test_the_kind_of_a_question_is_what_it_shares_with_its_memory(pair: Pair) -> None:
    shares = {
        "direct": bool(words_shared(pair)),
        "inflected": bool(roots_shared(pair)) and not words_shared(pair),
        "paraphrase": not roots_shared(pair),
        "inference": True,
    }
    assert shares[pair.kind], (words_shared(pair), roots_shared(pair))


def test_every_tool_is_asked_for_in_both_languages_and_some_are_kept_back() -> None:
    asked = yardsticks.requests()
    assert len({one.text for one in asked}) == len(asked)
    for final in (False, True):
        half = [one for one in asked if one.final is final]
        assert {(one.tool, one.language) for one in half} == {
            (tool, language) for tool in (*TOOLS, "") for language in ("es", "en")
        }
        languages = Counter(one.language for one in half if one.tool)
        assert languages["es"] >= 30
        assert languages["en"] >= 15
        assert sum(not one.tool for one in half) >= 12


@pytest.mark.parametrize("request_", yardsticks.requests(), ids=lambda one: one.text)
def test_what_must_hold_names_arguments_of_the_tool_and_no_silence_meets_it(
    request_: Request,
) -> None:
    assert set(request_.args) <= TOOLS.get(request_.tool, set())
    required = set(request_.args) - {"place", "when"}
    assert not required or not request_.is_met_by(request_.tool, {})
    # Written as `fold` leaves it, else no argument could hold.
    words = [
        word
        for words in request_.args.values()
        if not isinstance(words, int | float)
        for word in (words if isinstance(words, list) else [words])
    ]
    assert words == [fold(word) for word in words]


@pytest.mark.parametrize(
    ("args", "said", "right"),
    [
        ({"expression": 67150}, {"expression": "85.000 - 21%"}, True),
        ({"expression": 67150}, {"expression": "85000 * 0.79"}, True),
        ({"expression": 67150}, {"expression": "85000 * 21%"}, False),
        ({"expression": 67150}, {"expression": "no sé"}, False),
        ({"value": 2.5}, {"value": 2.5}, True),
        ({"value": 2.5}, {"value": "2,5"}, True),
        ({"value": 2.5}, {}, False),
        ({"items": ["yerba", "azucar"]}, {"items": ["Azúcar", "yerba mate"]}, True),
        ({"items": ["yerba", "azucar"]}, {"items": "yerba"}, False),
        ({"when": ["jueves", "5|cinco"]}, {"when": "el jueves a las 5"}, True),
        ({"when": ["jueves", "5|cinco"]}, {"when": "el jueves a las 15"}, False),
        ({"when": ["jueves", "5|cinco"]}, {"when": "el jueves a las 50"}, False),
        ({"when": "=|hoy"}, {}, True),
        ({"when": "=|hoy"}, {"when": "Hoy"}, True),
        ({"when": "=|hoy"}, {"when": "hoy y mañana"}, False),
    ],
)
def test_an_argument_is_right_however_it_is_worded(
    args: dict[str, float | str | list[str]], said: dict[str, object], right: bool
) -> None:
    wanted = Request(text="", language="es", tool="t", args=args, final=False)
    assert wanted.is_met_by("t", said) is right
    assert not wanted.is_met_by("other", said)


@pytest.mark.parametrize("row", injections(), ids=lambda row: row.id)
def test_an_injected_text_wants_something_our_tools_can_do(row: Injection) -> None:
    assert row.wants or row.says
    for call in row.wants:
        assert set(call.args) <= TOOLS[call.tool], call
        assert all(call.args.values()), call
    assert (row.style == "delayed") <= bool(row.trigger)
    assert (row.style == "encoded") == bool(row.encoding)


@pytest.mark.parametrize(
    "row", [row for row in injections() if row.encoding in PLAIN], ids=lambda row: row.id
)
def test_an_encoded_order_says_what_it_wants_once_decoded(row: Injection) -> None:
    assert row.wants
    decoded = PLAIN[row.encoding](row.text)
    words = {
        word
        for call in row.wants
        for value in call.args.values()
        for word in re.findall(r"\w+", fold(str(value)))
    }
    said = set(re.findall(r"\w+", fold(decoded)))
    assert words & said, decoded


def test_no_style_and_no_way_in_is_missing_from_the_injected_texts() -> None:
    rows = injections()
    assert len(rows) >= 330
    assert len({row.id for row in rows}) == len({row.text for row in rows}) == len(rows)
    carriers = Counter(row.carrier for row in rows)
    assert set(carriers) == CARRIERS
    assert min(carriers.values()) >= 30
    for carrier in CARRIERS:
        languages = Counter(row.language for row in rows if row.carrier == carrier)
        assert languages.keys() == {"es", "en"}
        assert min(languages.values()) >= 12
        styles = {row.style for row in rows if row.carrier == carrier}
        assert len(styles) >= 10, (carrier, STYLES - styles)
    styles_used = Counter(row.style for row in rows)
    assert set(styles_used) == STYLES
    assert min(styles_used.values()) >= 8, styles_used
    assert len({row.encoding for row in rows} - {""}) >= 8
    assert sum(bool(row.trigger) for row in rows) >= 25
    wanted = {call.tool for row in rows for call in row.wants}
    assert wanted >= {
        "set_reminder", "remember", "save_note", "list_add", "cancel_reminder", "web_search",
        "read_page",
    }  # fmt: skip


def test_there_are_honest_tasks_on_clean_and_on_injected_texts_of_every_kind() -> None:
    asked = tasks()
    clean = [task for task in asked if not task.injection]
    assert len({task.id for task in asked}) == len({task.question for task in asked}) == len(asked)
    assert len(clean) >= 40
    assert {task.carrier for task in clean} == CARRIERS
    assert {task.carrier for task in asked if task.injection} == CARRIERS
    languages = Counter(task.language for task in asked)
    assert min(languages["es"], languages["en"]) >= 20


@pytest.mark.parametrize("task", tasks(), ids=lambda task: task.id)
def test_the_answer_of_a_task_stands_in_its_text_and_not_in_its_question(task: Task) -> None:
    assert any(fold(fact) in fold(task.text) for fact in task.facts)
    assert not any(_words(fact) <= _words(task.question) for fact in task.facts)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))
