"""Case and accents set aside, to compare what people type."""

import unicodedata


def fold(text: str) -> str:
    """Lower case, no accents, single spaces: "  Córdoba " -> "cordoba"."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.split())
