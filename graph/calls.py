"""What the server tells a tool about its call."""

from functools import partial

from graph.context import TurnContext
from graph.recall import best_sentences, meaning
from graph.services import Services
from tools.contract import ToolCallContext


def call_context(call_id: str, context: TurnContext, services: Services) -> ToolCallContext:
    """`call_id` is what makes a write happen once: of a tool call, or the turn of a command."""
    return ToolCallContext(
        call_id=call_id,
        sender=context.sender,
        language=context.language,
        timezone=context.timezone,
        sent_at=context.sent_at,
        now=services.now(),
        message_id=context.message_ids[0] if context.message_ids else "",
        message_ids=context.message_ids,
        own_words=context.own_words,
        here=context.here,
        memories=services.memories,
        reminders=services.reminders,
        notes=services.notes,
        lists=services.lists,
        documents=services.documents,
        pictures=services.pictures,
        reminder_template=services.reminder_template,
        embed=partial(meaning, services.embedder),
        best_sentences=partial(best_sentences, services.embedder),
        say=partial(services.prompts.message, context.language),
    )
