"""/memories: what is remembered, numbered as /forget takes it."""

from graph.commands.contract import Command, CommandCall, Outcome
from store.diary import CATEGORY


async def run(call: CommandCall) -> Outcome:
    memories = [
        memory
        for memory in await call.services.memories.all(call.context.sender)
        if memory.category != CATEGORY  # the diary has its own list
    ]
    if not memories:
        return Outcome(call.say("memories_none"))
    # The row's own number: it means the same one after another is gone.
    lines = [f"{memory.id}. {memory.content}" for memory in memories]
    return Outcome("\n".join([call.say("memories_intro"), *lines]))


COMMAND = Command("memories", ("memorias", "recuerdos"), order=2, run=run)
