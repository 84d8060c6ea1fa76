"""The model may propose a memory; only the owner's own words are a source, and code checks that."""

from tools import facts
from tools.contract import Context, Effect, tool
from tools.errors import BadArgument, ToolError
from tools.receipts import receipt

CUE = (
    r"\b(?:acordate|acuerdate|te (?:acuerdes|olvides)|recorda|recuerda|guarda"
    r"|(?:tene|ten) en cuenta|que sepas|remember|keep in mind|don't forget)"
    r"(?:,? (?:siempre|de (?:aca|ahora) en (?:adelante|mas)|a partir de ahora|from now on))?"
    r"(?: de)?,? (?:que|that)\b"
)
MAX_FACT = 500  # characters


@tool(effect=Effect.WRITE, timeout_s=5, cue=CUE, grounded=True)
async def remember(fact: str, context: Context) -> str:
    """Keep for ever a fact that the user asks you to remember.

    Args:
        fact: One short sentence in the user's own words.
    """
    if context.memories is None:
        raise ToolError("tool_failed", name="remember")
    if len(fact) > MAX_FACT or not facts.is_grounded(fact, context.own_words):
        raise BadArgument("remember_not_said")
    kept = await context.memories.keep(context.sender, facts.read(fact), source=context.message_id)
    return receipt(kept, context.say)
