"""A model that repeats what it was asked, and watches what it is asked."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.crash.phone import MARK, QUESTION, SENTENCES
from tests.crash.wire import Double, Json, Reply, as_json

THINKS_S = (0.0, 0.03)
SHOWN = as_json({"capabilities": ["completion", "tools"], "model_info": {}})
SEES = as_json({"capabilities": ["completion", "vision"], "model_info": {}})
UNDONE = SENTENCES["approval_undone"]
MISSING = as_json({"error": "model 'qwen3:8b' not found"}, 404)


@dataclass(frozen=True)
class Asked:
    """One chat call."""

    questions: tuple[str, ...]  # of the newest message
    results: int  # of tools, after it
    life: int


@dataclass
class Model:
    """Ollama, as far as the product knows it."""

    dice: random.Random
    life: Callable[[], int]
    answered: Callable[[str], bool]  # whether the answer to a question is on the phone
    deleted: set[str] = field(default_factory=set)  # marks of what /limpiar and /olvidar took away
    away: bool = False
    instant: bool = False
    spoilt: dict[str, Reply] = field(default_factory=dict)  # what questions get instead of answers
    spoilt_calls: Counter[str] = field(default_factory=Counter)
    numbered: bool = True  # people's questions come in the order of their numbers
    asked: list[Asked] = field(default_factory=list)
    summaries: int = 0
    asked_too_late: list[str] = field(default_factory=list)
    broken_threads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.double = Double(self._answer)

    def again(self) -> Counter[int]:
        """Calls that had to be made again in the same state, by the life that made them before."""
        made: dict[tuple[tuple[str, ...], int], int] = {}
        repeated: Counter[int] = Counter()
        for call in self.asked:
            key = (call.questions, call.results)
            if key in made:
                repeated[made[key]] += 1
            made[key] = call.life
        return repeated

    def _answer(self, path: str, body: Json) -> Reply:
        if path == "/api/show":
            return SEES if body["model"] == "llava:7b" else SHOWN
        if path == "/api/embed":
            return as_json({"model": "embeddinggemma", "embeddings": [[1.0]] * len(body["input"])})
        if path != "/api/chat":
            return as_json({}, 404)
        if self.away:
            return MISSING
        if "images" in body["messages"][0]:
            return Reply(chunk("Rojo y azul.") + end())
        if token := self._spoilt_question(body["messages"]):
            self.spoilt_calls[token] += 1
            return self.spoilt[token]
        said, calls = self._reply(body["messages"])
        stream = chunk(said, *calls) + end()
        return Reply(stream, delay_s=0 if self.instant else self.dice.uniform(*THINKS_S))

    def _spoilt_question(self, messages: list[Json]) -> str:
        newest: tuple[str, ...] = next(filter(None, map(_questions, reversed(messages))), ())
        return next((one for one in newest if one in self.spoilt), "")

    def _reply(self, messages: list[Json]) -> tuple[str, list[Json]]:
        last = max(
            (i for i, one in enumerate(messages) if _questions(one)),
            default=-1,
        )
        newest = messages[-1]
        apart = messages[0]["role"] == "user"  # no system text: the diary, or a summary
        in_place = newest["role"] == "user" and not _questions(newest)
        if last < 0 or apart or in_place:
            self.summaries += 1
            return "Hablaron de números.", []
        questions = _questions(messages[last])
        results = [one for one in messages[last:] if one["role"] == "tool"]
        self._note(messages, last, questions, len(results))
        if "contá" in messages[last]["content"] and not results:
            calls = [
                {"function": {"index": i, "name": "anotar", "arguments": {"numero": one}}}
                for i, one in enumerate(questions)
            ]
            return "", calls
        return f"Van {' '.join(questions)}", []

    def _note(
        self, messages: list[Json], last: int, questions: tuple[str, ...], results: int
    ) -> None:
        self.asked.append(Asked(questions, results, self.life()))
        late = [one for one in questions if self.answered(one)]
        self.asked_too_late += late
        read = {mark for one in messages for mark in MARK.findall(str(one.get("content", "")))}
        if back := read & self.deleted:
            self.broken_threads.append(f"deleted, and read: {' '.join(sorted(back)[:5])}")
        if problem := _broken(messages[: last + 1], numbered=self.numbered):
            self.broken_threads.append(f"{problem} (asked {' '.join(questions)})")


def chunk(said: str, *calls: Json) -> bytes:
    """A line of the stream."""
    message = {"role": "assistant", "content": said, "tool_calls": list(calls)}
    return _line({"message": message, "done": False})


def end(reason: str = "stop") -> bytes:
    """The last line."""
    message = {"role": "assistant", "content": ""}
    figures = {"prompt_eval_count": 0, "eval_count": 2}
    return _line({"message": message, "done": True, "done_reason": reason, **figures})


def _line(fields: Json) -> bytes:
    head = {"model": "qwen3:8b", "created_at": "2026-11-23T00:00:00Z"}
    return json.dumps({**head, **fields}).encode() + b"\n"


def _questions(message: Json) -> tuple[str, ...]:
    if message["role"] != "user":
        return ()
    words = str(message["content"]).split("\n[", 1)[0]  # our note about time comes after
    return tuple(QUESTION.findall(words))


def _broken(thread: list[Json], *, numbered: bool) -> str:
    """What is wrong with the thread: each question once, in order, followed by its answer."""
    seen: list[int] = []
    waiting: tuple[str, ...] = ()
    for message in thread:
        if message["role"] != "user":  # the answer may come after tool calls
            words = str(message.get("content", ""))
            if UNDONE in words:  # it was answered with a question, which got no yes
                waiting = ()
            said = QUESTION.findall(words)
            waiting = tuple(one for one in waiting if one not in said)
            continue
        if waiting:
            return f"{' '.join(waiting)} without its answer"
        waiting = _questions(message)
        for one in waiting:
            number = int(one[1:])
            if number in seen or (numbered and seen and number < seen[-1]):
                return f"{one} after q{seen[-1]}"
            seen.append(number)
    return ""
