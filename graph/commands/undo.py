"""/undo: takes back the last change of the owner's data."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from graph.commands.contract import Command, CommandCall, Outcome
from store.reminders import reminder_of
from store.undo import CALLS, Row, Undone
from tools.reminding import described

log = structlog.get_logger(__name__)

LIMIT_S = 10.0  # for the tool of another package


async def run(call: CommandCall) -> Outcome:
    turn = call.state.get("turn", "")
    undone = await call.services.undo.take_back(call.context.sender, turn=turn)
    if not undone:
        return Outcome(call.say("undo_none"))
    by_key: dict[str, list[Undone]] = {}
    for one in undone:
        if one.noun != CALLS:
            by_key.setdefault(_key(one), []).append(one)
    lines = [call.say(key, what=_what(rows, call)) for key, rows in by_key.items()]
    lines += [
        await _by_its_tool(one.before, call) for one in undone if one.noun == CALLS and one.before
    ]
    return Outcome("\n".join(lines))


def _key(undone: Undone) -> str:
    if undone.noun == "memories" and undone.before is undone.after:  # /forget keeps neither
        return "undo_forgotten"
    if undone.before is None:
        return "undo_gone"
    return "undo_back" if undone.after is None else "undo_as_before"


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


def _what(undone: Sequence[Undone], call: CommandCall) -> str:
    """ "pagar la luz (vie 27 nov, 18:00)", "leche, pan", "súper: leche, pan"."""
    rows = [(one.noun, row) for one in undone if (row := one.before or one.after)]
    lists = [row["name"] for noun, row in rows if noun == "lists"]
    others = [_in_words(noun, row, call) for noun, row in rows if noun != "lists"]
    return ": ".join(filter(None, [", ".join(lists), ", ".join(others)]))


def _in_words(noun: str, row: Row, call: CommandCall) -> str:
    if noun == "reminders":
        return described(reminder_of(row), call.services.now(), call.context.language)
    return str(row["text"] if noun == "list_items" else row["content"])


COMMAND = Command("undo", ("deshacer", "deshace"), order=9, run=run)
