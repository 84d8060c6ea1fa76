"""Which part of a conversation the model sees, and whether its tool calls and results pair up."""

import json
from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from graph.state import State

CHARS_PER_TOKEN = 3.5  # Spanish with Qwen's vocabulary; errs on the safe side
TOKENS_PER_MESSAGE = 4  # role marks

MAX_MESSAGES = 40  # a thread with more is summarised
MAX_SHARE = 0.6  # of num_ctx; a thread that takes more is summarised
KEEP_MESSAGES = 20  # at most this many stay after a summary
KEEP_SHARE = 0.3  # of num_ctx; the messages that stay take no more, so that the next turns fit


def estimate_tokens(messages: Sequence[AnyMessage]) -> int:
    characters = sum(len(message.text) for message in messages)
    characters += sum(
        len(json.dumps(message.tool_calls, ensure_ascii=False))
        for message in messages
        if isinstance(message, AIMessage) and message.tool_calls
    )
    return int(characters / CHARS_PER_TOKEN) + TOKENS_PER_MESSAGE * len(messages)


def used_tokens(messages: Sequence[AnyMessage], overhead: int) -> int:
    """What the next prompt will take: our estimate, or the model's own count where that is more."""
    last = messages[-1] if messages else None
    counted = last.usage_metadata if isinstance(last, AIMessage) else None
    return max(estimate_tokens(messages) + overhead, counted["total_tokens"] if counted else 0)


def is_long(messages: Sequence[AnyMessage], *, overhead: int, num_ctx: int) -> bool:
    """Whether it is time for a summary; `overhead` is what system text and tools take."""
    too_long = len(messages) > MAX_MESSAGES or used_tokens(messages, overhead) > MAX_SHARE * num_ctx
    return too_long and cut_index(messages, num_ctx=num_ctx) > 0


def cut_index(messages: Sequence[AnyMessage], *, num_ctx: int) -> int:
    """Index of the first message that stays after a summary.

    Always a human message, so that no tool call is parted from its result and a template that wants
    a user message finds one. The last human message stays, however long it is.
    """
    humans = [i for i, message in enumerate(messages) if isinstance(message, HumanMessage)]
    for index in humans:
        kept = messages[index:]
        if len(kept) <= KEEP_MESSAGES and estimate_tokens(kept) <= KEEP_SHARE * num_ctx:
            return index
    return humans[-1] if humans else 0


def fitted(messages: Sequence[AnyMessage], *, budget: int) -> list[AnyMessage]:
    """The newest messages that fit in `budget` tokens, from a human message on.

    A server cuts a prompt that is too long without a word, anywhere.
    """
    humans = [i for i, message in enumerate(messages) if isinstance(message, HumanMessage)]
    for index in [0, *humans]:
        if estimate_tokens(messages[index:]) <= budget:
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
