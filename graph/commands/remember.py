"""/remember: keeps a fact in the owner's own words."""

from graph.commands.contract import Command, CommandCall, Outcome
from tools import facts
from tools.receipts import receipt


async def run(call: CommandCall) -> Outcome:
    if not call.argument:
        return Outcome(call.say("remember_usage"))
    kept = await call.services.memories.keep(
        call.context.sender, facts.read(call.argument), source=call.state.get("turn", "")
    )
    return Outcome(receipt(kept, call.say))


COMMAND = Command("remember", ("recordar", "recorda"), order=1, run=run)
