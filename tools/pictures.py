"""Pictures: another look at the one that was sent last."""

from tools.contract import Context, Effect, tool
from tools.errors import ToolError

_IT = (
    r"(?:la|esa|esta|mi|the|that|this|my) (?:ultima |last )?"
    r"(?:foto|imagen|captura|picture|photo|screenshot|image)\b"
)
# Where it begins something: "me dijo que salgo bien en la foto" asks for nothing.
_ASKED = (
    r"(?:^|[^\w\s]\s*|\b(?:y|che|decime|and) )(?:(?:a|de|en|con|in|on) )?"
    r"(?:que|cual|cuant[oa]s?|donde|quien(?:es)?|what|which|where|who|how many)\b"
)
# What is asked about a picture, and what is only ever read on one.
CUE = (
    rf"{_ASKED}.{{0,60}}\b(?:en|de|in|on|of|from) {_IT}"
    rf"|\b(?:en|in|on) {_IT}.{{0,10}}{_ASKED}"
    rf"|{_ASKED}.{{0,15}} (?:dice|muestra|pone|does|is) {_IT}"
    rf"|\b(?:mira\w*|fijate|lee\w*|look|read)\b.{{0,20}} {_IT}"
    r"|^\W*(?:y |and )?(?:que (?:dice|pone)|what does) (?:en )?(?:el|la|the)"
    r" (?:cartel|letrero|etiqueta|pizarra|pizarron|remera|sign|label|board|poster)\b"
)


@tool(effect=Effect.READ, timeout_s=300, cue=CUE, outside_content=True, needs="pictures")
async def look_at_picture(question: str, context: Context) -> str:
    """Look again at the last picture that the user sent.

    Args:
        question: What they want to know about it, for example "¿qué dice el cartel?".
    """
    if context.pictures is None:
        raise ToolError("pictures_unavailable")
    return await context.pictures.look(context.sender, question)
