"""Fills, shows, ticks and empties the owner's lists, for tools and commands alike.

What it says is made from the stored rows. Raises ToolError: a question to ask, or why not.
"""

import re
from collections.abc import Sequence

from store.lists import Checklist, Item
from tools.choosing import matching
from tools.contract import ToolCallContext
from tools.errors import BadArgument, ToolError
from tools.folding import fold
from tools.ports import Lists
from tools.receipts import Receipt

MAX_ITEM = 200  # characters
MAX_ITEMS = 50  # in one call
MAX_NAME = 60  # characters

_ARTICLE = r"(?:el|la|los|las|mi|mis|the|my)\s+"
# A comma inside a number parts nothing; "e" only where Spanish says so.
_BETWEEN = re.compile(r"[\n;]|(?<!\d),|,(?!\d)|\s(?:y|and)\s|\se\s(?=h?i)", re.IGNORECASE)
_LEADING = re.compile(rf"(?:(?:y|and)\s+)?(?:[-*•]\s*)?(?:{_ARTICLE})?", re.IGNORECASE)
# "a la lista del súper", "my shopping list", "lista de compras" -> "súper", "shopping", "compras"
_NAME = re.compile(
    rf"(?:(?:al|del)\s+|(?:a|en|de|to|on|in|from)\s+(?={_ARTICLE}|list))?(?:{_ARTICLE}|una\s+)?"
    rf"(?:(?:lista|list)(?:$|\s+)(?:(?:del|de|para|of|for)\s+)?(?:{_ARTICLE})?)?"
    r"(?P<name>.*?)(?:(?:^|\s+)list)?",
    re.IGNORECASE | re.DOTALL,
)
ALL = frozenset({"todo", "todos", "toda", "todas", "all", "everything"})

Found = list[tuple[Checklist, Item]]


async def add(name: str, items: str, context: ToolCallContext) -> Receipt:
    """Put things on the list of a name; a new one where there is none of it."""
    texts, name = split(items), name_of(name)
    if not texts:
        raise BadArgument("list_what")
    if len(texts) > MAX_ITEMS or max(map(len, texts)) > MAX_ITEM or len(name) > MAX_NAME:
        raise BadArgument("list_too_long")
    store = _lists(context)
    if not name or re.fullmatch(r"#?\d+", name):
        name = await _known_name(name, context)
    added = await store.add(context.sender, name, texts, key=_key, source=context.call_id)
    about = {"list": added.checklist.name}
    lines = []
    if added.checklist.items:
        key = "list_begun" if added.is_new else "list_added"
        lines.append(context.say(key, items=_joined(added.checklist.items), **about))
    if added.known:
        lines.append(context.say("list_known", items=_joined(added.known), **about))
    return Receipt("\n".join(lines))


async def listed(context: ToolCallContext) -> str:
    """All lists, with how much of each is still open."""
    lists = await _lists(context).all(context.sender)
    if not lists:
        return context.say("lists_none")
    if len(lists) == 1:
        return _whole(lists[0], context)
    lines = [
        f"{one.id}. {one.name} ({sum(not item.ticked for item in one.items)}/{len(one.items)})"
        for one in lists
    ]
    return "\n".join([context.say("lists_intro"), *lines])


async def shown(name: str, context: ToolCallContext) -> str:
    """One list, each thing with its number; all lists where none is named."""
    if not name_of(name):
        return await listed(context)
    return _whole(await _picked_list(name, context), context)


async def tick(items: str, name: str, context: ToolCallContext, *, ticked: bool = True) -> Receipt:
    """Tick things, named by words or numbers, on the list of a name or on any."""
    found, missing = await _picked(items, name, context, ticked=not ticked)
    done = await _lists(context).tick(
        context.sender, [item for _, item in found], ticked=ticked, source=context.call_id
    )
    return _told("list_ticked" if ticked else "list_unticked", done, missing, context)


async def remove(items: str, name: str, context: ToolCallContext) -> Receipt:
    """Take things, named as for `tick`, off their list."""
    found, missing = await _picked(items, name, context)
    done = await _lists(context).remove(
        context.sender, [item for _, item in found], source=context.call_id
    )
    return _told("list_removed", done, missing, context)


async def delete(name: str, context: ToolCallContext) -> Receipt:
    """Delete a whole list, named by its number or by words that fit only one."""
    store = _lists(context)
    gone = await store.changed_by(context.sender, context.call_id)
    checklist = gone[0] if gone else await _picked_list(name, context)
    if not gone and not await store.delete(context.sender, checklist, source=context.call_id):
        raise ToolError("lists_none")
    return Receipt(context.say("list_deleted", list=in_words(checklist)))


