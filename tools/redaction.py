"""Takes a forgotten memory out of what was said."""

from collections.abc import Callable, Iterable

from tools import facts
from tools.folding import fold

GONE = "…"


def redactor(content: str, others: Iterable[str], *, whole: bool = False) -> Callable[[str], str]:
    """A function that blanks the memory and the words that give it away; `whole`: it alone.

    A word that one of the `others`, the memories that stay, holds as well gives nothing away.
    """
    phrase = [fold(word) for word in facts.WORD.findall(content)]
    known = {word for other in others for word in facts.says(other)}
    telling = frozenset() if whole else facts.telling(content) - known

    def redact(text: str) -> str:
        words = list(facts.WORD.finditer(text))
        folded = [fold(word[0]) for word in words]
        gone = {i for i, word in enumerate(folded) if word in telling}
        for i in range(len(folded) - len(phrase) + 1 if phrase else 0):
            if folded[i : i + len(phrase)] == phrase:
                gone |= set(range(i, i + len(phrase)))
        for i in sorted(gone, reverse=True):
            text = f"{text[: words[i].start()]}{GONE}{text[words[i].end() :]}"
        return text

    return redact
