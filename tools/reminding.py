"""Sets, lists, moves and cancels reminders, for tools and commands alike.

What it says is made from the stored row. Raises ToolError: a question to ask, or why not.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from store.reminders import Reminder
from tools.choosing import matching
from tools.errors import BadArgument, ToolError
from tools.folding import fold
from tools.ports import Reminders
from tools.receipts import Receipt
from tools.when import Request, When, WhenError, in_words, read, split

if TYPE_CHECKING:  # it brings LangChain, a second that the clock of app.reminders need not wait for
    from tools.context import ToolCallContext

MAX_TEXT = 500  # characters
# Meta: nothing free-form later than this after the owner's message; then it waits for the next, or
# goes out by a template.
WINDOW = timedelta(hours=24)


async def add(text: str, when: str, context: "ToolCallContext") -> Receipt:
    """Set a reminder; `when` is a time as the owner wrote it, counted from when they sent it."""
    text = " ".join(text.split())
    if not text:
        raise BadArgument("reminder_of_what")
    if len(text) > MAX_TEXT:
        raise BadArgument("reminder_too_long")
    text, time = _meant(text, when, context)
    reminder = await _reminders(context).add(
        context.sender,
        text,
        due_at=time.due_at,
        zone=time.zone,
        rule=time.rule,
        source=context.call_id,
        turn=context.message_id,
    )
    return _told("reminder_done", reminder, context)


async def add_sentence(sentence: str, context: "ToolCallContext") -> Receipt:
    """ "pagar la luz el viernes a las 18", with or without "recordame"."""
    request = split(sentence, context.language)
    return await add(request.text, sentence, context)


async def listed(context: "ToolCallContext") -> str:
    """All of them, each with its own number, which does not shift when another one is over."""
    reminders = await _reminders(context).all(context.sender)
    if not reminders:
        return context.say("reminders_none")
    return "\n".join([context.say("reminders_intro"), *_lines(reminders, context)])


async def cancel(which: str, context: "ToolCallContext") -> Receipt:
    """Cancel one, named by its number or by words that fit only one."""
    store = _reminders(context)
    reminder = await store.changed_by(context.sender, context.call_id)
    if reminder is None:
        reminder = await _picked(which, context)
        if not await store.cancel(reminder, source=context.call_id):
            raise ToolError("reminder_none", wanted=which)
    return Receipt(context.say("reminder_cancelled", reminder=_in_words(reminder, context)))


async def move(which: str, when: str, context: "ToolCallContext") -> Receipt:
    """Give one, named as for `cancel`, another time."""
    store = _reminders(context)
    moved = await store.changed_by(context.sender, context.call_id)
    if moved is None:
        reminder = await _picked(which, context)
        time = _read(when, context)
        moved = await store.move(
            reminder,
            due_at=time.due_at,
            zone=time.zone,
            rule=time.rule,
            source=context.call_id,
        )
        if moved is None:
            raise ToolError("reminder_none", wanted=which)
    return _told("reminder_moved", moved, context)


def described(reminder: Reminder, now: datetime, language: str) -> str:
    """ "pagar la luz (vie 27 nov, 18:00)"."""
    return f"{reminder.text} ({in_words(time_of(reminder), now=now, language=language)})"


def time_of(reminder: Reminder) -> When:
    """The time as tools.when has it."""
    return When(reminder.due_at, reminder.rule, reminder.zone, ())


def _in_words(reminder: Reminder, context: "ToolCallContext") -> str:
    return described(reminder, context.now, context.language)


def _lines(reminders: Sequence[Reminder], context: "ToolCallContext") -> list[str]:
    return [f"{one.id}. {_in_words(one, context)}" for one in reminders]


def _told(key: str, reminder: Reminder, context: "ToolCallContext") -> Receipt:
    sentence = context.say(key, reminder=_in_words(reminder, context))
    if reminder.rule or reminder.due_at > context.sent_at + WINDOW:
        key = "reminder_by_template" if context.reminder_template else "reminder_window"
        sentence = f"{sentence}\n{context.say(key)}"
    return Receipt(sentence)


def _read(when: str, context: "ToolCallContext") -> When:
    return read(when, now=context.sent_at, zone=context.timezone, language=context.language)


def _meant(text: str, when: str, context: "ToolCallContext") -> tuple[str, When]:
    """What and when, where the model has cut the sentence in the wrong place.

    Qwen2.5 1.5B gives half of the time ("mañana" of "mañana a las 18"): the fuller phrase in the
    owner's words counts. It also leaves the time in the text, which would be wrong when it rings.
    """
    for sentence in (context.own_words, text):
        phrase = _split(sentence, context).phrase
        if f" {fold(when)} " in f" {fold(phrase)} ":
            when = phrase
    time, request = _read(when, context), _split(text, context)
    if request.phrase and request.text:
        inside = _read(request.phrase, context)
        if (inside.due_at, inside.rule) == (time.due_at, time.rule):
            text = request.text
    return text, time


def _split(sentence: str, context: "ToolCallContext") -> Request:
    """In two, as far as there is one plain time in it."""
    try:
        request = split(sentence, context.language)
        _read(request.phrase, context)
    except WhenError:
        return Request(sentence, "", asked=False)
    return request


def _reminders(context: "ToolCallContext") -> Reminders:
    if context.reminders is None:
        raise ToolError("reminders_unavailable")
    return context.reminders


async def _picked(which: str, context: "ToolCallContext") -> Reminder:
    """The one that is meant."""
    reminders = await _reminders(context).all(context.sender)
    if not reminders:
        raise ToolError("reminders_none")
    found = matching(which, reminders, lambda one: (one.id, one.text))
    if len(found) > 1:
        raise ToolError("reminder_several", reminders="\n".join(_lines(found, context)))
    if not found:
        raise ToolError("reminder_none", wanted=which)
    return found[0]
