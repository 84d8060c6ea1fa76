"""/clear: deletes the conversation, in the thread and in the ledger. Memories stay."""

from langchain_core.messages import RemoveMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from graph.commands.contract import Command, CommandCall, Outcome


async def run(call: CommandCall) -> Outcome:
    if call.argument:  # "/borrar 2": they mean one thing, not the conversation
        return Outcome(call.say("clear_usage"))
    await call.services.history.clear(call.context.sender)
    return Outcome(
        call.say("clear_done"),
        messages=[RemoveMessage(id=REMOVE_ALL_MESSAGES)],
        summary="",
        clears=True,
    )


COMMAND = Command("clear", ("limpiar", "borrar"), order=4, run=run)
