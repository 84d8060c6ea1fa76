"""/documents: lists them numbered; finds in them and deletes, by number or by words."""

from graph.commands import verbs
from graph.commands.contract import Command, CommandCall, Outcome
from tools import documenting


async def run(call: CommandCall) -> Outcome:
    context = call.as_tool_call()

    async def action(verb: str, rest: str) -> str:
        if not verb:
            return await documenting.listed(context)
        if verb in verbs.DELETE | verbs.REMOVE and rest:
            return await documenting.delete(rest, context)
        if verb in verbs.FIND and rest:
            return await documenting.find(rest, context)
        return call.say("documents_usage")

    return await verbs.by_verb(call, action)


COMMAND = Command("documents", ("documentos", "documento", "archivos"), order=8, run=run)
