"""docs/graph.md: the compiled graph, and what each of its nodes says that it does."""

import asyncio
import importlib

from app.reference.page import Asked, table
from graph.studio import assembled


def graph(_asked: Asked) -> str:
    """A drawing in Mermaid's words, which GitHub draws, and a row for each node."""
    return asyncio.run(_graph())


async def _graph() -> str:
    async with assembled(to_run=False) as compiled:
        shape = compiled.get_graph()
    nodes = [name for name in shape.nodes if not name.startswith("__")]
    drawing = f"```mermaid\n{shape.draw_mermaid().strip()}\n```"
    return f"{drawing}\n\n{table(('node', 'does'), [(name, _about(name)) for name in nodes])}"


def _about(name: str) -> str:
    """A node's module begins by saying it: "route: a slash command goes to code, ..."."""
    said = importlib.import_module(f"graph.nodes.{name}").__doc__ or ""
    return said.split("\n\n")[0].partition(": ")[2]
