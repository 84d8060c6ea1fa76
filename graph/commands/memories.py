"""/memories: what is remembered, numbered as /forget takes it."""

from graph.commands.contract import Command, CommandCall, Outcome


async def run(call: CommandCall) -> Outcome:
    memories = await call.services.memories.all(call.context.sender)
    if not memories:
        return Outcome(call.say("memories_none"))
    lines = [f"{number}. {memory.content}" for number, memory in enumerate(memories, start=1)]
    return Outcome("\n".join([call.say("memories_intro"), *lines]))


COMMAND = Command("memories", ("memorias", "recuerdos"), order=2, run=run)
