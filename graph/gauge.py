"""How many tokens a prompt takes, before it is sent: characters, at a rate learnt from the model.

Every answer carries the model's own count of its prompt (`prompt_eval_count`), so that the estimate
fits the vocabulary and the language after a few turns.
"""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage

START_CHARS_PER_TOKEN = 3.5  # Spanish with Qwen's vocabulary; errs on the safe side
LOWEST, HIGHEST = 1.5, 5.0  # no language is outside; an emoji flood is not worth learning
TOKENS_PER_MESSAGE = 4  # role marks
WORTH_LEARNING = 400  # characters; in a shorter prompt the template weighs too much
WEIGHT = 0.2  # of the newest count
CUT = 0.5  # the server read less than this share of the prompt: it was cut on the way


class Gauge:
    """Estimates tokens. One for each model."""

    def __init__(self) -> None:
        self.chars_per_token = START_CHARS_PER_TOKEN
        self._tools: tuple[Sequence[dict[str, Any]], int] = ((), 0)  # the last, their characters

    def tokens(self, messages: Sequence[AnyMessage], tools: Sequence[dict[str, Any]] = ()) -> int:
        """What `messages` take in a prompt, and the schemas of the tools that are offered."""
        return int(
            self._characters(messages, tools) / self.chars_per_token
        ) + TOKENS_PER_MESSAGE * (len(messages) + len(tools))

    def learn(
        self,
        messages: Sequence[AnyMessage],
        tools: Sequence[dict[str, Any]],
        counted: int,
    ) -> bool:
        """Take the model's own count of a prompt; False when it says that the prompt was cut."""
        if not counted:
            return True
        if counted < CUT * self.tokens(messages, tools):
            return False
        characters = self._characters(messages, tools)
        marks = TOKENS_PER_MESSAGE * (len(messages) + len(tools))
        if characters >= WORTH_LEARNING and counted > marks:
            seen = min(max(characters / (counted - marks), LOWEST), HIGHEST)
            self.chars_per_token += WEIGHT * (seen - self.chars_per_token)
        return True

    def characters(self, tokens: int) -> int:
        """How long a text may be that takes `tokens`."""
        return int(tokens * self.chars_per_token)

    def _characters(self, messages: Sequence[AnyMessage], tools: Sequence[dict[str, Any]]) -> int:
        calls = (one.tool_calls for one in messages if isinstance(one, AIMessage))
        called = sum(map(_written, filter(None, calls)))
        return sum(map(_length, messages)) + called + self._schemas(tools)

    def _schemas(self, tools: Sequence[dict[str, Any]]) -> int:
        """Characters of the schemas: the same list in every turn, and asked for five times."""
        if tools and tools is not self._tools[0]:
            self._tools = (tools, sum(map(_written, tools)))
        return self._tools[1] if tools else 0


def _length(message: AnyMessage) -> int:
    content = message.content  # `text` makes a string of its own, of every message in every turn
    return len(content if isinstance(content, str) else message.text)


def _written(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False))
