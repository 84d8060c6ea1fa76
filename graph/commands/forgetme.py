"""/forgetme: erases everything about the owner, once they have said so twice."""

from datetime import timedelta

from langchain_core.messages import RemoveMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from graph.commands.contract import Command, CommandCall, Outcome
from store.clock import to_ms
from tools.folding import fold

YES = frozenset({"si", "yes"})
CONFIRM_MS = timedelta(minutes=10) // timedelta(milliseconds=1)


async def run(call: CommandCall) -> Outcome:
    sender, erasures = call.context.sender, call.services.erasures
    turn = call.state.get("turn", "")
    if not await erasures.began(turn):
        now = to_ms(call.context.sent_at)
        is_yes = fold(call.argument).strip(" .!") in YES
        if not is_yes or not 0 <= now - await erasures.asked_at(sender) <= CONFIRM_MS:
            await erasures.ask(sender, now)
            return Outcome(call.say("forgetme_confirm"))
        await erasures.everything(sender, turn)
    return Outcome(
        call.say("forgetme_done"),
        messages=[RemoveMessage(id=REMOVE_ALL_MESSAGES)],
        summary="",
        clears=True,
    )


COMMAND = Command("forgetme", ("borrarme", "olvidame"), order=7, run=run)
