"""How a language's rules are written, and the walk over a text that applies them.

A rule is a regular expression over folded text, so capitals are free: a word of capitals in a
pattern stands for one of the language's word lists (WEEKDAY, MONTH, NUM). The first rule that fits
at a word wins, and the walk goes on behind it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tools.when.folded import Folded
from tools.when.pieces import Piece

Match = re.Match[str]
Build = Callable[[Match], tuple[Piece, ...] | Piece]
MACRO = re.compile(r"[A-Z]{3,}")
_NEXT_WORD = re.compile(r"\w*\W*")
_TOUCHING = re.compile(r"[\s,]*")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITALISED = re.compile(r"(?:[A-ZÁÉÍÓÚÑ][^\W\d_]*\s*)+")


@dataclass(frozen=True)
class Rule:
    """What a pattern means. With `after`, only right behind a piece of one of those kinds."""

    pattern: re.Pattern[str]
    build: Build
    after: tuple[type, ...] = ()


# A pattern, what it builds, and what it must follow.
Line = tuple[str, Build] | tuple[str, Build, tuple[type, ...]]


@dataclass(frozen=True)
class Grammar:
    """One language."""

    macros: Mapping[str, str]
    lines: tuple[Line, ...]
    typos: Mapping[str, str]
    request: re.Pattern[str]  # "recordame", "remind me to": what opens a request for a reminder
    opening: re.Pattern[str]  # what stands between that and the thing: "que", "to"
    closing: re.Pattern[str]  # what a time that is cut out leaves at the end: "para", "on"
    proper: frozenset[str]  # time words that are, or often are, written with a capital

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The lines compiled, when first a text is read: it takes a good part of a second."""
        return tuple(
            Rule(re.compile(rf"(?:{expand(pattern, self.macros)})(?!\w)"), build, *after)
            for pattern, build, *after in self.lines
        )


@dataclass(frozen=True)
class Found:
    """Pieces and the stretch of folded text they came from."""

    pieces: tuple[Piece, ...]
    start: int
    end: int


def expand(pattern: str, macros: Mapping[str, str]) -> str:
    """Put the word lists in, as deep as they are nested."""
    while MACRO.search(pattern):
        pattern = MACRO.sub(lambda macro: macros[macro[0]], pattern)
    return pattern


def either(words: Sequence[str] | Mapping[str, object]) -> str:
    """A pattern for one of the words, longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


def ignore(_: Match) -> tuple[Piece, ...]:
    """A stretch that looks like a time and is none."""
    return ()


def walk(folded: Folded, grammar: Grammar) -> list[Found]:
    """Everything in the text that is a piece of a time, in order."""
    found: list[Found] = []
    position = 0
    while position < len(folded.text):
        hit = _match(folded.text, position, grammar.rules, found[-1] if found else None)
        if hit is None:
            position = _NEXT_WORD.match(folded.text, position).end()  # type: ignore[union-attr]
            continue
        if hit.pieces and not in_title(folded, hit, grammar.proper):
            found.append(hit)
        position = hit.end
    return found


def _match(text: str, position: int, rules: Sequence[Rule], last: Found | None) -> Found | None:
    touched: tuple[Piece, ...] = ()
    if last and _TOUCHING.fullmatch(text, last.end, position):
        touched = last.pieces
    for rule in rules:
        if rule.after and not any(isinstance(piece, rule.after) for piece in touched):
            continue
        match = rule.pattern.match(text, position)
        if match and match.end() > position:
            built = rule.build(match)
            pieces = built if isinstance(built, tuple) else (built,)
            return Found(pieces, position, match.end())
    return None


def in_title(folded: Folded, found: Found, proper: frozenset[str]) -> bool:
    """Whether the stretch begins a name, in a sentence that is not all in capitals: "watch Saturday
    Night Fever", "watch The Day After Tomorrow"."""
    start, _ = folded.span(found.start, found.end)
    before, behind = folded.original[:start].rstrip(), folded.original[start:]
    if not before or before[-1] in ".!?:\n" or _mostly_capitals(folded.original):
        return False
    run = _CAPITALISED.match(behind)
    words: list[str] = []
    if run and run.end() >= found.end - found.start:
        words = _WORD.findall(run[0])
    common = [word for word in words if word.casefold() not in proper]
    return len(common) > 1


def _mostly_capitals(text: str) -> bool:
    words: list[str] = _WORD.findall(text)
    return sum(word[0].isupper() for word in words) > 0.7 * len(words)
