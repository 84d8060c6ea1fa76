"""/feedback: what the owner thinks of the newest answer; reactions come by another way."""

from graph.commands.contract import Command, CommandCall, Outcome


async def run(call: CommandCall) -> Outcome:
    text = call.argument
    if not text:
        return Outcome(call.say("feedback_usage"))
    kept = await call.services.history.comment(call.context.sender, text)
    return Outcome(call.say("feedback_done", text=text) if kept else call.say("feedback_none"))


COMMAND = Command("feedback", ("comentario", "opinion"), order=9, run=run)
