"""Content is not command: what a turn may still do once others have had a say in it.

A web page, a search result, a quoted or forwarded message or a contact card may hold orders, and a
model may follow them. So from then on in that turn nothing is written and nothing leaves this
machine without the owner's tap on what would be done (`graph.approvals`). Whatever they say,
addresses are read only where the owner or a search of this turn named them, and a search carries no
memory: what the model makes up can carry a secret out.

What is recalled, and what an earlier answer told of such a text, is a source of no orders either:
where the words of a call come from there and not from the owner, or where none of them is the
owner's, it takes a tap as well.

What was read stays in the turn that read it. At its end a stub takes its place, so that no order in
it can fire later; to go on about it, it is read again.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote_plus

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.tools import BaseTool

from graph.context import TurnContext
from graph.frozen import NOTE, closed
from graph.prompts import Prompts
from graph.requests import asks, only_points
from graph.state import ToolTask
from graph.window import this_turn
from tools import facts
from tools.contract import Effect
from tools.errors import Declined, Refused
from tools.foreign import ForeignTool

LATELY = 2  # messages before this turn, and messages of the owner's, that a call may go on from

OUTSIDE = "outside"  # key in additional_kwargs of a tool's message: others wrote it
TEXT = "text"  # its values: any text of theirs,
NAMES = "names"  # what names addresses that may be read then: a search,
STUB = "stub"  # and what is left of either once the turn is over
RETOLD = "retold"  # key in additional_kwargs of an answer: it may tell what others wrote
NOT_DONE = "not_done"  # key there: the call was not made, so what it says is nobody's word;
DECLINED = "declined"  # its value where the owner was asked and said no

ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[/?#:][^\s<>\"'«»]*)?")
ENDS = ".,;:!?)]}*_~"  # of the sentence, not of the address


def task(call: ToolCall, messages: Sequence[AnyMessage], context: TurnContext) -> ToolTask:
    """A call with what decides whether it may run."""
    turn = this_turn(messages)
    last = messages[-1]
    return {
        "call": call,
        "outside": others_had_a_say(turn, context),
        "rescued": isinstance(last, AIMessage) and bool(last.additional_kwargs.get("rescued")),
        "named": named(messages),
        "recalled": sorted(_recalled(messages)),
        "borrowed": _is_borrowed(call, messages),
        "unasked": _is_unasked(call, messages),
        "declined": any(one.additional_kwargs.get(NOT_DONE) == DECLINED for one in turn),
    }


def check(tool: BaseTool, task: ToolTask) -> None:
    """Raises Refused for what the turn must not do, whatever the owner might say to it."""
    about = tool.metadata or {}
    arguments = task["call"]["args"]
    argument = about.get("address")
    if argument and _bare(str(arguments.get(argument, ""))) not in task["named"]:
        raise Refused("address_not_named")
    if outside_mark(tool) and not argument:
        said = {word for value in arguments.values() for word in facts.says(str(value))}
        if said & set(task["recalled"]):
            raise Refused("memory_stays", name=tool.name)


def needs_tap(tool: BaseTool, task: ToolTask) -> bool:
    """Whether the owner has to say yes to the call first.

    Raises Refused when they have said no in this turn: a page shall not nag.
    """
    if not _is_doubtful(tool, task):
        return False
    if task["declined"]:
        raise Declined("approval_declined", name=tool.name)
    return True


def _is_doubtful(tool: BaseTool, task: ToolTask) -> bool:
    """Whether somebody else than the owner may be behind the call.

    Ids and codes are nobody's words: of tools of others it is not asked that one be the owner's. A
    search may go on from what was told before, and the place of a forecast may be a memory.
    """
    about = tool.metadata or {}
    if about.get("effect") is Effect.READ:
        return task["outside"] and task["rescued"]
    if task["outside"] or about.get("outside_content") is False or about.get("grounded"):
        return task["outside"]
    unasked = task["unasked"] and not isinstance(tool, ForeignTool)
    return unasked or (task["borrowed"] and not about.get("finds_addresses"))


def _is_borrowed(call: ToolCall, messages: Sequence[AnyMessage]) -> bool:
    """Whether words of it stand in memories or retold texts, and in nothing the owner typed."""
    notes = list(_notes(messages))
    words = facts.unsaid(_words(call), " ".join(note["own"] for note in notes))
    texts = [memory for note in notes for memory in note["memories"]]
    texts += [one.text for one in messages if RETOLD in one.additional_kwargs]
    return any(words & facts.says(text) for text in texts)


def _is_unasked(call: ToolCall, messages: Sequence[AnyMessage]) -> bool:
    """Whether no word of it is the owner's, or of what our own tools and answers have just said."""
    own = [note["own"] for note in _notes(messages)][-LATELY:]
    newest = own[-1] if own else ""
    said = facts.telling(_words(call))
    words = {word for word in said if not word.isdigit()}
    if only_points(newest) or not words:
        return not asks(newest) and not said & facts.says(newest)
    told = [
        one.text
        for one in messages[-len(this_turn(messages)) - LATELY :]
        if not isinstance(one, HumanMessage)
        and not getattr(one, "tool_calls", None)  # what the model says beside its calls
        and not {OUTSIDE, RETOLD} & one.additional_kwargs.keys()
        and getattr(one, "status", "success") == "success"
    ]
    return facts.unsaid(" ".join(words), " ".join([*own, *told])) == words


