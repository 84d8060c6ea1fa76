"""Which part of a conversation the model sees, and whether its tool calls and results pair up."""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from graph.gauge import Gauge
from graph.state import State

MAX_MESSAGES = 40  # a thread with more is summarised
MAX_SHARE = 0.6  # of num_ctx; a thread that takes more is summarised
# Messages that stay after a summary: at least these, so that the talk goes on, and no more, for all
# of them are read again then (60 turns: 94 % of the prompt computed before, 91 % with 20).
KEEP_MESSAGES = 12
KEEP_MOST = 20  # where one turn has many messages
KEEP_SHARE = 0.3  # of num_ctx; the messages that stay take no more, so that the next turns fit


def used_tokens(messages: Sequence[AnyMessage], *, overhead: int, gauge: Gauge) -> int:
    """What the next prompt will take: our estimate, or the model's own count where that is more."""
    last = messages[-1] if messages else None
    counted = last.usage_metadata if isinstance(last, AIMessage) else None
    return max(gauge.tokens(messages) + overhead, counted["total_tokens"] if counted else 0)


def is_long(messages: Sequence[AnyMessage], *, overhead: int, num_ctx: int, gauge: Gauge) -> bool:
    """Whether it is time for a summary; `overhead` is what system text and tools take."""
    used = used_tokens(messages, overhead=overhead, gauge=gauge)
    if len(messages) <= MAX_MESSAGES and used <= MAX_SHARE * num_ctx:
        return False  # as nearly always; where to cut takes many times as long to find
    return cut_index(messages, num_ctx=num_ctx, gauge=gauge) > 0


def cut_index(messages: Sequence[AnyMessage], *, num_ctx: int, gauge: Gauge) -> int:
    """Index of the first message that stays after a summary.

    Always a human message, so that no tool call is parted from its result and a template that wants
    a user message finds one. The last human message stays, however long it is.
    """
    humans = [i for i, message in enumerate(messages) if isinstance(message, HumanMessage)]
    cut = humans[-1] if humans else 0
    for index in reversed(humans):
        kept = messages[index:]
        if len(kept) > KEEP_MOST or gauge.tokens(kept) > KEEP_SHARE * num_ctx:
            break
        cut = index
        if len(kept) >= KEEP_MESSAGES:
            break
    return cut


def fitted(messages: Sequence[AnyMessage], *, budget: int, gauge: Gauge) -> list[AnyMessage]:
    """The newest messages that fit in `budget` tokens, from a human message on.

    A server cuts a prompt that is too long without a word, anywhere.
    """
    humans = [i for i, message in enumerate(messages) if isinstance(message, HumanMessage)]
    for index in [0, *humans]:
        if gauge.tokens(messages[index:]) <= budget:
            return list(messages[index:])
    return list(messages[humans[-1] :] if humans else messages)


def mended(messages: Sequence[AnyMessage], *, missing: str) -> list[AnyMessage]:
    """Each tool call followed by its result; a call that a crash left open gets `missing`.

    Results come in the order of the calls: Ollama matches them by place, not by id.
    """
    results = {one.tool_call_id: one for one in messages if isinstance(one, ToolMessage)}
    whole: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            continue
        whole.append(message)
        for call in message.tool_calls if isinstance(message, AIMessage) else ():
            call_id = call["id"] or ""
            stand_in = ToolMessage(missing, tool_call_id=call_id, name=call["name"], status="error")
            whole.append(results.get(call_id, stand_in))
    return whole


def this_turn(messages: Sequence[AnyMessage]) -> Sequence[AnyMessage]:
    """What came after the newest human message."""
    for index in range(len(messages) - 1, -1, -1):
        if isinstance(messages[index], HumanMessage):
            return messages[index + 1 :]
    return messages


def newest_human(state: State) -> HumanMessage | None:
    """The message this turn answers."""
    humans = [one for one in state.get("messages", []) if isinstance(one, HumanMessage)]
    turn = state.get("turn")
    by_id = [one for one in humans if turn and one.id == turn]
    newest = by_id or humans
    return newest[-1] if newest else None
