"""command: runs a slash command by code. Neither the command nor its answer stays in the chat."""

from typing import Any

from langchain_core.messages import RemoveMessage
from langgraph.runtime import Runtime

from graph.commands.contract import CommandCall
from graph.commands.parse import parse
from graph.commands.scan import scan
from graph.context import TurnContext
from graph.frozen import typed
from graph.nodes.contract import Node
from graph.services import Services
from graph.state import State
from graph.window import newest_human


def make_command(services: Services) -> Node:
    commands = scan()

    async def command(state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        message = newest_human(state)
        wanted = parse(typed(message, runtime.context)) if message else None
        if message is None or wanted is None:
            return {}
        call = CommandCall(wanted.argument, state, runtime.context, services)
        known = commands.get(wanted.name)
        if known is None:
            return {
                "messages": [RemoveMessage(id=str(message.id))],
                "reply": call.say("unknown_command", name=wanted.name),
            }
        outcome = await known.run(call)
        changes = {}
        if outcome.summary not in (None, state.get("summary", "")):
            changes = {"summary": outcome.summary}
            await services.history.keep_summary(runtime.context.sender, outcome.summary)
        removal = RemoveMessage(id=str(message.id))
        # /clear removes every message, this one too; a second removal of it would be an error.
        messages = outcome.messages if outcome.clears else [*outcome.messages, removal]
        said = {"reply": outcome.reply, "choices": [list(one) for one in outcome.choices]}
        return {**changes, "messages": messages, **said}

    return command
