"""Sub-actions of commands, as people type them: without case and accents."""

from collections.abc import Awaitable, Callable

from graph.commands.contract import CommandCall, Outcome
from tools.errors import ToolError
from tools.folding import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ADD = _words(
    "agregar agrega anotar anota guardar guarda nueva nuevo sumar suma poner pone add new save put"
)
CHANGE = _words("cambiar cambia editar edita mover pasar pasa change edit move")
DELETE = _words("borrar borra eliminar elimina cancelar cancela delete cancel")
REMOVE = _words("sacar saca quitar quita remove")
FIND = _words("buscar busca find search")
SHOW = _words("ver mostrar mostra leer show read")
TICK = _words("tachar tacha marcar marca tick check")
UNTICK = _words("destachar destacha desmarcar desmarca untick uncheck")
ON = _words("on si yes activar activa prender")
OFF = _words("off no desactivar desactiva apagar")


def switch(argument: str) -> bool | None:
    """On or off; None for anything else."""
    wanted = fold(argument).strip(" .!")
    return wanted in ON if wanted in ON | OFF else None


async def by_verb(call: CommandCall, action: Callable[[str, str], Awaitable[str]]) -> Outcome:
    """What `action` makes of the first word and the rest, or the sentence of its ToolError."""
    verb, _, rest = call.argument.partition(" ")
    try:
        return Outcome(await action(fold(verb), rest.strip()))
    except ToolError as error:
        return Outcome(call.say(error.text, **error.values))
