"""What a slash command is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from langchain_core.messages import AnyMessage, RemoveMessage

from graph.calls import call_context
from graph.choices import Choice
from graph.context import TurnContext
from graph.services import Services
from graph.state import State
from tools.contract import ToolCallContext


@dataclass(frozen=True)
class CommandCall:
    """One use of a command."""

    argument: str  # what stands after the name, as typed
    state: State
    context: TurnContext
    services: Services

    def say(self, key: str, **values: str) -> str:
        """A sentence of messages.toml in the owner's language."""
        return self.services.prompts.message(self.context.language, key, **values)

    def as_tool_call(self) -> ToolCallContext:
        """What a tool would be told; the turn is what makes a write happen once."""
        return call_context(self.state.get("turn", ""), self.context, self.services)


@dataclass(frozen=True)
class Outcome:
    """What a command answers and what it changes in the thread."""

    reply: str
    messages: Sequence[AnyMessage | RemoveMessage] = ()
    summary: str | None = None  # None leaves it as it is
    clears: bool = False  # `messages` removes the whole conversation
    choices: Sequence[Choice] = ()  # what may be said to it, by a tap


@dataclass(frozen=True)
class Command:
    """Its names are compared without case and accents. Each file calls its own `COMMAND`."""

    name: str
    aliases: tuple[str, ...]
    order: int  # place in /help
    run: Callable[[CommandCall], Awaitable[Outcome]]
