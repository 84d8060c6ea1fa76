"""The one place where what Ollama's client raises becomes our errors."""

import httpx
import ollama

from graph.errors import (
    ModelBadReply,
    ModelBusy,
    ModelDown,
    ModelError,
    ModelMissing,
    ModelRefused,
    ModelTimeout,
)

# Everything the client raises while a model answers; any other exception is a bug of ours.
CLIENT_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    ollama.ResponseError,
    ollama.RequestError,
    ConnectionError,
    ValueError,  # pydantic's and langchain's, for replies that do not parse
)

BY_STATUS: dict[int, type[ModelError]] = {
    -1: ModelBadReply,  # an error line in the middle of the stream
    404: ModelMissing,
    408: ModelTimeout,
    429: ModelBusy,
    500: ModelBadReply,  # "error parsing tool call" and its kin
    502: ModelDown,
    503: ModelBusy,
    504: ModelTimeout,
}


def model_error(error: Exception, *, model: str) -> ModelError:
    """Our error for one of CLIENT_ERRORS."""
    return _kind(error)(f"{type(error).__name__}: {error}", model=model)


def _kind(error: Exception) -> type[ModelError]:
    if isinstance(error, ollama.ResponseError):
        return BY_STATUS.get(error.status_code, ModelRefused)
    if isinstance(error, httpx.PoolTimeout):
        return ModelBusy
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return ModelTimeout
    if isinstance(error, (httpx.TransportError, ConnectionError)):
        return ModelDown
    if isinstance(error, ValueError) and "No data received" in str(error):
        return ModelBusy  # ChatOllama's word for an empty reply with done_reason "load"
    if isinstance(error, (ValueError, httpx.DecodingError, httpx.StreamError)):
        return ModelBadReply
    return ModelRefused
