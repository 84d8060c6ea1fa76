"""What is wrong with what was done in a case: sentences for the report, none when it passed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from langchain_core.messages import ToolCall

from app.evals.arguments import are_met
from app.evals.scenarios import Case, Turn
from app.evals.wording import language_of, stands


def wrong_in_turn(
    turn: Turn, language: str, reply: str, calls: Sequence[ToolCall]
) -> Iterator[str]:
    """Of one turn: the tool, its arguments in each call, the words, the language."""
    names = {call["name"] for call in calls}
    if turn.tool is not None and names != set(filter(None, [turn.tool])):
        yield f"called {_listed(names)}, not {turn.tool or 'nothing'}"
    for call in calls:
        if call["name"] == turn.tool and not are_met(turn.arguments, call["args"], language):
            yield f"called {turn.tool} with {_shown(call['args'])}, not {_shown(turn.arguments)}"
    yield from (f"does not say {one}" for one in turn.contains if not stands(one, reply))
    yield from (f"says {one}" for one in turn.lacks if stands(one, reply))
    if not turn.is_command and language_of(reply) not in ("", language):
        yield f"answers in {language_of(reply)}"


def wrong_in_memory(case: Case, kept: Sequence[str]) -> Iterator[str]:
    """After the last turn; `kept` is what is remembered then."""
    for one in case.remembers:
        if not any(stands(one, memory) for memory in kept):
            yield f"does not remember {one}"
    for one in case.forgets:
        if any(stands(one, memory) for memory in kept):
            yield f"still remembers {one}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _shown(arguments: Any) -> str:
    return ", ".join(f"{name}: {value}" for name, value in arguments.items()) or "nothing"
