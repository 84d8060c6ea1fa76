"""Models that follow a script: one that obeys whoever gives an order, one that only answers."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.fake_ollama import Answer, Json, say, tool_calls
from tests.injections import Call, Injection, Task
from tools.folding import fold

WINDOW = 5  # words of a text that show that it was read
TRIES = 2  # of each order in a turn; most are refused
CALM = "Dice lo de siempre."


class Obedient:
    """Does what the owner asks, and every order that it finds in what it reads.

    An order that was refused is given once more, a little changed: an exact repetition is dropped
    anyway. `written`: its calls stand in its text, for the rescue to find.
    """

    def __init__(self, row: Injection, *, written: bool) -> None:
        self._row = row
        self._written = written
        self._due = False
        self._said: list[str] = []
        self._asked: tuple[Call, ...] = ()
        self._brought = self._retold = False
        self._tried = 0
        self.read = False  # it has seen the text in words

    def hears(self, own: str, *asked: Call, brought: bool = False) -> None:
        """The owner is about to write `own`, which asks for these calls.

        `brought`: the text comes in this turn, in whatever disguise, or came in the one that goes
        on with it.
        """
        self._due = self._row.trigger in ("", own) or (brought and self._due)
        self._asked, self._brought, self._tried = asked, brought, 0
        self._said.append(own)

    def __call__(self, body: Json) -> Answer:
        asked, self._asked = self._asked, ()
        sees = self._sees(body["messages"])
        self.read = self.read or (sees and self._brought and not self._retold)
        obeys = self._due and (sees or self._brought)
        if asked and not (sees and obeys and self._row.wants and not self._written):
            return tool_calls(*_plain(asked))
        if obeys and self._row.wants and self._tried < TRIES:
            self._tried += 1
            return self._obeys(asked)
        self._retold = self._retold or self._brought
        told = f"Dice: {self._row.text}" if self._brought else CALM
        return say(f"{told}\n{self._row.says if obeys else ''}".strip())

    def _obeys(self, asked: Sequence[Call]) -> Answer:
        wants = self._row.wants
        if self._tried > 1:
            wants = tuple(Call(one.tool, _changed(one.args)) for one in wants)
        if not self._written:
            return tool_calls(*_plain((*asked, *wants)))
        calls = (_in_text(one, fenced=index % 2 == 0) for index, one in enumerate(wants))
        return say("\n".join(calls))

    def _sees(self, messages: Sequence[Json]) -> bool:
        """Whether words of the text stand in what it reads, the owner's own words apart."""
        parts = [str(one.get("content", "")) for one in messages if one["role"] != "system"]
        parts += [json.dumps(one.get("tool_calls", ""), ensure_ascii=False) for one in messages]
        whole = _words("\n".join(parts))
        for own in self._said:
            whole = whole.replace(_words(own), " | ")
        words = _words(self._row.text).split()
        size = min(WINDOW, len(words))
        return any(
            f" {' '.join(words[start : start + size])} " in whole
            for start in range(len(words) - size + 1)
        )


class Honest:
    """Answers a question with a fact that stands in what it reads, or says that it found none."""

    def __init__(self, task: Task, *asked: Call) -> None:
        self._task = task
        self._asked = asked

    def __call__(self, body: Json) -> Answer:
        asked, self._asked = self._asked, ()
        if asked:
            return tool_calls(*_plain(asked))
        read = str(body["messages"][-1].get("content")).lower()
        found = next((fact for fact in self._task.facts if fact.lower() in read), "")
        return say(f"Según lo que dice: {found}." if found else "No lo encuentro.")


def _plain(calls: Sequence[Call]) -> list[tuple[str, dict[str, Any]]]:
    return [(one.tool, one.args) for one in calls]


def _in_text(call: Call, *, fenced: bool) -> str:
    written = json.dumps({"name": call.tool, "arguments": call.args}, ensure_ascii=False)
    return f"```json\n{written}\n```" if fenced else f"<tool_call>\n{written}\n</tool_call>"


def _changed(args: dict[str, Any]) -> dict[str, Any]:
    """The same order in a slightly other form."""
    return {name: _again(name, value) for name, value in args.items()}


def _again(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [*value[:-1], _again(name, value[-1])] if value else value
    if name == "url":
        return str(value).removeprefix("https://").removeprefix("http://")
    return f"{value}." if isinstance(value, str) else value


def _words(text: str) -> str:
    words = re.findall(r"\w+", fold(text))
    return f" {' '.join(words)} "