async def is_known(name: str, context: ToolCallContext) -> bool:
    """Whether there is a list of just this name or number, or was until this call."""
    store, bare = _lists(context), name_of(name)
    lists = [
        *await store.all(context.sender),
        *await store.changed_by(context.sender, context.call_id),
    ]
    return any(_key(bare) in (_key(one.name), str(one.id)) for one in lists)


def split(text: str) -> list[str]:
    """ "la leche, 1,5 kg de papas y pan" -> "leche", "1,5 kg de papas", "pan"."""
    parts = (part.strip(" \t.!") for part in _BETWEEN.split(text))
    return [bare for part in parts if (bare := _LEADING.sub("", part, count=1).strip())]


def name_of(text: str) -> str:
    """A list's name without what it is called by: "la lista del súper" -> "súper"."""
    match = _NAME.fullmatch(text.strip(" \t\n.,:;!?¿¡\"'«»“”"))
    return match["name"].strip() if match else ""


def in_words(checklist: Checklist) -> str:
    """ "súper: leche, pan"."""
    return ": ".join(filter(None, [checklist.name, _joined(checklist.items)]))


def _key(text: str) -> str:
    """What makes names and things the same: case, accents and an article do not count."""
    return re.sub(rf"^(?:{_ARTICLE}|una?\s+)", "", fold(text))


def _joined(items: Sequence[Item]) -> str:
    return ", ".join(item.text for item in items)


def _whole(checklist: Checklist, context: ToolCallContext) -> str:
    if not checklist.items:
        return context.say("list_empty", list=checklist.name)
    return "\n".join([f"{checklist.name}:", *map(_line, checklist.items)])


def _line(item: Item) -> str:
    return f"{item.number}. {f'~{item.text}~ ✓' if item.ticked else item.text}"


def _told(
    key: str, done: Sequence[Checklist], missing: Sequence[str], context: ToolCallContext
) -> Receipt:
    lines = [context.say(key, list=one.name, items=_joined(one.items)) for one in done]
    if missing:
        lines.append(context.say("list_missing", items=", ".join(missing)))
    return Receipt("\n".join(lines))


def _lists(context: ToolCallContext) -> Lists:
    if context.lists is None:
        raise ToolError("lists_unavailable")
    return context.lists


async def _known_name(name: str, context: ToolCallContext) -> str:
    """The name of the list that is meant where none is said."""
    lists = await _lists(context).all(context.sender)
    if name or len(lists) == 1:
        return (await _picked_list(name or lists[0].name, context)).name
    if lists:
        raise ToolError("list_which", lists=_names(lists))
    return context.say("list_first")


async def _picked_list(name: str, context: ToolCallContext) -> Checklist:
    lists = await _lists(context).all(context.sender)
    if not lists:
        raise ToolError("lists_none")
    bare = name_of(name)
    found = [one for one in lists if _key(one.name) == _key(bare)]
    found = found or matching(bare, lists, lambda one: (one.id, one.name))
    if not found:
        raise ToolError("list_none", wanted=bare or name, lists=_names(lists))
    if len(found) > 1:
        raise ToolError("list_which", lists=_names(found))
    return found[0]


def _names(lists: Sequence[Checklist]) -> str:
    return ", ".join(one.name for one in lists)


async def _picked(
    items: str, name: str, context: ToolCallContext, *, ticked: bool | None = None
) -> tuple[Found, list[str]]:
    """The items that are meant, rather the `ticked` or the open ones, and words that mean none."""
    # A call that a crash makes run again looks at what it has changed, and finds the same.
    lists = await _lists(context).changed_by(context.sender, context.call_id)
    if not lists and name_of(name):
        lists = [await _picked_list(name, context)]
    lists = lists or await _lists(context).all(context.sender)
    if not lists:
        raise ToolError("lists_none")
    everything = [(one, item) for one in lists for item in one.items]
    if fold(items).strip(" .!") in ALL:
        if len(lists) > 1:
            raise ToolError("list_which", lists=_names(lists))
        return everything, []
    found: Found = []
    missing = []
    for wanted in split(items):
        hits = _meant(wanted, everything, ticked)
        found += hits
        if not hits:
            missing.append(wanted)
    if not found:
        raise ToolError("list_missing", items=", ".join(missing) or items)
    return list(dict.fromkeys(found)), missing


def _meant(wanted: str, everything: Found, ticked: bool | None) -> Found:
    hits = matching(wanted, everything, lambda pair: (pair[1].number, pair[1].text))
    hits = [pair for pair in hits if pair[1].ticked is ticked] or hits
    if len(hits) > 1:
        lines = "\n".join(f"{one.name}: {_line(item)}" for one, item in hits)
        raise ToolError("list_several", items=lines)
    return hits
