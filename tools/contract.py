"""What a tool is: an async function with flat typed arguments, a short docstring and an effect.

A new one is a file in this folder (`@tool(...)` on a function) or an entry point in `wasap.tools`.
"""

import re
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, get_type_hints

from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool

from tools.context import Context, ToolCallContext

__all__ = ["Context", "Effect", "Meant", "ToolCallContext", "Undo", "tool"]

Undo = Callable[..., Awaitable[str]]
Meant = Callable[[dict[str, Any], str, str], dict[str, Any]]


class Effect(StrEnum):
    """What a call changes; decides whether it needs the owner's tap after outside content."""

    READ = "read"
    WRITE = "write"  # the owner's data, undoable
    OUTSIDE = "outside"  # reaches beyond this machine


def tool(
    *,
    effect: Effect,
    timeout_s: float = 10,
    cue: str = "",
    outside_content: bool | None = None,
    address: str = "",
    finds_addresses: bool = False,
    grounded: bool = False,
    whole: bool = False,
    needs: str = "",
    undo: Undo | None = None,
    meant: Meant | None = None,
) -> Callable[[Callable[..., Awaitable[str]]], BaseTool]:
    """Make an async function a tool. Its docstring (Google style) is what the model reads.

    `cue` is a regular expression for messages that clearly ask for this tool, in lower case without
    accents: there the model is told to call it, for in the middle of a talk a small one forgets to.
    `outside_content`: others wrote its results, so what they say is never a command; left out, that
    is so where the effect is outside. `address`: the argument that is one; it must stand in the
    owner's words or in what a search found; `finds_addresses`: it is such a search. `grounded`: it
    sees to it itself that the owner has just said what it takes. `whole`: its result is the answer,
    which a small model does not have to say again. `needs`: a port of the context; where there is
    none, it is not offered. `undo(context, **arguments)` takes a write back, for
    /undo: `context.call_id` says which, what it returns is said; writes through the ports need
    none. `meant(arguments, own_words, language)` mends what a small model gets wrong in them.
    """

    def make(function: Callable[..., Awaitable[str]]) -> BaseTool:
        meta: dict[str, Any] = {
            "effect": effect,
            "timeout_s": timeout_s,
            "injected": _injected(function),
            "cue": re.compile(cue) if cue else None,
            "outside_content": outside_content,
            "address": address,
            "finds_addresses": finds_addresses,
            "grounded": grounded,
            "whole": whole,
            "needs": needs,
            "undo": undo,
            "meant": meant,
        }
        return StructuredTool.from_function(coroutine=function, parse_docstring=True, metadata=meta)

    return make


def _injected(function: Callable[..., Awaitable[str]]) -> tuple[str, ...]:
    """Names of the arguments of type `Context`, whatever the tool calls them."""
    hints = get_type_hints(function, include_extras=True)
    return tuple(
        name for name, hint in hints.items() if InjectedToolArg in getattr(hint, "__metadata__", ())
    )
