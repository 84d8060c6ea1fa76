"""/help: what can be typed."""

from graph.commands.contract import Command, CommandCall, Outcome


async def run(call: CommandCall) -> Outcome:
    from graph.commands.scan import in_help_order  # it imports this file

    lines = [call.say(f"help_{command.name}") for command in in_help_order()]
    return Outcome("\n".join([call.say("help_intro"), *lines]))


COMMAND = Command("help", ("ayuda",), order=5, run=run)
