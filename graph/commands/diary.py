"""/diary: what was talked about, day by day, numbered as /forget takes it."""

from graph.commands.contract import Command, CommandCall, Outcome

SHOWN = 10  # entries, the newest; WhatsApp splits what is longer


async def run(call: CommandCall) -> Outcome:
    entries = await call.services.diary.entries(call.context.sender, most=SHOWN)
    if not entries:
        return Outcome(call.say("diary_none"))
    lines = [f"{entry.id}. {entry.content}" for entry in entries]
    return Outcome("\n".join([call.say("diary_intro"), *lines]))


COMMAND = Command("diary", ("diario",), order=7, run=run)
