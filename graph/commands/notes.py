"""/notes: lists them numbered; saves, finds, changes and deletes, by number or by words."""

import re

from graph.commands import verbs
from graph.commands.contract import Command, CommandCall, Outcome
from tools import noting
from tools.choosing import NUMBER

# "2 la clave es otra", "wifi: la clave es otra"
NUMBERED = re.compile(r"#?(\d+)[.,:)]?\s+(.+)", re.DOTALL)
NAMED = re.compile(r"([^:]+):\s+(.+)", re.DOTALL)


async def run(call: CommandCall) -> Outcome:
    context = call.as_tool_call()

    async def action(verb: str, rest: str) -> str:
        if not verb:
            return await noting.listed(context)
        if verb in verbs.ADD and rest:
            return await noting.save(rest, context)
        if verb in verbs.CHANGE and (parts := NUMBERED.fullmatch(rest) or NAMED.fullmatch(rest)):
            return await noting.change(parts[1], parts[2], context)
        if verb in verbs.DELETE | verbs.REMOVE and rest:
            return await noting.delete(rest, context)
        if verb in verbs.FIND and rest:
            return await noting.find(rest, context)
        if verb in verbs.SHOW and rest:
            return await noting.shown(rest, context)
        if NUMBER.fullmatch(call.argument):
            return await noting.shown(call.argument, context)
        return call.say("notes_usage")

    return await verbs.by_verb(call, action)


COMMAND = Command("notes", ("notas",), order=8, run=run)
