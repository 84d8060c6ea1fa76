"""What was really done in a turn, under the answer: written by code from the stored rows.

A model says "listo" whether or not it called the tool. So a tool that changes something returns a
`tools.receipts.Receipt`, and the owner reads that, as it stands.
"""

from collections.abc import Sequence

from langchain_core.messages import AnyMessage, ToolMessage

from graph.replies import bare, says_again
from tools import facts

RECEIPT = "receipt"  # key in additional_kwargs of the tool's message
SAME_MIN = 2  # words of a paragraph; "Listo." alone is friendly


def without_old_receipts(
    text: str, messages: Sequence[AnyMessage], turn: Sequence[AnyMessage]
) -> str:
    """The answer of a turn without receipts of earlier ones, word for word.

    Qwen2.5 1.5B repeats them under answers about something else, as if it had been done again. An
    answer that is nothing but that stays: it was asked about.
    """
    own, all_of_them = _lines(turn), _lines(messages)
    kept = [line for line in text.splitlines() if line.strip() not in all_of_them - own]
    return "\n".join(kept).strip() or text


def _lines(messages: Sequence[AnyMessage]) -> set[str]:
    return {line for one in receipts_of(messages) for line in one.splitlines()}


def receipts_of(messages: Sequence[AnyMessage]) -> list[str]:
    """What the tools of these messages have really done."""
    return [
        message.text
        for message in messages
        if isinstance(message, ToolMessage) and message.additional_kwargs.get(RECEIPT)
    ]


def with_receipts(text: str, turn: Sequence[AnyMessage]) -> str:
    """The answer of a turn, with the receipts of its tools that it does not quote already.

    What the model says of it in the receipt's own words, in any form, goes: said twice, it would
    say all that follows twice.
    """
    missing = [one for one in dict.fromkeys(receipts_of(turn)) if one not in text]
    told = "\n".join(missing)
    kept = [one for one in text.split("\n\n") if not _says_no_more(one, told)]
    return "\n\n".join(filter(None, [*kept, *missing]))


def _says_no_more(paragraph: str, told: str) -> bool:
    """Whether it says what was `told`: "¡Listo! Lo recuerdo: ..." of "Listo, lo recuerdo: ..."."""
    words = facts.telling(paragraph)
    same = len(words) >= SAME_MIN and not facts.unsaid(paragraph, told)
    return says_again(paragraph, bare(told)) or (same and "?" not in paragraph)
