"""What is done by code while the model is away: a reminder that a message plainly asks for."""

from graph.calls import call_context
from graph.context import TurnContext
from graph.frozen import own_words
from graph.services import Services
from graph.state import State
from graph.window import newest_human, this_turn
from tools import reminding
from tools.errors import ToolError
from tools.when import split


async def without_model(state: State, context: TurnContext, services: Services) -> str:
    """The confirmation; "" where it takes a model to tell what is wanted."""
    message = newest_human(state)
    if message is None or this_turn(state["messages"]):  # the model was there, and has called tools
        return ""
    text = own_words(message).strip()
    try:
        request = split(text, context.language)
        if "\n" in text or not (request.asked and request.text and request.phrase):
            return ""
        call = call_context(state.get("turn", ""), context, services)
        return str(await reminding.add_sentence(text, call))
    except ToolError:
        return ""
