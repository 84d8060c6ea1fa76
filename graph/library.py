"""The owner's documents, ahead of a small model: what asks for them is looked up by code."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from langchain_core.messages import AIMessage, HumanMessage, ToolCall, ToolMessage

from graph.asked import led_to
from graph.asking import Prompt
from graph.calls import call_context
from graph.refusals import is_beyond
from graph.requests import is_own_fact, orders_an_act
from graph.sources import GUESSED
from graph.taint import RETOLD
from graph.wanted import wanted
from store.documents import Document
from tools import documenting
from tools.about_documents import ASKS_WHAT, asks_for_list, is_about, named_as_known
from tools.folding import fold

SEARCH = "search_documents"
LATELY = 2  # turns after a search that what is asked may go on about it
ABOUT_TIMEOUT_S = 3
QUERY_MAX = 300  # characters of a message


async def from_documents(prompt: Prompt) -> AIMessage | None:
    """The list of them, or the call that searches them; None where the message is about something
    else."""
    services, context, said = prompt.services, prompt.context, prompt.said.strip()
    asked = wanted(prompt.tools, said, small=True)
    if not said or SEARCH not in prompt.tool_names or asked not in ([], [SEARCH]):
        return None
    calling = call_context("", context, services)
    if asks_for_list(said):
        # The names of files are words of others.
        return AIMessage(await documenting.listed(calling), additional_kwargs={RETOLD: True})
    if asked:
        return _search(said)
    asks_what = bool(ASKS_WHAT.search(fold(said[:QUERY_MAX])))
    answers_us = "?" not in said and led_to(prompt.messages)
    if answers_us or not (asks_what or "?" in said):
        return None
    if not (documents := await services.documents.all(context.sender)):
        return None
    if asks_what and not orders_an_act(said) and named_as_known(said, documents):
        return _search(said)
    if is_own_fact(said) or is_beyond(prompt) or not await _is_about(prompt, said, documents):
        return None
    return _search(said, guessed=True)


def _search(said: str, *, guessed: bool = False) -> AIMessage:
    query = {"query": said[:QUERY_MAX]}
    call = ToolCall(name=SEARCH, args=query, id=str(uuid4()), type="tool_call")
    return AIMessage("", tool_calls=[call], additional_kwargs={GUESSED: True} if guessed else {})


async def _is_about(prompt: Prompt, said: str, documents: Sequence[Document]) -> bool:
    """As `is_about` says; no, where that takes longer than it is worth."""
    calling = call_context("", prompt.context, prompt.services)
    lately = _searched_lately(prompt)
    try:
        async with asyncio.timeout(ABOUT_TIMEOUT_S):
            return await is_about(said[:QUERY_MAX], documents, calling, lately=lately)
    except TimeoutError:
        return False


def _searched_lately(prompt: Prompt) -> bool:
    messages = prompt.messages
    humans = [i for i, one in enumerate(messages) if isinstance(one, HumanMessage)]
    recent = messages[humans[-LATELY - 1] :] if len(humans) > LATELY else messages
    return any(isinstance(one, ToolMessage) and one.name == SEARCH for one in recent)
