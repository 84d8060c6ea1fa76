"""/undo: takes back the last change of the owner's data."""

from collections.abc import Callable, Mapping

from graph.commands.contract import Command, CommandCall, Outcome
from store.reminders import reminder_of
from store.undo import Noun, Row
from tools.reminding import described


async def run(call: CommandCall) -> Outcome:
    turn = call.state.get("turn", "")
    undone = await call.services.undo.take_back(call.context.sender, turn=turn)
    row = (undone.before or undone.after) if undone else None
    if undone is None or row is None:
        return Outcome(call.say("undo_none"))
    if undone.before is None:
        key = "undo_gone"
    else:
        key = "undo_back" if undone.after is None else "undo_as_before"
    return Outcome(call.say(key, what=_IN_WORDS[undone.noun](row, call)))


def _reminder(row: Row, call: CommandCall) -> str:
    return described(reminder_of(row), call.services.now(), call.context.language)


_IN_WORDS: Mapping[Noun, Callable[[Row, CommandCall], str]] = {"reminders": _reminder}

COMMAND = Command("undo", ("deshacer", "deshace"), order=9, run=run)
