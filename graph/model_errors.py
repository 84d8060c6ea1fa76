"""The one place where what Ollama's client raises becomes our errors."""

import json

import httpx
import ollama

from graph.errors import (
    ModelBadReply,
    ModelBroke,
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
    TimeoutError,  # ours, for an answer without an end
    ValueError,  # pydantic's and langchain's, for replies that do not parse
    AttributeError,  # the client's, for a line that is JSON but no object
)

BY_STATUS: dict[int, type[ModelError]] = {
    -1: ModelBroke,  # an error line in the middle of the stream
    404: ModelMissing,
    408: ModelTimeout,
    429: ModelBusy,
    500: ModelBroke,  # the runner crashed, or there is no memory for it
    502: ModelDown,
    503: ModelBusy,
    504: ModelTimeout,
}

_GARBAGE = (
    httpx.TransportError,
    httpx.DecodingError,
    httpx.StreamError,
    json.JSONDecodeError,
    AttributeError,
)


def model_error(error: Exception, *, model: str) -> ModelError:
    """Our error for one of CLIENT_ERRORS."""
    return _kind(error)(f"{type(error).__name__}: {error}", model=model)


def _kind(error: Exception) -> type[ModelError]:
    if isinstance(error, ollama.ResponseError):
        if "error parsing tool call" in error.error:  # 500, or a line of the stream
            return ModelBadReply
        return BY_STATUS.get(error.status_code, ModelRefused)
    if isinstance(error, httpx.PoolTimeout):
        return ModelBusy
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, ConnectionError)):
        return ModelDown
    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        return ModelTimeout
    if isinstance(error, ValueError) and "No data received" in str(error):
        return ModelBusy  # ChatOllama's word for an empty reply with done_reason "load"
    if isinstance(error, _GARBAGE):
        return ModelBroke
    return ModelBadReply if isinstance(error, ValueError) else ModelRefused
