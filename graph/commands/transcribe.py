"""/transcribe: whether the answer to a voice note begins with what was heard."""

from graph.commands.contract import Command, CommandCall, Outcome
from graph.commands.verbs import switch


async def run(call: CommandCall) -> Outcome:
    history, sender = call.services.history, call.context.sender
    wanted = switch(call.argument)
    if wanted is not None:
        await history.set_echo(sender, on=wanted)
    elif call.argument:
        return Outcome(call.say("transcribe_usage"))
    on = await history.echoes(sender)
    return Outcome(call.say("transcribe_on" if on else "transcribe_off"))


COMMAND = Command("transcribe", ("transcribir",), order=8, run=run)
