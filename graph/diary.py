"""Writes a diary entry: what was talked about on a day, in a few sentences."""

from langchain_core.messages import HumanMessage

from graph.model import answer_tokens
from graph.replies import sendable, without_thinking
from graph.services import Services
from store.diary import Chapter
from tools.dates import day_in_words

MAX_ENTRY = 800  # characters; entries are recalled beside other memories
NOTHING = "-–— .\n"  # what the model answers when there were only greetings
OWN_WORDS_TOKENS = 300  # the prompt itself


async def entry(services: Services, chapter: Chapter, *, language: str, timezone: str) -> str:
    """The entry, with its day in front; "" when the model finds nothing to tell.

    Raises:
        ModelError: no answer came.
    """
    lines = [
        line
        for exchange in chapter.exchanges
        for line in (f"> {exchange.said}", f"WasAP: {exchange.reply}")
    ]
    num_ctx = services.model.num_ctx or 0
    room = num_ctx - answer_tokens(num_ctx) - OWN_WORDS_TOKENS
    prompt = services.prompts.render(
        language, "diary", messages="\n".join(lines)[-services.model.gauge.characters(room) :]
    )
    reply = await services.model.answer([HumanMessage(prompt)])
    told = sendable(without_thinking(reply.text), ())[:MAX_ENTRY].strip()
    if not told.strip(NOTHING):
        return ""
    day = day_in_words(chapter.ended_at, timezone, language)
    return services.prompts.message(language, "diary_entry", day=day, told=told)
