"""route: a slash command goes to code, everything else to the model. No model call."""

from typing import Any, Literal

from langgraph.runtime import Runtime

from graph.commands.parse import parse
from graph.context import TurnContext
from graph.frozen import typed
from graph.state import State
from graph.window import newest_human


async def route(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
    """Set the intent of the newest message."""
    message = newest_human(state)
    intent = "command" if message and parse(typed(message, runtime.context)) else "chat"
    return {"intent": intent, "reply": ""}


async def after_route(state: State) -> Literal["command", "retrieve_memory"]:
    return "command" if state["intent"] == "command" else "retrieve_memory"
