"""What a node is to this house: an async function of state and runtime that returns changes."""

from typing import Any, Protocol

from langgraph.runtime import Runtime

from graph.context import TurnContext
from graph.state import State, ToolTask


class Node(Protocol):
    """A node of the conversation."""

    async def __call__(self, state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]: ...


class TaskNode(Protocol):
    """A node that is sent one task instead of the conversation."""

    async def __call__(self, state: ToolTask, runtime: Runtime[TurnContext]) -> dict[str, Any]: ...
