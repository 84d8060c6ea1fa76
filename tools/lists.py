"""Lists: groceries, tasks, whatever the user ticks off."""

from tools import listing
from tools.contract import Context, Effect, tool

_LIST = r"(?:la|mi|una|the|my|a) (?:\w+ )?list(?:a)?\b"
_PUT = r"\b(?:agrega|suma|pone|anota|mete|anadi|anade|apunta)(?:me|le|la|lo|r)?\b"
ADD = (
    rf"{_PUT}.* (?:a|en) {_LIST}|\b(?:add|put)\b.* (?:to|on) {_LIST}"
    rf"|\b(?:a|en) {_LIST}.{{0,40}}{_PUT}"
)
SHOW = (
    r"^(?!.*\b(?:recordatorios|reminders)\b).*"
    r"\b(?:que (?:hay|tengo|falta|queda|dice)|mostra(?:me)?|decime|pasame|leeme|ver|what|show|read)"
    rf"\b.* {_LIST}"
)
TICK = r"\b(?:tacha(?:me|la|lo|las|los|r)?|(?:tick|cross|check) off)\b"
REMOVE = (
    r"\b(?:saca|quita|borra|elimina|remove|delete|take)(?:me|le|r)?\b"
    rf".* (?:de|from|off) {_LIST}"
)


@tool(effect=Effect.WRITE, timeout_s=5, cue=ADD)
async def list_add(list: str, items: str, context: Context) -> str:  # noqa: A002 - the contract
    """Put things on one of the user's lists.

    Args:
        list: The list's name, for example "súper".
        items: The things, with commas between them, for example "leche, pan".
    """
    return await listing.add(list, items, context)


@tool(effect=Effect.READ, timeout_s=5, cue=SHOW)
async def list_show(context: Context, list: str = "") -> str:  # noqa: A002 - the contract
    """What is on a list of the user's, or which lists there are.

    Args:
        list: The list's name; leave it out for all lists.
    """
    return await listing.shown(list, context)


@tool(effect=Effect.WRITE, timeout_s=5, cue=TICK)
async def list_tick(items: str, context: Context, list: str = "") -> str:  # noqa: A002 - the contract
    """Tick off things on a list: they are bought or done.

    Args:
        items: The things, with commas between them.
        list: The list's name, if the user said it.
    """
    return await listing.tick(items, list, context)


@tool(effect=Effect.WRITE, timeout_s=5, cue=REMOVE)
async def list_remove(items: str, context: Context, list: str = "") -> str:  # noqa: A002 - the contract
    """Take things off a list.

    Args:
        items: The things, with commas between them.
        list: The list's name, if the user said it.
    """
    return await listing.remove(items, list, context)
