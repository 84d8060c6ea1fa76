"""Long texts to parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parts import split, units
from app.whatsapp_text import to_whatsapp
from tests.unit.markdown_grammar import Piece, documents


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


def test_an_emoji_counts_two() -> None:
    assert units("a👍🏽") == 5
    parts = split("👍" * 3000)
    assert [len(part) for part in parts] == [2046, 954]


def test_a_list_keeps_its_numbers_its_indent_and_its_order() -> None:
    lines = [f"{number}. paso\n   - de {number}" for number in range(1, 30)]
    parts = split("\n".join(lines), 60)
    assert len(parts) > 3
    assert "\n".join(parts) == "\n".join(lines)


def test_code_that_fits_the_next_part_is_not_cut() -> None:
    code = "```\n" + "x = 1\n" * 5 + "```"
    assert split(f"{'a' * 40}\n{code}", 60) == ["a" * 40, code]


def test_a_lone_fence_leaves_every_part_balanced() -> None:
    parts = split("uno ``` dos " + "tres " * 30, 60)
    assert len(parts) > 2
    assert all(part.count("```") % 2 == 0 for part in parts)


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
texts = st.lists(st.tuples(words, st.sampled_from([" ", "\n", "\n\n", ". "])), max_size=60).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@given(texts, st.integers(min_value=32, max_value=200))
def test_parts_keep_everything_within_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(alphabet="ab \n`", max_size=400), st.integers(min_value=32, max_value=80))
def test_fences_anywhere_lose_no_letter(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    letters = [letter for part in parts for letter in part if letter in "ab"]
    assert letters == [letter for letter in text if letter in "ab"]


@given(st.lists(documents, min_size=1, max_size=3), st.integers(min_value=40, max_value=160))
def test_answers_in_parts(pieces: list[Piece], limit: int) -> None:
    text = to_whatsapp("\n\n".join(piece.markdown for piece in pieces))
    parts = split(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert all(part.count("```") % 2 == 0 for part in parts)

    # But for the blanks at the cuts, and the fences that are closed and opened there.
    def told(one: str) -> str:
        return "".join(one.replace("```", "").split())

    assert told("".join(parts)) == told(text)
