"""A thread that a power cut left behind the ledger is made whole from it.

The checkpoints are written with synchronous=NORMAL and after the answer: what the owner was told
may be missing there, or the whole file may be gone.
"""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from store.history import Exchange


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
        missing.append(AIMessage(one.reply))
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
