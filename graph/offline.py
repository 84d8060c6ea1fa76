"""What is done by code while the model is away: a reminder that a message plainly asks for."""

import re

from graph.calls import call_context
from graph.context import TurnContext
from graph.frozen import own_words
from graph.services import Services
from graph.state import State
from graph.window import newest_human, this_turn
from tools import reminding
from tools.errors import ToolError
from tools.folding import fold
from tools.when import split

# "recordame a qué hora juega Boca mañana" wants an answer.
QUESTION = re.compile(
    r"(?:(?:a|con|de|en|por) )?(?:que|cual(?:es)?|como|donde|quien(?:es)?|cuando|cuant[oa]s?"
    r"|what|which|how|where|who|when)\b"
)


async def without_model(state: State, context: TurnContext, services: Services) -> str:
    """The confirmation; "" where it takes a model to tell what is wanted."""
    message = newest_human(state)
    # What others wrote sets nothing; and once the model has called tools it is its turn.
    if message is None or context.mixed or this_turn(state["messages"]):
        return ""
    text = own_words(message).strip()
    try:
        request = split(text, context.language)
        plain = request.asked and request.text and request.phrase and "\n" not in text
        if not plain or QUESTION.match(fold(request.text)):
            return ""
        call = call_context(state.get("turn", ""), context, services)
        return str(await reminding.add_sentence(text, call))
    except ToolError:
        return ""
