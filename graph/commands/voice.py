"""/voice: whether the answer to a voice note is said aloud, too."""

from graph.commands.contract import Command, CommandCall, Outcome
from graph.commands.verbs import switch


async def run(call: CommandCall) -> Outcome:
    history, sender = call.services.history, call.context.sender
    if not call.services.voice:
        return Outcome(call.say("voice_none"))
    wanted = switch(call.argument)
    if wanted is not None:
        await history.set_voice(sender, on=wanted)
    elif call.argument:
        return Outcome(call.say("voice_usage"))
    on = await history.speaks(sender)
    return Outcome(call.say("voice_on" if on else "voice_off"))


COMMAND = Command("voice", ("voz",), order=8, run=run)
