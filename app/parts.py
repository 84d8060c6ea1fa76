"""Long texts to parts that a channel takes, cut where a reader would pause."""

import itertools
import unicodedata

# Meta: characters of a text body. Nobody says how it counts an emoji: we count as JavaScript does.
TEXT_LIMIT = 4096
BUTTONS_LIMIT = 960  # Meta: 1,024 above buttons; a line may come before them later
SMALLEST_LIMIT = 32  # room for a closed and a reopened fence with something between them

FENCE = "```"
CLOSING, OPENING = f"\n{FENCE}", f"{FENCE}\n"
SENTENCE_ENDS = ".!?…:;"
ZERO_WIDTH_JOINER = "\u200d"
BELONG_TO_THE_LETTER = f"{ZERO_WIDTH_JOINER}\u200c"  # before them; the other is the non-joiner


def units(text: str) -> int:
    """The length of a text in UTF-16 units: an emoji counts two."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """The text in as few parts as its paragraphs, sentences and words allow, each within `limit`
    UTF-16 units.

    A part that ends inside a code block closes it, and the next one opens it again. A character
    made of several code points (an emoji family, a letter with its accents) stays whole.
    """
    if limit < SMALLEST_LIMIT:
        raise ValueError(f"limit must be at least {SMALLEST_LIMIT}")
    rest = text.strip()
    if units(rest) > limit and rest.count(FENCE) % 2:
        rest += CLOSING  # or each part would be closed and opened for it
    parts: list[str] = []
    while units(rest) > limit:
        part, rest = _cut(rest, limit)
        parts.append(part)
    return [*parts, rest] if rest.strip() else parts


def _cut(text: str, limit: int) -> tuple[str, str]:
    """One part and what follows it; both non-empty, the second shorter than the text."""
    most = _that_fit(text, limit - len(CLOSING))
    at = _cut_point(text, most)
    part, rest = text[:at], text[at:]
    if part.count(FENCE) % 2 == 0:
        return part.rstrip(), _next_line(rest)
    opened_at = part.rfind(FENCE)
    code = part[opened_at + len(FENCE) :]
    if part[:opened_at].strip() and (opened_at >= most // 2 or not code.strip()):
        return part[:opened_at].rstrip(), text[opened_at:]  # all of the code in the next part
    if rest.lstrip().startswith(FENCE):  # the block ends here anyway
        return part.rstrip() + CLOSING, _next_line(rest.lstrip().removeprefix(FENCE))
    return part.rstrip() + CLOSING, OPENING + rest.removeprefix("\n")


def _that_fit(text: str, limit: int) -> int:
    """How many code points, from the first, are within so many UTF-16 units."""
    lengths = itertools.accumulate(units(letter) for letter in text[: limit + 1])
    return sum(length <= limit for length in lengths)


def _next_line(rest: str) -> str:
    """Without the blanks at the cut; what a whole line begins with (a list's indent) stays."""
    stripped = rest.lstrip()
    blanks = rest[: len(rest) - len(stripped)]
    indent = blanks.rpartition("\n")[2] if "\n" in blanks else ""
    return indent + stripped


def _cut_point(text: str, most: int) -> int:
    """Where to cut: at most `most`, at the best boundary of its last half."""
    window = text[: most + 1]
    half = most // 2
    for boundary in ("\n\n", "\n"):
        at = window.rfind(boundary, half, most + 1)
        if at > 0 and text[:at].strip():
            return at
    words = [index for index in range(1, len(window)) if window[index].isspace()]
    sentences = [at for at in words if at >= half and window[at - 1] in SENTENCE_ENDS]
    for candidates in (sentences, words):
        late = [at for at in candidates if not text[:at].endswith(FENCE)]
        if late and text[: late[-1]].strip():
            return late[-1]
    return _whole_characters(text, most)


def _whole_characters(text: str, most: int) -> int:
    """The last place up to `most` that is not inside a character or a fence."""
    for at in range(most, len(FENCE) + 1, -1):
        inside_fence = "`" in (text[at - 1], text[at]) and text[at - 1] == text[at]
        if not inside_fence and _is_boundary(text, at):
            return at
    return most  # a pile of accents longer than a message


def _is_boundary(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after in BELONG_TO_THE_LETTER or before == ZERO_WIDTH_JOINER:
        return False
    if unicodedata.category(after) in ("Mn", "Mc", "Me") or _is_modifier(after):
        return False
    if _is_regional(before) and _is_regional(after):
        flags = itertools.takewhile(_is_regional, reversed(text[:at]))
        return sum(1 for _ in flags) % 2 == 0
    return not _is_one_syllable(before, after)


def _is_modifier(letter: str) -> bool:
    """Skin tones, and the tags that spell the flags of regions."""
    return "\U0001f3fb" <= letter <= "\U0001f3ff" or "\U000e0020" <= letter <= "\U000e007f"


def _is_regional(letter: str) -> bool:
    """Half of a flag."""
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _is_one_syllable(before: str, after: str) -> bool:
    """Korean: vowels and final consonants follow their syllable, double initials each other."""
    if "\u1160" <= after <= "\u11ff":
        return "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return "\u1100" <= before <= "\u115f" and "\u1100" <= after <= "\u115f"
