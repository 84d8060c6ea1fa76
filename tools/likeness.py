"""Which tool a message asks for, by its likeness to examples of messages that ask for one.

Words and pieces of words (two to four letters) are counted, hashed and weighed by rarity; ridge
regression then gives each tool its share. `python -m tools.likeness` fits it to `requests.toml`
and keeps the outcome beside it, in `requests.npz`: a message takes half a millisecond.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tools.folding import fold

EXAMPLES = Path(__file__).with_name("requests.toml")
FITTED = EXAMPLES.with_suffix(".npz")
NONE = ""  # the tool of messages that ask for none
BEYOND = "(beyond)"  # of those that order what no tool does: to call somebody, to delete photos
DOSE = "(dose)"  # of those that ask how much of a medicine to take
KNOWLEDGE = "(knowledge)"  # of those that ask what an encyclopedia says
BUCKETS = 1 << 12  # of words, and as many of pieces of words
PIECES = range(2, 5)  # letters
RIDGE = 0.3  # the examples' own answers count less the larger it is
LOOKED_AT = 1_000  # characters

_WORD = re.compile(r"[^\W_]+|[^\w\s]")

Floats = NDArray[np.float32]
Fit = tuple[Sequence[str], Floats, Floats]


@lru_cache(maxsize=8)  # one message is asked about from several sides
def shares(text: str) -> Mapping[str, float]:
    """About 1 for the tool that a message asks for, or for `NONE`; about 0 for the others."""
    names, rarity, weights = _kept()
    told = _weighed(text, rarity) @ weights
    return dict(zip(names, map(float, told), strict=True))


@cache
def _kept() -> Fit:
    with np.load(FITTED) as kept:
        names = [str(name) for name in kept["names"]]
        return names, kept["rarity"].astype(np.float32), kept["weights"].astype(np.float32)


def fitted(examples: Mapping[str, Sequence[str]]) -> Fit:
    """The tools' names, how rare each bucket is, and what it weighs for each tool. Takes seconds.

    `examples`: messages that ask for each tool, and for none.
    """
    pairs = [(text, name) for name, texts in examples.items() for text in texts]
    names = sorted({name for _, name in pairs})
    seen = np.zeros(2 * BUCKETS, np.float32)
    for text, _ in pairs:
        seen[list(_counted(text))] += 1
    rarity = np.log((1 + len(pairs)) / (1 + seen)).astype(np.float32) + 1
    known = np.stack([_weighed(text, rarity) for text, _ in pairs])
    wanted = np.array([[name == one for one in names] for _, name in pairs], np.float32)
    alike = known @ known.T + RIDGE * np.eye(len(pairs), dtype=np.float32)
    return names, rarity, known.T @ np.linalg.solve(alike, wanted)


def _weighed(text: str, rarity: Floats) -> Floats:
    counted = _counted(text)
    weighed = np.zeros(2 * BUCKETS, np.float32)
    places = list(counted)
    weighed[places] = (1 + np.log(list(counted.values()))) * rarity[places]
    for half in (weighed[:BUCKETS], weighed[BUCKETS:]):
        half /= np.linalg.norm(half) or 1
    return weighed


def _counted(text: str) -> Counter[int]:
    """How often each word or pair of words stands there, then each piece of a word."""
    folded = re.sub(r"\d", "0", fold(text[:LOOKED_AT]))
    words = _WORD.findall(folded)
    pairs = map(" ".join, pairwise(words))
    return Counter(
        [
            *(crc32(word.encode()) % BUCKETS for word in [*words, *pairs]),
            *(BUCKETS + crc32(piece.encode()) % BUCKETS for piece in _pieces(folded)),
        ]
    )


def _pieces(folded: str) -> Iterator[str]:
    for word in folded.split():
        edged = f" {word} "
        for size in PIECES:
            yield from (edged[at : at + size] for at in range(len(edged) - size + 1))


if __name__ == "__main__":
    _names, _rarity, _weights = fitted(tomllib.loads(EXAMPLES.read_text("utf-8")))
    half = np.float16  # the third decimal of a share decides nothing
    np.savez_compressed(
        FITTED, names=_names, rarity=_rarity.astype(half), weights=_weights.astype(half)
    )
