"""Markdown to WhatsApp's markup, and long texts to parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.whatsapp_text import split, to_whatsapp

FIXED = [
    # Bold, both ways Markdown writes it
    ("Son **423** pesos", "Son *423* pesos"),
    ("Son __423__ pesos", "Son *423* pesos"),
    # Italic and bold at once
    ("***ojo***", "_*ojo*_"),
    ("**muy *muy* caro**", "*muy _muy_ caro*"),
    ("~~viejo~~ nuevo", "~viejo~ nuevo"),
    # Markup does not reach over a line's end in WhatsApp
    ("**uno\ndos**", "*uno*\n*dos*"),
    # Code: the language goes, what is inside stays as it is
    ("```python\nx = **1**\n```", "```\nx = **1**\n```"),
    ("~~~\na\n\n  b\n~~~", "```\na\n\n  b\n```"),
    ("    sangría", "```\nsangría\n```"),
    ("``a`b``", "```a`b```"),
    # Code begun on the fence's own line is not a language
    ("```print(1)\n```", "```\nprint(1)\n```"),
    # Markdown quoted as code: there is no longer fence to put around
    ("````\n```py\nx\n```\n````", "```py\nx\n```"),
    # Headings
    ("# Receta\nHarina", "*Receta*\nHarina"),
    ("## **Receta** de *pan*", "*Receta de _pan_*"),
    ("Receta\n======", "*Receta*"),
    # Lists
    ("* pan\n* leche", "- pan\n- leche"),
    ("+ pan\n+ leche", "- pan\n- leche"),
    ("1) uno\n2) dos", "1. uno\n2. dos"),
    ("1. uno\n1. dos", "1. uno\n2. dos"),
    ("* pan\n    * de molde\n* leche", "- pan\n  - de molde\n- leche"),
    # Links
    ("[Clima](https://a.ar/x_y)", "Clima (https://a.ar/x_y)"),
    ("[https://a.ar](https://a.ar)", "https://a.ar"),
    ("<https://a.ar/ñandú>", "https://a.ar/ñandú"),
    ("<ana@a.ar>", "ana@a.ar"),
    ('[Clima](https://a.ar "hoy")', "Clima (hoy: https://a.ar)"),
    ("![un mapa](https://a.ar/m.png)", "un mapa (https://a.ar/m.png)"),
    # Tables
    (
        "| Día | Mín | Máx |\n|---|---|---|\n| Lunes | 8 | **20** |\n| Martes | | 21 |",
        "*Día*\n- *Lunes* · Mín: 8 · Máx: *20*\n- *Martes* · Máx: 21",
    ),
    # A cell that no title stands over
    ("a|b\n-|-\n1|2|3", "*a*\n- *1* · b: 2 · 3"),
    # A thematic break is an empty line
    ("uno\n\n---\n\ndos", "uno\n\ndos"),
    ("uno\n***\ndos", "uno\n\ndos"),
    # Entities and escapes are markup too
    ("pan &amp; queso, 2 \\* 3", "pan & queso, 2 * 3"),
]

LEFT_ALONE = [
    "Hola, ¿qué tal? 👋",
    # WhatsApp's own markup
    "*negrita* _cursiva_ ~tachado~ `código`",
    "```\nx = 1\n```",
    "```x = 1```",
    "> una cita\n> de dos líneas",
    "- pan\n- leche",
    "1. uno\n2. dos",
    "Hay que comprar:\n- pan\n- leche\nNada más.",
    "uno\n\ndos\ntres",
    # Not markup at all
    "2 * 3 * 4 = 24",
    "un_nombre_con_guiones y 5*3",
    "- [ ] regar\n- [x] barrer",
    "2024. Fue un buen año.",
    "+ 5",
    "#hashtag y C#",
    "[nota]: llamar a Ana",
    "a < b y <b>html</b>",
    "<div>\nhola\n</div>",
    "https://a.ar/_x_?a=1&b=2*3*4",
    "son **dos asteriscos sueltos",
    # All markup: better shown than sent empty
    "---",
    "#",
]


@pytest.mark.parametrize(("markdown", "expected"), FIXED)
def test_markdown_becomes_whatsapp(markdown: str, expected: str) -> None:
    assert to_whatsapp(markdown) == expected


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_needs_no_change_stays(text: str) -> None:
    assert to_whatsapp(text) == text


@pytest.mark.parametrize("markdown", [markdown for markdown, _ in FIXED])
def test_doing_it_twice_changes_nothing(markdown: str) -> None:
    # Two rows are told from fresh Markdown by nothing: code in code, and an escaped star.
    once = to_whatsapp(markdown)
    if once != "```py\nx\n```":
        assert to_whatsapp(once) == once


def test_quotes_nested_beyond_reason_keep_their_text() -> None:
    assert "fondo" in to_whatsapp("> " * 200 + "fondo")


@given(st.text(alphabet="abñ12 *_~#>|-+[]()<&;\\!.:\n\t", max_size=200))
def test_no_letter_is_lost(markdown: str) -> None:
    def letters(text: str) -> str:
        return "".join(sorted(filter(str.isalpha, text)))

    assert letters(to_whatsapp(markdown)) == letters(markdown)


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    assert bool(to_whatsapp(text)) == bool(text.strip())


# Parts


def test_a_short_text_is_one_part() -> None:
    assert split("hola") == ["hola"]
    assert split("x" * 4096) == ["x" * 4096]
    assert split("  ") == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # At a paragraph, though a line and a sentence end later
        ("a" * 25 + "\n\nUno. Dos.\n" + "b" * 20, ["a" * 25, "Uno. Dos.\n" + "b" * 20]),
        # At a line
        ("a" * 25 + "\n" + "b" * 30, ["a" * 25, "b" * 30]),
        # At a sentence, though a word ends later
        ("a" * 20 + " b. cc dd " + "e" * 25, ["a" * 20 + " b.", "cc dd " + "e" * 25]),
        # At a word
        ("a" * 25 + " " + "b" * 30, ["a" * 25, "b" * 30]),
        # Nowhere
        ("a" * 50, ["a" * 36, "a" * 14]),
    ],
)
def test_where_it_is_cut(text: str, parts: list[str]) -> None:
    assert split(text, 40) == parts


def test_a_code_block_is_closed_and_opened_again() -> None:
    lines = [f"línea_{number} = {number}" for number in range(12)]
    parts = split("Mirá:\n```\n" + "\n".join(lines) + "\n```\nListo.", 80)
    assert len(parts) > 2
    for part in parts:
        assert part.count("```") % 2 == 0
        assert len(part) <= 80
    code = [line for part in parts for line in part.split("\n") if line.startswith("línea")]
    assert code == lines


def test_indentation_survives_a_cut_inside_code() -> None:
    code = "\n".join("    " + "x" * 20 for _ in range(6))
    parts = split(f"```\n{code}\n```", 70)
    inside = [line for part in parts for line in part.split("\n") if "x" in line]
    assert inside == ["    " + "x" * 20] * 6


@pytest.mark.parametrize(
    "character",
    [
        "👩‍👩‍👧‍👦",  # a family: four people and three joiners
        "👍🏽",  # a skin tone
        "🇦🇷",  # two halves of a flag
        "❤️",  # a variation selector
        "e\u0301\u0323",  # an e with two accents of its own
        "1️⃣",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "\u1112\u1161\u11ab",  # a syllable in three parts
    ],
)
@pytest.mark.parametrize("before", range(8))
def test_a_character_is_never_cut(character: str, before: int) -> None:
    parts = split("x" * before + character * 40, 40)
    assert len(parts) > 1
    for part in parts:
        assert part.removeprefix("x" * before).replace(character, "") == ""


words = st.text(alphabet="aá😀e\u0301👍🏽.!?*", min_size=1, max_size=60)
documents = st.lists(st.tuples(words, st.sampled_from([" ", "\n", "\n\n", ". "])), max_size=60).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@given(documents, st.integers(min_value=32, max_value=200))
def test_parts_keep_everything_within_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(alphabet="ab \n`", max_size=400), st.integers(min_value=32, max_value=80))
def test_fences_anywhere_lose_no_letter(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    letters = [letter for part in parts for letter in part if letter in "ab"]
    assert letters == [letter for letter in text if letter in "ab"]
