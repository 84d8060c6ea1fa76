"""The owner's documents, ahead of a small model: what asks for them is looked up by code.

It seldom thinks of them by itself, and takes half a minute over a file that nothing was asked of.
"""

import re
from uuid import uuid4

from langchain_core.messages import AIMessage, HumanMessage, ToolCall, ToolMessage

from graph.asking import Prompt
from graph.calls import call_context
from graph.non_answers import shown
from graph.refusals import is_dose
from graph.taint import RETOLD
from graph.wanted import wanted
from tools import documenting
from tools.about_documents import asks_for_list, is_about
from tools.folding import fold

SEARCH = "search_documents"
LATELY = 2  # turns after a search that what is asked may go on about it
QUERY_MAX = 300  # characters of a message
READ_MAX = 1_500  # characters of a picture
READS = re.compile(  # what stands in a picture, word for word
    r"\W*(?:che |hola |y )*(?:(?:que|what) (?:dice|dicen|pone|says?|does (?:it|this|that) say)\b"
    r"(?: (?:ahi|aca|aqui|esto|eso|here|there|(?:el|la|este|esta|the|this) \w+))*"
    r"|(?:me )?(?:podes leer|lee|leeme|leemelo|transcrib\w+|read|transcribe)\b"
    r"(?: (?:esto|eso|lo que dice|it|this|(?:el|la|este|esta|the|this) \w+))*)"
    r"\W*(?:porfa|please)?\W*$"
)


async def from_documents(prompt: Prompt) -> AIMessage | None:
    """What is said of files that came alone, the list of them, or the call that searches them; None
    where the message is about something else."""
    services, context = prompt.services, prompt.context
    if prompt.turn or SEARCH not in prompt.tool_names:
        return None
    await services.model.capabilities()  # its size, where this is the first turn after a start
    if not services.model.is_small:
        return None
    if context.only_documents:
        several = len(context.message_ids) > 1
        return AIMessage(prompt.sentence("documents_kept" if several else "document_kept"))
    said = prompt.said.strip()[:QUERY_MAX]
    if context.mixed and not context.documents:
        text = _written_in_picture(prompt) if READS.match(fold(said)) else ""
        return AIMessage(prompt.sentence("reads", text=text)) if text else None
    asked = wanted(prompt.tools, said, small=True)
    if not said or asked not in ([], [SEARCH]) or is_dose(prompt):
        return None
    calling = call_context("", context, services)
    if asks_for_list(said):
        # The names of files are words of others.
        return AIMessage(await documenting.listed(calling), additional_kwargs={RETOLD: True})
    lately = _searched_lately(prompt)
    if not asked and not await is_about(said, services.documents, calling, lately=lately):
        return None
    call = ToolCall(name=SEARCH, args={"query": said}, id=str(uuid4()), type="tool_call")
    return AIMessage("", tool_calls=[call])


def _written_in_picture(prompt: Prompt) -> str:
    """What a program has read in the picture that came; "" where a model has described it."""
    head = prompt.sentence("picture_read", text="").partition("<<<")[0]
    text = shown(prompt.messages) if prompt.newest and head in prompt.newest.text else ""
    return text if len(text) <= READ_MAX else f"{text[:READ_MAX].rsplit(maxsplit=1)[0]} …"


def _searched_lately(prompt: Prompt) -> bool:
    messages = prompt.messages
    humans = [i for i, one in enumerate(messages) if isinstance(one, HumanMessage)]
    recent = messages[humans[-LATELY - 1] :] if len(humans) > LATELY else messages
    return any(isinstance(one, ToolMessage) and one.name == SEARCH for one in recent)
