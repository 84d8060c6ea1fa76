"""A tool that keeps a list of its runs: found by entry point, as any other package's tool."""

import os
from pathlib import Path

from tools.contract import Context, Effect, tool


@tool(effect=Effect.READ)
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
