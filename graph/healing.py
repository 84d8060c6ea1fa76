"""A thread that a power cut left behind the ledger is made whole from it.

The checkpoints are written with synchronous=NORMAL and after the answer: what the owner was told
may be missing there, or the whole file may be gone. Then the summary comes from the ledger too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from graph.taint import RETOLD
from store.history import Exchange, Told


def missing(thread: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """What has to change in a thread (its state) so that it ends like `told`; {} when nothing."""
    known = thread.get("messages", [])
    change: dict[str, Any] = {}
    if lost := missing_messages(known, told.exchanges):
        change["messages"] = lost
    if told.summary and not known and not thread.get("summary"):
        change["summary"] = told.summary
    return change


def missing_messages(
    thread: Sequence[AnyMessage], exchanges: Sequence[Exchange]
) -> list[AnyMessage]:
    """What has to be appended to `thread` so that it ends like the newest `exchanges`."""
    answered = _answered(thread)
    known = {message.id for message in thread}
    last = max((i for i, one in enumerate(exchanges) if one.turn_id in answered), default=-1)
    missing: list[AnyMessage] = []
    for one in exchanges[last + 1 :]:
        if one.turn_id not in known:
            missing.append(HumanMessage(one.said, id=one.turn_id))
        missing.append(AIMessage(one.reply, additional_kwargs={RETOLD: True}))
    return missing


def _answered(thread: Sequence[AnyMessage]) -> set[str]:
    """Ids of the turns whose answer is in the thread."""
    answered = set()
    turn = ""
    for message in thread:
        if isinstance(message, HumanMessage):
            turn = message.id or ""
        elif isinstance(message, AIMessage) and not message.tool_calls:
            answered.add(turn)
    return answered
