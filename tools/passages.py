"""What was found in the owner's documents, with where each piece stands."""

from collections.abc import Sequence
from typing import NamedTuple


class Passage(NamedTuple):
    """A piece of a document."""

    place: str  # "contrato.pdf, pág. 3"
    text: str


class Passages(str):
    """A tool's result that is made of passages: the answer says from which of them it is."""

    passages: Sequence[Passage] = ()

    @classmethod
    def of(cls, passages: Sequence[Passage], *, intro: str = "") -> "Passages":
        """As the model reads them."""
        texts = [intro, *(f"{one.place}:\n{one.text}" for one in passages)]
        made = cls("\n\n".join(filter(None, texts)))
        made.passages = passages
        return made
