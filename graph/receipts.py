"""What was really done in a turn, under the answer: written by code from the stored rows.

A model says "listo" whether or not it called the tool. So a tool that changes something returns a
`tools.receipts.Receipt`, and the owner reads that, as it stands.
"""

from collections.abc import Sequence

from langchain_core.messages import AnyMessage, ToolMessage

RECEIPT = "receipt"  # key in additional_kwargs of the tool's message


def with_receipts(text: str, turn: Sequence[AnyMessage]) -> str:
    """The answer of a turn, with the receipts of its tools that it does not quote already."""
    receipts = [
        message.text
        for message in turn
        if isinstance(message, ToolMessage) and message.additional_kwargs.get(RECEIPT)
    ]
    missing = [one for one in dict.fromkeys(receipts) if one not in text]
    return "\n\n".join(filter(None, [text, *missing]))
