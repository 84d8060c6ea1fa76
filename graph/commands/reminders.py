"""/reminders: lists them numbered; cancels and moves them by number or by words."""

import re

from graph.commands.contract import Command, CommandCall, Outcome
from tools import reminding
from tools.errors import ToolError
from tools.folding import fold
from tools.when import split

CANCEL = {"cancelar", "cancela", "borrar", "borra", "sacar", "saca", "quitar", "quita"}
CANCEL |= {"eliminar", "elimina", "cancel", "delete", "remove"}
MOVE = {"cambiar", "cambia", "mover", "pasar", "pasa", "change", "move"}
NUMBERED = re.compile(r"#?(\d+)[.,:)]?\s+(.+)", re.DOTALL)


async def run(call: CommandCall) -> Outcome:
    verb, _, rest = call.argument.partition(" ")
    try:
        return Outcome(await _done(call, fold(verb), rest.strip()))
    except ToolError as error:
        return Outcome(call.say(error.text, **error.values))


async def _done(call: CommandCall, verb: str, rest: str) -> str:
    context = call.as_tool_call()
    if not verb:
        return await reminding.listed(context)
    if verb in CANCEL and rest:
        return await reminding.cancel(rest, context)
    if verb in MOVE and rest:
        return await reminding.move(*_which_and_when(rest, context.language), context)
    return call.say("reminders_usage")


def _which_and_when(text: str, language: str) -> tuple[str, str]:
    """ "2 mañana a las 9", "la luz al viernes a las 10"."""
    if numbered := NUMBERED.fullmatch(text):
        return numbered[1], numbered[2]
    request = split(text, language)
    return request.text, request.phrase


COMMAND = Command("reminders", ("recordatorios",), order=8, run=run)
