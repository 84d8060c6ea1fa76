"""What a thread remembers between turns. Checkpointed per sender."""

from typing import Annotated

from langchain_core.messages import AnyMessage, ToolCall
from langgraph.graph.message import add_messages
from langgraph.managed import RemainingSteps
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """One conversation."""

    messages: Annotated[list[AnyMessage], add_messages]
    """The chat as the model sees it: user turns with their frozen time and memories, tool calls
    with their results, answers. Append-only until `summarize` cuts the front. Commands never stay
    here, so that what the owner deletes with one is not quoted by another."""

    summary: str
    """What was said before the first message still here; empty in a young thread."""

    intent: str
    """"command" or "chat", set by `route`; "offline" once code has answered a chat message because
    the model was away."""

    turn: str
    """Id of the turn being answered, also the id of its HumanMessage: lets a restart tell whether
    `reply` belongs to the turn it has to finish."""

    reply: str
    """The finished answer of this turn; empty until `command` or `agent` has it."""

    choices: list[list[str]]
    """What the owner may want to say to `reply` (graph.choices.Choice); of commands only."""

    versions: dict[str, str]
    """Which prompts the newest chat message was answered with: "es/turn" -> how the SHA-256 of the
    file began. For /prompt."""

    remaining_steps: RemainingSteps


class ToolTask(TypedDict):
    """What one `tool_executor` gets: one call, so that a crash repeats only unfinished ones."""

    call: ToolCall
    outside: bool  # others had a say in this turn before the call
    rescued: bool  # the call was found in text
    named: list[str]  # addresses that may be read; see graph.taint
    recalled: list[str]  # words of memories, which stay here
    borrowed: bool  # words of it are of memories or retold texts, not the owner's
    unasked: bool  # no word of it is the owner's
    declined: bool  # the owner has said no to a call of this turn
