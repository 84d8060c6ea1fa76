"""The models: there, and able to do what they are for."""

import importlib.util
from dataclasses import dataclass

import httpx

from app import model_server
from app.checks.finding import Finding
from app.checks.subject import Subject
from app.embedded.catalogue import find_weights

TOOLS, VISION, EMBEDDING = "tools", "vision", "embedding"


@dataclass(frozen=True)
class Shown:
    """What /api/show says of a model."""

    capabilities: frozenset[str] | None  # None: an Ollama too old to say
    context: int | None  # tokens


async def ollama(subject: Subject) -> Finding:
    """The model server answers."""
    settings = subject.settings
    if await model_server.choose(settings) is None:
        engine = importlib.util.find_spec("xllamacpp") is not None
        if engine and find_weights(settings.models_dir, settings.embedded_model):
            return subject.warn("builtin", model=settings.embedded_model)
        return subject.fail("builtin_missing", model=settings.embedded_model)
    version = await ollama_version(subject)
    if version is None:
        return subject.fail("ollama_down", url=_url(subject))
    return subject.ok("ollama_ok", version=version, url=_url(subject))


async def chat_model(subject: Subject) -> Finding | None:
    """OLLAMA_MODEL is pulled, calls tools, and reads as much as OLLAMA_NUM_CTX says."""
    if not await _answers(subject):
        return None
    name, wanted = subject.settings.ollama_model, subject.settings.ollama_num_ctx
    shown = await show(subject, name)
    if shown is None:
        return subject.fail("model_missing", model=name)
    if shown.capabilities is None:
        return subject.warn("ollama_old")
    if TOOLS not in shown.capabilities:
        return subject.warn("model_no_tools", model=name)
    if shown.context is not None and shown.context < wanted:
        return subject.warn("model_context", model=name, context=shown.context, wanted=wanted)
    return subject.ok("model_ok", model=name, wanted=wanted)


async def vision_model(subject: Subject) -> Finding | None:
    """OLLAMA_VISION_MODEL is pulled and sees."""
    if not await _answers(subject):
        return None
    name = subject.settings.ollama_vision_model
    shown = await show(subject, name)
    if shown is None:
        return subject.warn("vision_missing", model=name)
    if shown.capabilities is not None and VISION not in shown.capabilities:
        return subject.warn("vision_blind", model=name)
    return subject.ok("vision_ok", model=name)


async def embed_model(subject: Subject) -> Finding | None:
    """OLLAMA_EMBED_MODEL is pulled and makes vectors."""
    if not await _answers(subject):
        return None
    name = subject.settings.ollama_embed_model
    shown = await show(subject, name)
    if shown is None:
        return subject.warn("embed_missing", model=name)
    if shown.capabilities is not None and EMBEDDING not in shown.capabilities:
        return subject.warn("embed_incapable", model=name)
    return subject.ok("embed_ok", model=name)


async def ollama_version(subject: Subject) -> str | None:
    """None where no Ollama answers."""
    try:
        answer = await subject.http.get(f"{_url(subject)}/api/version")
        return str(answer.json()["version"]) if answer.is_success else None
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None


async def show(subject: Subject, model: str) -> Shown | None:
    """What a model can do; None when it is not pulled. Raises httpx.HTTPError."""
    answer = await subject.http.post(f"{_url(subject)}/api/show", json={"model": model})
    if not answer.is_success:
        return None
    body = answer.json()
    info = body.get("model_info") or {}
    contexts = [value for key, value in info.items() if key.endswith(".context_length")]
    capabilities = body.get("capabilities")
    return Shown(
        None if capabilities is None else frozenset(capabilities),
        int(contexts[0]) if contexts else None,
    )


async def _answers(subject: Subject) -> bool:
    """Whether the owner's Ollama is the one in use, and there; if not, `ollama` says so."""
    if await model_server.choose(subject.settings) is None:
        return False
    return await ollama_version(subject) is not None


def _url(subject: Subject) -> str:
    return str(subject.settings.ollama_base_url).rstrip("/")
