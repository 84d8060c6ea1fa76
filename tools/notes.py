"""Notes: what the user wants written down, to find it again."""

from tools import noting
from tools.contract import Context, Effect, tool

# Where somebody is told to: "mi hermano anota todo" asks for nothing.
_TOLD = r"(?:^|[^\w\s]\s*|\b(?:y|dale|che|porfa|por favor|podes|please) )"
SAVE = (
    rf"^(?!.*\b(?:listas?|list)\b).*(?:{_TOLD}(?:anota|apunta|anotar|apuntar)(?:me|lo|la)?\b"
    r"|\btoma nota\b"
    r"|\b(?:guarda|hace|haz|crea|agrega)\w* (?:(?:esto|eso) )?(?:en |como )?una nota\b"
    r"|\bjot\b.{0,20}\bdown\b"
    r"|\b(?:make|take|save) a note\b|\bnote down\b|\bwrite (?:this |that )?down\b)"
)
FIND = (
    r"\b(?:que|cual|donde|busca\w*|mostra\w*|fijate|decime|what|where|find|search|show)\b.*"
    r"(?:\b(?:en )?(?:mis|las) notas\b|\banote\b|\bapunte\b|\b(?:tengo|tenia|habia) anotad[oa]s?\b"
    r"|\bmy notes?\b|\bi (?:noted|wrote) down\b)"
    r"|\b(?:tengo|tenia|habia|hay) una nota\b.*\bbusc|\bdid i (?:write|note)\b"
)


@tool(effect=Effect.WRITE, timeout_s=5, cue=SAVE)
async def save_note(text: str, context: Context) -> str:
    """Write down a note for the user.

    Args:
        text: The note, word for word as in the message.
    """
    return await noting.save(text, context)


@tool(effect=Effect.READ, timeout_s=5, cue=FIND, whole=True)
async def find_notes(query: str, context: Context) -> str:
    """Search the user's notes.

    Args:
        query: What it is about, as in the message.
    """
    return await noting.find(query, context)
