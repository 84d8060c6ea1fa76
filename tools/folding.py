"""Case and accents set aside, to compare what people type."""

import unicodedata


def fold(text: str) -> str:
    """Lower case, no accents, single spaces: "  Córdoba " -> "cordoba"."""
    bare = text.casefold()
    if not bare.isascii():
        decomposed = unicodedata.normalize("NFD", bare)
        bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.split())
