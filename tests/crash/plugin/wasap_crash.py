"""A tool that keeps a list of its runs: found by entry point, as any other package's tool."""

import os
from pathlib import Path

from tools.context import ToolCallContext
from tools.contract import Context, Effect, tool


async def taken_back(context: ToolCallContext, numero: str) -> str:
    """As if the note were gone."""
    return context.say("undo_gone", what=f"anotado {numero}")


@tool(effect=Effect.WRITE, undo=taken_back)
async def anotar(numero: str, context: Context) -> str:
    """Anota un número.

    Args:
        numero: El número.
    """
    _note(context.call_id)
    return f"anotado {numero}"


def _note(call_id: str) -> None:
    with Path(os.environ["CRASH_TOOL_RUNS"]).open("a", encoding="utf-8") as runs:
        runs.write(f"{call_id} {os.environ['CRASH_LIFE']}\n")
