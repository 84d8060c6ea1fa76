"""The model may propose a memory; only the owner's own words are a source, and code checks that."""

import re
from collections.abc import Mapping
from typing import Any

from tools import facts
from tools.contract import Context, Effect, tool
from tools.errors import BadArgument, ToolError
from tools.folding import fold
from tools.receipts import receipt

_THAT = (
    r"\b(?:acordate|acuerdate|te (?:acuerdes|olvides)|recorda|recuerda|guarda"
    r"|(?:tene|ten) en cuenta|que sepas|remember|keep in mind|don't forget)"
    r"(?:,? (?:siempre|de (?:aca|ahora) en (?:adelante|mas)|a partir de ahora|from now on))?"
    r"(?: de)?,? (?:que|q|that)\b"
    # "Guardate esto para siempre: ..."
    r"|(?<!n't )(?<!do you )"
    r"\b(?:acordate|guarda(?:te)? (?:esto|este dato)|memoriza(?:te)?|remember)\b"
    r"(?: (?!nota|list|record|remind|alarm)[a-z]+){0,4}:(?=\s)"
)
# "Ahora trabajo en una ferretería. Acordate."
_AT_THE_END = (
    r"(?<=[.!,;] )(?:y |and |please )?(?:acordate|recordalo|guardatelo|memorizalo"
    r"|tenelo (?:en cuenta|presente)|remember (?:it|this|that)|keep (?:it|that|this) in mind)\W*$"
)
CUE = rf"{_THAT}|(?:\w+\W+){{4,}}{_AT_THE_END}"
MAX_FACT = 500  # characters
ASKED = re.compile(
    rf"(?:{_THAT})\s+(?P<after>[^.!?\n]+)|(?P<before>.*\w)\W+{_AT_THE_END}", re.DOTALL
)


def meant(arguments: Mapping[str, Any], own_words: str, _language: str) -> dict[str, Any]:
    """A fact with words that nobody said becomes what was said after "acordate de que", or
    before "acordate"."""
    folded = fold(own_words)
    asked = ASKED.search(folded)
    fact = str(arguments.get("fact", ""))
    if not asked or len(folded) != len(own_words) or facts.is_grounded(fact, own_words):
        return dict(arguments)
    start, end = asked.span("after" if asked["after"] else "before")
    return {**arguments, "fact": own_words[start:end].strip()}


@tool(effect=Effect.WRITE, timeout_s=5, cue=CUE, meant=meant, grounded=True)
async def remember(fact: str, context: Context) -> str:
    """Keep for ever a fact that the user asks you to remember.

    Args:
        fact: One short sentence in the user's own words.
    """
    if context.memories is None:
        raise ToolError("tool_failed", name="remember")
    if len(fact) > MAX_FACT or not facts.is_grounded(fact, context.own_words):
        raise BadArgument("remember_not_said")
    read = facts.in_place(facts.read(fact), context.own_words)
    kept = await context.memories.keep(context.sender, read, source=context.message_id)
    return receipt(kept, context.say)
