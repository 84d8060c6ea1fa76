"""/reminders: lists them numbered; cancels and moves them by number or by words."""

import re

from graph.commands import verbs
from graph.commands.contract import Command, CommandCall, Outcome
from tools import reminding
from tools.when import split

NUMBERED = re.compile(r"#?(\d+)[.,:)]?\s+(.+)", re.DOTALL)


async def run(call: CommandCall) -> Outcome:
    context = call.as_tool_call()

    async def action(verb: str, rest: str) -> str:
        if not verb:
            return await reminding.listed(context)
        if verb in verbs.DELETE | verbs.REMOVE and rest:
            return await reminding.cancel(rest, context)
        if verb in verbs.CHANGE and rest:
            return await reminding.move(*_which_and_when(rest, context.language), context)
        return call.say("reminders_usage")

    return await verbs.by_verb(call, action)


def _which_and_when(text: str, language: str) -> tuple[str, str]:
    """ "2 mañana a las 9", "la luz al viernes a las 10"."""
    if numbered := NUMBERED.fullmatch(text):
        return numbered[1], numbered[2]
    request = split(text, language)
    return request.text, request.phrase


COMMAND = Command("reminders", ("recordatorios",), order=8, run=run)
