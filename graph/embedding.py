"""Sentence vectors by Ollama, with the prefixes each family of models was trained with."""

from collections.abc import Sequence
from http import HTTPStatus

import ollama

from graph.errors import EmbeddingError
from graph.model import client_options, own_connections, read_keep_alive
from graph.model_errors import CLIENT_ERRORS
from store import probes

# Part of the model's name -> what stands before a question and before a text. Without them
# the vectors of questions and texts do not meet.
PREFIXES = (
    ("nomic-embed", "search_query: ", "search_document: "),
    ("embeddinggemma", "task: search result | query: ", "title: none | text: "),
    ("e5", "query: ", "passage: "),
    ("mxbai", "Represent this sentence for searching relevant passages: ", ""),
)


def prefixes(model: str) -> tuple[str, str]:
    """For questions and for texts."""
    return next(((query, text) for part, query, text in PREFIXES if part in model), ("", ""))


class OllamaEmbedder:
    """/api/embed of the owner's Ollama."""

    def __init__(self, url: str, model: str, *, keep_alive: str, timeout_s: float) -> None:
        """`timeout_s`: without a sign of the model, loading included."""
        self.name = model
        self._client = ollama.AsyncClient(
            host=url, **client_options(url, timeout_s), **own_connections(url)
        )
        self._keep_alive = read_keep_alive(keep_alive)
        self._query, self._text = prefixes(model)

    async def is_missing(self) -> bool:
        """Whether Ollama says that it does not have the model; False when it says nothing."""
        try:
            await self._client.show(self.name)
        except ollama.ResponseError as error:
            return error.status_code == HTTPStatus.NOT_FOUND
        except CLIENT_ERRORS:
            return False
        return False

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client._client.aclose()  # the client's own close() has no types

    async def embed_query(self, text: str) -> Sequence[float]:
        """The vector of a question. Raises EmbeddingError."""
        return (await self._embed([self._query + text]))[0]

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """The vectors of texts, in order. Raises EmbeddingError."""
        return await self._embed([self._text + text for text in texts])

    async def embed_passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """The same. Raises EmbeddingError."""
        return await self.embed_documents(texts)

    async def best_sentences(
        self, question: str, passages: Sequence[Sequence[str]]
    ) -> Sequence[float]:
        """Nothing: a hundred vectors are more than a question can wait for."""
        return [0.0] * len(passages)

    async def _embed(self, texts: list[str]) -> Sequence[Sequence[float]]:
        probes.reach("call:model.embed:before")
        try:
            answer = await self._client.embed(self.name, texts, keep_alive=self._keep_alive)
        except CLIENT_ERRORS as error:
            raise EmbeddingError(f"{self.name}: {error!r}") from error
        probes.reach("call:model.embed:after")
        if len(answer.embeddings) != len(texts) or not all(answer.embeddings):
            raise EmbeddingError(f"{self.name}: not one vector a text")
        return answer.embeddings
