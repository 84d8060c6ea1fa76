"""/lists: shows them; fills, ticks and empties them, things and lists by number or by words."""

import re

from graph.commands import verbs
from graph.commands.contract import Command, CommandCall, Outcome
from tools import listing
from tools.contract import ToolCallContext

# "súper: leche, pan", "leche y pan al súper", "leche de la lista del súper"
NAMED = re.compile(r"([^:\n]+):\s+(.+)", re.DOTALL)
ONTO = re.compile(r"(.+)\s(?:a|al|en|to|on|in)\s+(.+)", re.DOTALL | re.IGNORECASE)
OFF = re.compile(r"(.+)\s(?:a|al|en|de|del|on|of|from)\s+(.+)", re.DOTALL | re.IGNORECASE)


async def run(call: CommandCall) -> Outcome:
    context = call.as_tool_call()

    async def action(verb: str, rest: str) -> str:
        if verb in verbs.ADD and rest:
            name, items = _list_and_items(rest)
            return await listing.add(name, items, context)
        if verb in verbs.DELETE and await listing.is_known(rest, context):
            return await listing.delete(rest, context)
        if verb in verbs.TICK | verbs.UNTICK and rest:
            name, items = await _known_list_and_items(rest, context)
            return await listing.tick(items, name, context, ticked=verb in verbs.TICK)
        if verb in verbs.REMOVE | verbs.DELETE and rest:
            name, items = await _known_list_and_items(rest, context)
            return await listing.remove(items, name, context)
        if verb in verbs.SHOW:
            return await listing.shown(rest, context)
        if verb in verbs.ADD | verbs.TICK | verbs.UNTICK | verbs.REMOVE | verbs.DELETE:
            return call.say("lists_usage")
        return await listing.shown(call.argument, context)

    return await verbs.by_verb(call, action)


def _list_and_items(text: str) -> tuple[str, str]:
    if named := NAMED.fullmatch(text):
        return named[1], named[2]
    if onto := ONTO.fullmatch(text):
        return onto[2], onto[1]
    return "", text


async def _known_list_and_items(text: str, context: ToolCallContext) -> tuple[str, str]:
    """A list only where there is one: "dulce de leche" names none."""
    if (named := NAMED.fullmatch(text)) and await listing.is_known(named[1], context):
        return named[1], named[2]
    if (off := OFF.fullmatch(text)) and await listing.is_known(off[2], context):
        return off[2], off[1]
    return "", text


COMMAND = Command("lists", ("listas", "lista"), order=8, run=run)
