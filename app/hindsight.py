"""What one turn did, for the owner's eyes: from its rows and from the thread, which nobody keeps
twice. What has left the thread (a summary, /clear, /forget) is not told any more.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from graph.frozen import NOTE
from store.ledger import Past

Told = dict[str, Any]


def hindsight(past: Past, thread: Sequence[AnyMessage]) -> Told:
    """JSON: `turn`, `route` ("chat" or "command"), `answer_ms` from arrival to answer, None before
    it; `in_thread`, and only then: `memories`, `tools` (`name`, `arguments`, `result`, `ok`; a
    `result` of None is still to come) and `model`, the tokens of each call of it.
    """
    first = past.turn.messages[0]
    messages = _of_turn(past.turn.id, thread)
    told: Told = {
        "turn": past.turn.id,
        "route": first.kind,
        "answer_ms": past.answered_at and past.answered_at - first.received_at,
        "in_thread": bool(messages),
    }
    if messages:
        replies = [one for one in messages if isinstance(one, AIMessage)]
        told["memories"] = (messages[0].additional_kwargs.get(NOTE) or {}).get("memories", [])
        told["tools"] = _tools(replies, messages)
        told["model"] = [_tokens(one) for one in replies if one.usage_metadata]
    return told


def _of_turn(turn_id: str, thread: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The owner's message and what came of it. One that says yes or no to a question has no note of
    its own: it belongs to the message before it."""
    found = [number for number, one in enumerate(thread) if one.id == turn_id]
    if not found:
        return []
    humans = [number for number, one in enumerate(thread) if isinstance(one, HumanMessage)]
    noted = [number for number in humans if NOTE in thread[number].additional_kwargs]
    start = max((number for number in noted if number <= found[0]), default=found[0])
    end = min((number for number in humans if number > found[0]), default=len(thread))
    return list(thread[start:end])


def _tools(replies: Sequence[AIMessage], messages: Sequence[AnyMessage]) -> list[Told]:
    results = {one.tool_call_id: one for one in messages if isinstance(one, ToolMessage)}
    return [
        {
            "name": call["name"],
            "arguments": call["args"],
            "result": result.text if (result := results.get(call["id"] or "")) else None,
            "ok": result is not None and result.status == "success",
        }
        for reply in replies
        for call in reply.tool_calls
    ]


def _tokens(reply: AIMessage) -> Told:
    used = reply.usage_metadata
    assert used is not None  # noqa: S101 - the caller has looked
    cached = used.get("input_token_details", {}).get("cache_read")
    return {"read": used["input_tokens"], "written": used["output_tokens"], "cached": cached}
