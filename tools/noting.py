"""Saves, finds, changes and deletes notes, for tools and commands alike.

What it says is made from the stored row. Raises ToolError: a question to ask, or why not.
"""

from collections.abc import Sequence

from store.notes import Note
from tools import facts
from tools.choosing import matching
from tools.contract import ToolCallContext
from tools.errors import BadArgument, ToolError
from tools.ports import Notes
from tools.receipts import Receipt

MAX_TEXT = 2_000  # characters
SHOWN = 20  # notes of a list, the newest
BEGINNING = 100  # characters that a list shows of a note
FOUND = 5  # notes
LEADS = 2  # of them by words, before those by meaning
# Words that look for no note in particular.
ANY = frozenset({"nota", "notas", "todo", "todas", "note", "notes", "all"})


async def save(text: str, context: ToolCallContext) -> Receipt:
    """Keep a note in the words given."""
    note = await _notes(context).add(context.sender, _checked(text), source=context.call_id)
    return Receipt(context.say("note_done", note=note.content))


async def find(query: str, context: ToolCallContext) -> str:
    """The notes that hold words of the query, and the nearest in meaning, each with its number."""
    store, words = _notes(context), facts.says(query) - ANY
    if not words:
        return await listed(context)
    by_word = await store.with_words(context.sender, words, limit=FOUND)
    by_meaning: Sequence[Note] = ()
    if (asked := await context.embed(query)) is not None:
        by_meaning = await store.nearest(context.sender, asked.vector, asked.model, limit=FOUND)
    order = [*by_word[:LEADS], *by_meaning, *by_word[LEADS:]]
    if not order:
        raise ToolError("note_none", wanted=query)
    # The nearest is always near to something: say when it is no more than that.
    intro = context.say("notes_found" if by_word else "notes_near")
    return "\n".join([intro, *_lines(list(dict.fromkeys(order))[:FOUND])])


async def listed(context: ToolCallContext) -> str:
    """The newest, each with its own number, which does not shift when another one is gone."""
    notes = await _notes(context).all(context.sender)
    if not notes:
        return context.say("notes_none")
    lines = _lines(notes[-SHOWN:], BEGINNING)
    if (older := len(notes) - SHOWN) > 0:
        lines.append(context.say("notes_older", count=str(older)))
    return "\n".join([context.say("notes_intro"), *lines])


async def shown(which: str, context: ToolCallContext) -> str:
    """One note, whole, named by its number or by words that fit only one."""
    return (await _picked(which, context)).content


async def change(which: str, text: str, context: ToolCallContext) -> Receipt:
    """Other words for a note, named as for `shown`."""
    store = _notes(context)
    changed = await store.changed_by(context.sender, context.call_id)
    if changed is None:
        note = await _picked(which, context)
        changed = await store.change(note, _checked(text), source=context.call_id)
        if changed is None:
            raise ToolError("note_none", wanted=which)
    return Receipt(context.say("note_changed", note=changed.content))


async def delete(which: str, context: ToolCallContext) -> Receipt:
    """Delete a note, named as for `shown`."""
    store = _notes(context)
    note = await store.changed_by(context.sender, context.call_id)
    if note is None:
        note = await _picked(which, context)
        if not await store.delete(note, source=context.call_id):
            raise ToolError("note_none", wanted=which)
    return Receipt(context.say("note_deleted", note=note.content))


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise BadArgument("note_what")
    if len(text) > MAX_TEXT:
        raise BadArgument("note_too_long")
    return text


def _lines(notes: Sequence[Note], most: int = MAX_TEXT) -> list[str]:
    return [
        f"{one.id}. {one.content if len(one.content) <= most else f'{one.content[:most]}…'}"
        for one in notes
    ]


def _notes(context: ToolCallContext) -> Notes:
    if context.notes is None:
        raise ToolError("notes_unavailable")
    return context.notes


async def _picked(which: str, context: ToolCallContext) -> Note:
    notes = await _notes(context).all(context.sender)
    found = matching(which, notes, lambda note: (note.id, note.content))
    if len(found) > 1:
        lines = "\n".join(_lines(found[-SHOWN:], BEGINNING))
        raise ToolError("note_several", notes=lines)
    if not found:
        raise ToolError("note_none", wanted=which)
    return found[0]
