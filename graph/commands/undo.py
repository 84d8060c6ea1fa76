"""/undo: takes back the last change of the owner's data."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog

from graph.commands.contract import Command, CommandCall, Outcome
from store.reminders import reminder_of
from store.undo import CALLS, Noun, Row
from tools.reminding import described

log = structlog.get_logger(__name__)

LIMIT_S = 10.0  # for the tool of another package


async def run(call: CommandCall) -> Outcome:
    turn = call.state.get("turn", "")
    undone = await call.services.undo.take_back(call.context.sender, turn=turn)
    row = (undone.before or undone.after) if undone else None
    if undone is None or row is None:
        return Outcome(call.say("undo_none"))
    if undone.noun == CALLS:
        return Outcome(await _by_its_tool(row, call))
    if undone.before is None:
        key = "undo_gone"
    else:
        key = "undo_back" if undone.after is None else "undo_as_before"
    return Outcome(call.say(key, what=_IN_WORDS[undone.noun](row, call)))


async def _by_its_tool(done: Row, call: CommandCall) -> str:
    """What the tool of another package says about taking back what it did."""
    tools = {tool.name: tool.metadata or {} for tool in call.services.tools}
    context = replace(call.as_tool_call(), call_id=done["id"])
    try:
        async with asyncio.timeout(LIMIT_S):
            said: str = await tools[done["name"]]["undo"](context, **done["args"])
            return said
    except Exception as error:  # noqa: BLE001 - foreign code, and it may be gone by now
        log.error("undo_failed", tool=done["name"], error=type(error).__name__)
        return call.say("undo_failed", name=done["name"])


def _reminder(row: Row, call: CommandCall) -> str:
    return described(reminder_of(row), call.services.now(), call.context.language)


_IN_WORDS: Mapping[Noun, Callable[[Row, CommandCall], str]] = {"reminders": _reminder}

COMMAND = Command("undo", ("deshacer", "deshace"), order=9, run=run)
