"""Lists: groceries, tasks, whatever the user ticks off."""

import re
from typing import Any

from tools import listing
from tools.contract import Context, Effect, tool
from tools.folding import fold

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
# "la lista del súper", "my shopping list"
_SAID = re.compile(
    r"\b(?:lista (?:del?|para)(?: el| la| los| las)?|list (?:of|for)(?: the)?)"
    r" (?P<es>\w+(?: del? \w+)?)"
    r"|\b(?:my|the) (?P<en>\w+) list\b",
    re.IGNORECASE,
)
_THAT_ONE = re.compile(r"\b(?:es[ae]|est[ae]|misma|that|this|same|it)\b")


def meant(arguments: dict[str, Any], own_words: str, language: str) -> dict[str, Any]:
    """The list that the owner named: Qwen2.5 1.5B puts everything on one list of its own."""
    name, said = listing.name_of(str(arguments.get("list", ""))), _SAID.search(own_words)
    if not said or (name and fold(name) in fold(own_words)):
        return arguments
    return {**arguments, "list": said["es"] or said["en"]}


def meant_on_some(arguments: dict[str, Any], own_words: str, language: str) -> dict[str, Any]:
    """As `meant`; a list that the owner neither named nor pointed at is none: what is on it tells
    which."""
    named = meant(arguments, own_words, language)
    name, said = fold(listing.name_of(str(named.get("list", "")))), fold(own_words)
    is_all = fold(str(named.get("items", ""))) in listing.ALL
    return named if name in said or is_all or _THAT_ONE.search(said) else {**named, "list": ""}


@tool(effect=Effect.WRITE, timeout_s=5, cue=ADD, meant=meant)
async def list_add(list: str, items: str, context: Context) -> str:  # noqa: A002 - the contract
    """Put things on one of the user's lists.

    Args:
        list: The name of the list, as in the message.
        items: The things, as in the message, with commas between them.
    """
    return await listing.add(list, items, context)


@tool(effect=Effect.READ, timeout_s=5, cue=SHOW, meant=meant, whole=True)
async def list_show(context: Context, list: str = "") -> str:  # noqa: A002 - the contract
    """What is on a list of the user's, or which lists there are.

    Args:
        list: The name of the list, as in the message; leave it out for all lists.
    """
    return await listing.shown(list, context)


@tool(effect=Effect.WRITE, timeout_s=5, cue=TICK, meant=meant_on_some)
async def list_tick(items: str, context: Context, list: str = "") -> str:  # noqa: A002 - the contract
    """Tick off things on a list: they are bought or done.

    Args:
        items: The things, with commas between them.
        list: The list's name, if the user said it.
    """
    return await listing.tick(items, list, context)


@tool(effect=Effect.WRITE, timeout_s=5, cue=REMOVE, meant=meant_on_some)
async def list_remove(items: str, context: Context, list: str = "") -> str:  # noqa: A002 - the contract
    """Take things off a list.

    Args:
        items: The things, with commas between them.
        list: The list's name, if the user said it.
    """
    return await listing.remove(items, list, context)
