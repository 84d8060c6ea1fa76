"""What is done for a small model before it is asked, because code knows what it has to be.

It takes the model half a minute over a file that nothing was asked of, it seldom thinks of the
documents by itself, it multiplies where it should divide, and it makes up what it was never told.
"""

import re
from uuid import uuid4

from langchain_core.messages import AIMessage, ToolCall

from graph.asking import Prompt
from graph.frames import besides, contents, heads
from graph.frozen import own_words
from graph.library import from_documents
from graph.own_facts import asks_own, is_untold, told
from graph.refusals import is_dose
from graph.shrinking import cut_short
from graph.wanted import wanted
from tools.folding import fold
from tools.word_sums import in_words

CALCULATOR = "calculator"
READ_MAX = 1_500  # characters of a picture
KEPT, KEPT_MAX = 2, 300  # notes and reminders that are quoted, and characters of each
READS = re.compile(  # what stands in a picture, word for word
    r"\W*(?:che |hola |y )*(?:(?:que|what) (?:dice|dicen|pone|says?|does (?:it|this|that) say)\b"
    r"(?: (?:ahi|aca|aqui|esto|eso|here|there|(?:el|la|este|esta|the|this) \w+))*"
    r"|(?:me )?(?:podes leer|lee|lees|leeme|leemelo|transcrib\w+|read|transcribe)\b"
    r"(?: (?:esto|eso|lo que dice|it|this|(?:el|la|este|esta|the|this) \w+))*)"
    r"\W*(?:porfa|por favor|please)?\W*$"
)


async def ahead(prompt: Prompt) -> AIMessage | None:
    """The reply, or the call of a tool, where the first of a turn needs no model; else None."""
    if prompt.turn:
        return None
    await prompt.services.model.capabilities()  # its size, where this is the first turn of all
    if not prompt.services.model.is_small:
        return None
    if prompt.context.only_documents:
        several = len(prompt.context.message_ids) > 1
        return AIMessage(prompt.sentence("documents_kept" if several else "document_kept"))
    if is_dose(prompt):
        return None
    return (
        _read_aloud(prompt)
        or _worked_out(prompt)
        or await from_documents(prompt)
        or await _not_told(prompt)
    )


def _read_aloud(prompt: Prompt) -> AIMessage | None:
    """What stands in a picture, where a program has read it and no model described it."""
    if not prompt.context.mixed or not prompt.newest:
        return None
    is_alone = not besides(own_words(prompt.newest))
    if not is_alone and not READS.match(fold(prompt.said)):
        return None
    head = prompt.sentence("picture_read", text="").partition("\n<<<")[0]
    read = zip(heads(prompt.newest.text), contents(prompt.newest.text), strict=True)
    text = "\n\n".join(content for one, content in read if one.endswith(head))
    return AIMessage(prompt.sentence("reads", text=cut_short(text, READ_MAX))) if text else None


def _worked_out(prompt: Prompt) -> AIMessage | None:
    """The sum that the message puts in words."""
    expression = in_words(prompt.said) if CALCULATOR in prompt.tool_names else ""
    if not expression:
        return None
    call = ToolCall(
        name=CALCULATOR, args={"expression": expression}, id=str(uuid4()), type="tool_call"
    )
    return AIMessage("", tool_calls=[call])


async def _not_told(prompt: Prompt) -> AIMessage | None:
    """That we were never told the name or the number that is asked for; or the note or reminder
    that has it, for which the model is not asked where nothing else does."""
    services, sender, said = prompt.services, prompt.context.sender, prompt.said
    if prompt.context.mixed or not asks_own(said) or wanted(prompt.tools, said, small=True):
        return None
    known = [one.content for one in await services.memories.all(sender)]
    known += [prompt.state.get("summary", ""), *told(prompt.messages[:-1])]
    if not is_untold(said, known) or await services.documents.all(sender):
        return None
    kept = [one.content for one in await services.notes.all(sender)]
    kept += [one.text for one in await services.reminders.all(sender)]
    found = [cut_short(one, KEPT_MAX) for one in kept if not is_untold(said, [one])][:KEPT]
    return AIMessage(
        prompt.sentence("told", text="; ".join(found)) if found else prompt.sentence("not_told")
    )
