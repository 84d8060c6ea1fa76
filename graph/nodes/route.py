"""route: a slash command goes to code, everything else to the model. No model call."""

from typing import Any, Literal

from graph.commands.parse import parse
from graph.frozen import own_words
from graph.state import State
from graph.window import newest_human


async def route(state: State) -> dict[str, Any]:
    """Set the intent of the newest message."""
    message = newest_human(state)
    intent = "command" if message and parse(own_words(message)) else "chat"
    return {"intent": intent, "reply": ""}


async def after_route(state: State) -> Literal["command", "retrieve_memory"]:
    return "command" if state["intent"] == "command" else "retrieve_memory"
