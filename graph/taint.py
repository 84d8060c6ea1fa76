"""Content is not command: what a turn may still do once others have had a say in it.

A web page, a search result, a quoted or forwarded message or a contact card may hold orders, and a
model may follow them. So from then on in that turn nothing is written and nothing leaves this
machine; the owner can ask for it in a message of their own. Addresses are read only where the owner
or a search of this turn named them: one that the model made up can carry a secret out.

What was read stays in the turn that read it. At its end a stub takes its place, so that no order in
it can fire later; to go on about it, it is read again.
"""

import re
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, ToolCall, ToolMessage
from langchain_core.tools import BaseTool

from graph.context import TurnContext
from graph.prompts import Prompts
from graph.state import ToolTask
from graph.window import this_turn
from tools.contract import Effect
from tools.errors import ToolError

OUTSIDE = "outside"  # key in additional_kwargs of a tool's message: others wrote it
PAGE = "page"  # its values: what one address holds,
NAMES = "names"  # what names addresses that may be read then: a search,
STUB = "stub"  # and what is left of either once the turn is over

ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[/?#:][^\s<>\"'«»]*)?")
ENDS = ".,;:!?)]}*_~"  # of the sentence, not of the address


def task(call: ToolCall, messages: Sequence[AnyMessage], context: TurnContext) -> ToolTask:
    """A call with what decides whether it may run."""
    turn = this_turn(messages)
    last = messages[-1]
    rescued = isinstance(last, AIMessage) and bool(last.additional_kwargs.get("rescued"))
    read = context.mixed or any(map(_is_outside, turn))
    return {"call": call, "outside": read, "rescued": rescued, "named": named(turn, context)}


def check(tool: BaseTool, task: ToolTask) -> None:
    """Raises ToolError for what the turn must not do any more."""
    about = tool.metadata or {}
    if task["outside"] and (task["rescued"] or about.get("effect") is not Effect.READ):
        raise ToolError("outside_refused", name=tool.name)
    argument = about.get("address")
    if argument and _bare(str(task["call"]["args"].get(argument, ""))) not in task["named"]:
        raise ToolError("address_not_named")


def named(turn: Sequence[AnyMessage], context: TurnContext) -> list[str]:
    """Addresses in the owner's own words and in what a search of this turn found."""
    texts = [context.own_words]
    texts += [one.text for one in turn if one.additional_kwargs.get(OUTSIDE) == NAMES]
    return sorted({_bare(found) for text in texts for found in ADDRESS.findall(text)})


def outside_mark(tool: BaseTool | None) -> str | None:
    """The mark of a tool's results: None for ours, PAGE or NAMES for what others wrote."""
    about = (tool.metadata if tool else None) or {}
    if not about.get("outside_content"):
        return None
    return PAGE if about.get("address") else NAMES


def stubs(messages: Sequence[AnyMessage], prompts: Prompts, language: str) -> list[ToolMessage]:
    """One line each in the place of what was read from outside."""
    return [
        message.model_copy(
            update={
                "content": prompts.message(language, "outside_stub", name=message.name or ""),
                "additional_kwargs": {OUTSIDE: STUB},
            }
        )
        for message in messages
        if isinstance(message, ToolMessage) and _is_outside(message)
    ]


def without_made_up_queries(text: str, turn: Sequence[AnyMessage], context: TurnContext) -> str:
    """An answer whose links carry no query string that its sources did not have."""
    if not any(map(_is_outside, turn)):
        return text
    sources = context.own_words + "".join(one.text for one in turn if _is_outside(one))

    def whole_or_cut(match: re.Match[str]) -> str:
        address = match[0].rstrip(ENDS)
        if not {"?", "#"} & set(address) or address in sources:
            return match[0]
        return re.split(r"[?#]", address, maxsplit=1)[0] + match[0][len(address) :]

    return ADDRESS.sub(whole_or_cut, text)


def _is_outside(message: AnyMessage) -> bool:
    marks: dict[str, Any] = message.additional_kwargs
    return OUTSIDE in marks and marks[OUTSIDE] != STUB


def _bare(address: str) -> str:
    """Without what people leave out or add: scheme, last slash, the sentence's end."""
    bare = address.strip(" \t\n<>\"'").rstrip(ENDS)
    return re.sub(r"^https?://", "", bare, flags=re.IGNORECASE).rstrip("/")
