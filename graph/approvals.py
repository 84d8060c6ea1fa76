"""Asking the owner before a tool runs: what is shown, and what counts as an answer.

What is shown is what would be done, whole and as it stands: a model, or a page that speaks through
it, has no say in how it is put.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from typing_extensions import TypedDict

from graph.prompts import Prompts
from tools.folding import fold

YES = re.compile(r"si+|sip|dale|oka?|okey|okay|hacelo|hazlo|adelante|confirmo|yes|yep|yeah|sure")
NO = re.compile(r"no+|nop|nope|nah|cancela|cancelar|cancelalo|cancel")
POLITE = re.compile(r"por|favor|porfa|gracias|please|thanks|thank|you")
PHRASES: Mapping[str, Literal["yes", "no"]] = {
    "de una": "yes",
    "do it": "yes",
    "go ahead": "yes",
    "mejor no": "no",
    "dont": "no",
}
THUMBS = {"👍": " yes ", "👎": " no "}
# Characters that show nothing, or turn the text around: controls, formats, line and paragraph ends.
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
MAX_ANSWER = 60  # characters; a plain yes is shorter


class Asked(TypedDict):
    """A call that waits for the owner: the value of its interrupt."""

    id: str
    name: str
    args: dict[str, Any]  # as they will be used


@dataclass(frozen=True)
class Question:
    """What the owner is asked."""

    what: str  # all that would be done, as long as it is
    end: str  # the question itself, short
    calls: tuple[str, ...]  # fingerprints of the calls in `what`
    undone: str  # what the history says instead when it is not done

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.what}\n\n{self.end}"


def question(calls: Sequence[Asked], done: str, prompts: Prompts, language: str) -> Question:
    """One question about all the calls; `done` is what has to be said besides."""
    lines = [prompts.message(language, "approval_intro")]
    for call in calls:
        lines.append(f"• {_named(prompts, language, 'approval_do', call['name'])}")
        for name, value in call["args"].items():
            lines.append(f"{_named(prompts, language, 'approval_arg', name)}: «{shown(value)}»")
    return Question(
        "\n\n".join(filter(None, [done, "\n".join(lines)])),
        prompts.message(language, "approval_end"),
        tuple(map(fingerprint, calls)),
        prompts.message(language, "approval_undone"),
    )


def fingerprint(call: Asked) -> str:
    """The same for the same call with the same arguments, and for no other."""
    whole = json.dumps([call["id"], call["name"], call["args"]], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def shown(value: object) -> str:
    """A value on one line, with nothing in it that the eye would miss."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return "".join(map(_seen, text.replace("\r\n", "\n")))


def consent(text: str) -> Literal["", "yes", "no"]:
    """What a typed message says to a question; "" where it is anything but a plain yes or no."""
    if "?" in text or len(text) > MAX_ANSWER:
        return ""
    for thumb, word in THUMBS.items():
        text = text.replace(thumb, word)
    words = re.findall(r"\w+", fold(text).replace("'", ""))
    said = {word for word in words if not POLITE.fullmatch(word)}
    if phrase := PHRASES.get(" ".join(words)):
        return phrase
    if said and all(map(YES.fullmatch, said)):
        return "yes"
    return "no" if said and all(map(NO.fullmatch, said)) else ""


def _named(prompts: Prompts, language: str, kind: str, name: str) -> str:
    """In words where there are any; tools of others have names only."""
    key = f"{kind}_{name}"
    return prompts.message(language, key) if prompts.has_message(key) else shown(name)


def _seen(letter: str) -> str:
    if letter == "\n":
        return " ⏎ "
    unseen = unicodedata.category(letter) in UNSEEN
    return f"\\u{ord(letter):04x}" if unseen else letter
