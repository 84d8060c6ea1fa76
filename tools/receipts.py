"""Sentences about what was done, made by code from the stored row: a model's word is not enough."""

from collections.abc import Callable

from store.memories import Kept


class Receipt(str):
    """A tool's result that the owner reads too, as it stands, under the model's answer."""


def receipt(kept: Kept, say: Callable[..., str]) -> Receipt:
    """What became of a fact; `say` gives a sentence of messages.toml in the owner's language."""
    if kept.known:
        return Receipt(say("remember_known", memory=kept.memory.content))
    lines = [say("remember_done", memory=kept.memory.content)]
    lines += [say("remember_replaced", memory=old.content) for old in kept.replaced]
    return Receipt("\n".join(lines))
