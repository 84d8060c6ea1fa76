"""/forget: deletes one memory, by its number in /memories or by words that fit only one.

Words that no memory holds are taken by their meaning, and then it only asks: the nearest memory is
always near to something.
"""

from collections.abc import Callable, Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from graph import choices
from graph.choices import Choice
from graph.commands.contract import Command, CommandCall, Outcome
from graph.frozen import without_memory
from graph.recall import recall
from store.diary import CATEGORY
from store.memories import Memory
from tools import facts
from tools.folding import fold
from tools.redaction import redactor

Redact = Callable[[str], str]
NEAR = 3  # memories offered when no words fit
LISTED = 20  # of those that fit; whoever has more has to say more


async def run(call: CommandCall) -> Outcome:
    wanted = call.argument
    if not wanted:
        return Outcome(call.say("forget_usage"))
    # A turn that runs again after a crash must not take its words for another memory.
    memory = await call.services.memories.forgotten(call.context.sender, turn=_turn(call))
    if memory is None:
        memories = await call.services.memories.all(call.context.sender)
        matches = _matches(memories, wanted)
        if not matches and not _number(wanted):
            near = await _near(call)
            if near:
                return _question(call, "forget_near", near)
        if len(matches) > 1:
            return _question(call, "forget_several", matches)
        if not matches or not await _forget(call, matches[0]):
            return Outcome(call.say("forget_none", wanted=wanted))
        memory = matches[0]
    others = await call.services.memories.all(call.context.sender)
    # The diary tells what was said; it neither keeps a word nor gives up the words it is made of.
    kept = [one.content for one in others if one.category != CATEGORY]
    redact = redactor(memory.content, kept, whole=memory.category == CATEGORY)
    await call.services.erasures.redact(call.context.sender, _turn(call), redact)
    return Outcome(
        call.say("forget_done", memory=memory.content),
        messages=_rewritten(call, memory.content, redact),
        summary=_summary_without(call.state.get("summary", ""), redact),
    )


def _question(call: CommandCall, sentence: str, matches: Sequence[Memory]) -> Outcome:
    lines = [f"{memory.id}. {memory.content}" for memory in matches[:LISTED]]
    if len(matches) > LISTED:
        lines.append(call.say("forget_more", count=str(len(matches) - LISTED)))
    offered = [
        Choice(call.say("forget_choice", number=str(memory.id)), memory.content)
        for memory in matches
    ]
    return Outcome(
        "\n".join([call.say(sentence), *lines]),
        choices=offered if len(offered) <= choices.MOST else (),
    )


async def _near(call: CommandCall) -> list[Memory]:
    """Those nearest in meaning, or that hold one of the words."""
    services = call.services
    found = await recall(
        services.memories, services.embedder, call.context.sender, call.argument, limit=NEAR
    )
    shared = facts.telling(call.argument)
    return [
        memory
        for memory in found
        if services.embedder is not None or shared & facts.telling(memory.content)
    ]


async def _forget(call: CommandCall, memory: Memory) -> bool:
    return await call.services.memories.forget(call.context.sender, memory.id, turn=_turn(call))


def _turn(call: CommandCall) -> str:
    return call.state.get("turn", "")


def _matches(memories: Sequence[Memory], wanted: str) -> list[Memory]:
    if number := _number(wanted):
        return [one for one in memories if one.id == int(number)]
    words = fold(wanted)
    exact = [one for one in memories if fold(one.content) == words]
    return exact or [one for one in memories if words in fold(one.content)]


def _number(wanted: str) -> str:
    number = wanted.strip().rstrip(".").removeprefix("#")
    return number if number.isascii() and number.isdecimal() else ""


def _rewritten(call: CommandCall, content: str, redact: Redact) -> list[AnyMessage]:
    """Earlier messages quote the memory; what is forgotten is gone there too."""
    rewritten: list[AnyMessage] = []
    for message in call.state.get("messages", []):
        if isinstance(message, HumanMessage):
            clean = without_memory(message, content, redact, call.services.prompts)
            rewritten += [clean] if clean else []
        elif (clean_one := _redacted(message, redact)) != message:
            rewritten.append(clean_one)
    return rewritten


def _redacted(message: AnyMessage, redact: Redact) -> AnyMessage:
    changes: dict[str, object] = {"content": redact(message.text)}
    if isinstance(message, AIMessage) and message.tool_calls:
        changes["tool_calls"] = [
            {**one, "args": {name: _of(value, redact) for name, value in one["args"].items()}}
            for one in message.tool_calls
        ]
    return message.model_copy(update=changes)


def _of(value: object, redact: Redact) -> object:
    return redact(value) if isinstance(value, str) else value


def _summary_without(summary: str, redact: Redact) -> str:
    """The summary without the lines that quote the memory."""
    return "\n".join(line for line in summary.splitlines() if redact(line) == line)


COMMAND = Command("forget", ("olvidar", "olvida"), order=3, run=run)
