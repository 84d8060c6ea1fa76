"""The owner's message as the model reads it: with the time and the memories of that moment.

They stay as they were, so that the front of the prompt does not change from turn to turn. What the
owner really wrote, and what was added, are kept beside the text; ChatOllama does not send them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from langchain_core.messages import AnyMessage, HumanMessage

from graph.context import TurnContext
from graph.prompts import Prompts
from tools.dates import clock_in_words, day_in_words

# Key in additional_kwargs: {"text", "day", "time", "language", "memories", "said", "tool", "own",
# "mixed"}
NOTE = "note"


def freeze(
    message: HumanMessage,
    *,
    prompts: Prompts,
    context: TurnContext,
    memories: Sequence[str],
    said: Sequence[str] = (),
    tools: Sequence[str] = (),
) -> HumanMessage:
    """The message with its note; one that already has it stays as it is.

    `said` is what the owner told in this talk and asks about now; `tools` are those that the
    message clearly asks for.
    """
    if NOTE in message.additional_kwargs:
        return message
    moment = _to_the_minute(context.sent_at)
    note = {
        "text": message.text,
        "day": day_in_words(moment, context.timezone, context.language),
        "time": clock_in_words(moment, context.timezone, context.language),
        "language": context.language,
        "memories": list(memories),
        "said": list(said),
        "tool": ", ".join(tools),
        "own": typed(message, context),
        "mixed": context.mixed,
    }
    return _written(message, note, prompts)


def closed(message: HumanMessage, prompts: Prompts) -> HumanMessage | None:
    """The message without what others wrote in it; None when it is all the owner's."""
    note = message.additional_kwargs.get(NOTE)
    if not note or not note.get("mixed"):
        return None
    stub = prompts.message(str(note["language"]), "mixed_stub")
    text = "\n".join(filter(None, [str(note["own"]).strip(), stub]))
    return _written(message, {**note, "text": text, "mixed": False}, prompts)


def without_memory(
    message: HumanMessage, content: str, redact: Callable[[str], str], prompts: Prompts
) -> HumanMessage | None:
    """The message without a forgotten memory; None when it never held it."""
    note = message.additional_kwargs.get(NOTE)
    if not note:
        text = redact(message.text)
        return None if text == message.text else message.model_copy(update={"content": text})
    rest = [redact(memory) for memory in note["memories"] if memory != content]
    words = {key: redact(note[key]) for key in ("text", "own") if key in note}
    said = [redact(one) for one in note.get("said", ())]
    clean = {**note, "memories": rest, "said": said, **words}
    return None if clean == {"said": [], **note} else _written(message, clean, prompts)


def rewritten(message: HumanMessage, text: str, prompts: Prompts) -> HumanMessage:
    """The message with other words under the same note."""
    note = message.additional_kwargs.get(NOTE)
    if not note:
        return message.model_copy(update={"content": text})
    own = str(note.get("own", ""))
    left = {"own": own if own in text else ""} if own else {}
    return _written(message, {**note, "text": text, **left}, prompts)


def own_words(message: AnyMessage) -> str:
    """What the owner wrote, without our note."""
    note = message.additional_kwargs.get(NOTE)
    return str(note["text"]) if note else message.text


def own_part(message: AnyMessage) -> str:
    """What the owner typed of a message of theirs, as its note has it."""
    note = message.additional_kwargs.get(NOTE)
    return str(note["own"]) if note and note.get("mixed") else own_words(message)


def typed(message: AnyMessage, context: TurnContext) -> str:
    """What the owner typed in this turn. Studio, which has no inbox, brings only the message."""
    return context.own_words if context.mixed or context.own_words else own_words(message)


def brought(message: AnyMessage) -> list[str]:
    """The memories in its note."""
    return _texts(message.additional_kwargs.get(NOTE, {}).get("memories"))


def recalled(message: AnyMessage) -> list[str]:
    """What its note says that the owner told before: memories, and words of this talk."""
    return brought(message) + _texts(message.additional_kwargs.get(NOTE, {}).get("said"))


def in_short(message: AnyMessage, prompts: Prompts, language: str) -> str:
    """What the owner wrote and what is remembered of it, without the time and the tools."""
    text, memories = own_words(message), recalled(message)
    if not memories:
        return text
    return prompts.render(language, "short_memories", text=text, memories=_listed(memories))


def without_echo(text: str, message: AnyMessage | None) -> str:
    """An answer without a copy of our note.

    Qwen2.5 1.5B ends one answer in ten with "[Nota: hoy es lunes, ...]" and a wrong hour.
    """
    note = message.additional_kwargs.get(NOTE) if message else None
    if not note:
        return text
    day = re.escape(str(note["day"]))
    copied = re.compile(rf"\s*[\[(][^\])]*{day}[^\])]*[\])]", re.IGNORECASE)
    return copied.sub("", text).strip() or text


def _written(message: HumanMessage, note: Mapping[str, object], prompts: Prompts) -> HumanMessage:
    memories = [*_texts(note["memories"]), *_texts(note.get("said"))]
    values = {key: str(note[key]) for key in ("text", "day", "time", "language", "tool")}
    language, tool = values.pop("language"), values.pop("tool")
    if memories:
        text = prompts.render(language, "turn_memories", memories=_listed(memories), **values)
    else:
        text = prompts.render(language, "turn", **values)
    if tool:
        text = prompts.render(language, "turn_tool", text=text, tool=tool)
    extra = {**message.additional_kwargs, NOTE: dict(note)}
    return message.model_copy(update={"content": text, "additional_kwargs": extra})


def _listed(memories: Sequence[str]) -> str:
    return "; ".join(memory.rstrip(". ") for memory in memories)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _to_the_minute(moment: datetime) -> datetime:
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
