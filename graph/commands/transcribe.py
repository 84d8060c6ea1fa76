"""/transcribe: whether the answer to a voice note begins with what was heard."""

from graph.commands.contract import Command, CommandCall, Outcome
from tools.folding import fold

ON = frozenset({"on", "si", "yes", "activar", "activa", "prender"})
OFF = frozenset({"off", "no", "desactivar", "desactiva", "apagar"})


async def run(call: CommandCall) -> Outcome:
    history, sender = call.services.history, call.context.sender
    wanted = fold(call.argument).strip(" .!")
    if wanted in ON | OFF:
        await history.set_echo(sender, on=wanted in ON)
    elif wanted:
        return Outcome(call.say("transcribe_usage"))
    on = await history.echoes(sender)
    return Outcome(call.say("transcribe_on" if on else "transcribe_off"))


COMMAND = Command("transcribe", ("transcribir",), order=8, run=run)
