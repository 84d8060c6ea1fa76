"""/remember: keeps a fact in the owner's own words."""

from graph.commands.contract import Command, CommandCall, Outcome


async def run(call: CommandCall) -> Outcome:
    if not call.argument:
        return Outcome(call.say("remember_usage"))
    memory = await call.services.memories.add(
        call.context.sender, call.argument, source=call.state.get("turn", "")
    )
    return Outcome(call.say("remember_done", memory=memory.content))


COMMAND = Command("remember", ("recordar", "recorda"), order=1, run=run)
