"""/remind: sets a reminder, with no model."""

from graph.commands.contract import Command, CommandCall, Outcome
from tools import reminding
from tools.errors import ToolError


async def run(call: CommandCall) -> Outcome:
    if not call.argument:
        return Outcome(call.say("remind_usage"))
    try:
        return Outcome(await reminding.add_sentence(call.argument, call.as_tool_call()))
    except ToolError as error:
        return Outcome(call.say(error.text, **error.values))


COMMAND = Command("remind", ("recordame", "recuerdame", "avisame"), order=7, run=run)