def _words(call: ToolCall) -> str:
    return " ".join(map(str, call["args"].values()))


def named(messages: Sequence[AnyMessage]) -> list[str]:
    """Addresses in what the owner typed in this thread and in what a search of this turn found."""
    texts = [note["own"] for note in _notes(messages)]
    texts += [
        one.text for one in this_turn(messages) if one.additional_kwargs.get(OUTSIDE) == NAMES
    ]
    found = [address for text in texts for address in ADDRESS.findall(text)]
    return sorted({_bare(one) for address in found for one in (address, address.rstrip(ENDS))})


def _recalled(messages: Sequence[AnyMessage]) -> set[str]:
    """Words of the memories in this turn's note that the owner did not type in it."""
    for note in reversed(list(_notes(messages))):
        recalled = {word for memory in note["memories"] for word in facts.telling(memory)}
        return recalled - facts.says(note["own"])
    return set()


def _notes(messages: Sequence[AnyMessage]) -> Iterator[dict[str, Any]]:
    for message in messages:
        note = message.additional_kwargs.get(NOTE)
        if note and "own" in note:
            yield note


def outside_mark(tool: BaseTool | None) -> str | None:
    """The mark of a tool's results: None for ours, TEXT or NAMES for what others wrote."""
    about = (tool.metadata if tool else None) or {}
    foreign = about.get("outside_content")
    if foreign is None:  # a tool that does not say is believed what its effect says
        foreign = about.get("effect") is Effect.OUTSIDE
    if not foreign:
        return None
    return NAMES if about.get("finds_addresses") else TEXT


def closed_turn(
    messages: Sequence[AnyMessage], prompts: Prompts, language: str
) -> list[AnyMessage]:
    """What takes the place of the messages of a turn that others had a say in.

    What a call that was not made would have said may be their words too: it goes as well.
    """
    taking: list[AnyMessage] = []
    made = {
        one.tool_call_id
        for one in messages
        if isinstance(one, ToolMessage) and NOT_DONE not in one.additional_kwargs
    }
    for message in messages:
        if isinstance(message, HumanMessage):
            taking += filter(None, [closed(message, prompts)])
        elif isinstance(message, ToolMessage) and _is_outside(message):
            name = message.name or ""
            stub = prompts.message(language, "outside_stub", name=name)
            update = {"content": stub, "additional_kwargs": {OUTSIDE: STUB}}
            taking.append(message.model_copy(update=update))
        elif isinstance(message, AIMessage):
            calls = [
                call if call["id"] in made else {**call, "args": {}} for call in message.tool_calls
            ]
            if calls != message.tool_calls:
                taking.append(message.model_copy(update={"content": "", "tool_calls": calls}))
    return taking


def without_made_up_queries(
    text: str, messages: Sequence[AnyMessage], context: TurnContext, *, said: str
) -> str:
    """An answer whose links carry no query string that its sources did not have.

    Where nobody else had a say, none that holds a memory. `said` is the message that is answered,
    quotes and all.
    """
    turn = this_turn(messages)
    free = not others_had_a_say(turn, context)
    sources = said + "".join(one.text for one in turn if _is_outside(one))
    recalled = _recalled(messages)

    def whole_or_cut(match: re.Match[str]) -> str:
        address = match[0].rstrip(ENDS)
        bare, *query = re.split(r"[?#]", address, maxsplit=1)
        if not query or address in sources:
            return match[0]
        if free and not recalled & facts.says(unquote_plus(query[0])):
            return match[0]
        return bare + match[0][len(address) :]

    return ADDRESS.sub(whole_or_cut, text)


def retells(text: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether an answer says again what an earlier one told of such a text."""
    retold = [one.text for one in messages if RETOLD in one.additional_kwargs]
    if not retold:
        return False
    words = facts.unsaid(text, " ".join(note["own"] for note in _notes(messages)))
    return any(words & facts.says(one) for one in retold)


def others_had_a_say(turn: Sequence[AnyMessage], context: TurnContext) -> bool:
    """Whether a turn has read what others wrote."""
    return context.mixed or any(map(_is_outside, turn))


def _is_outside(message: AnyMessage) -> bool:
    marks: dict[str, Any] = message.additional_kwargs
    return OUTSIDE in marks and marks[OUTSIDE] != STUB


def _bare(address: str) -> str:
    """As addresses are compared: without scheme and last slash, the host in lower case.

    No more is left out, for what is left out of the comparison a model could write secrets into.
    """
    bare = re.sub(r"^https?://", "", address.strip(" \t\n<>\"'"), flags=re.IGNORECASE)
    host = re.match(r"[^/?#]*", bare)
    end = host.end() if host else 0
    return (bare[:end].lower() + bare[end:]).removesuffix("/")
