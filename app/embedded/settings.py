"""The two options of the built-in model. They are read alone by `wasap model`, without a token."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _cache_home() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


class EmbeddedSettings(BaseSettings):
    """Where the weights lie and which of them talk."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    models_dir: Annotated[
        Path,
        Field(
            default_factory=lambda: _cache_home() / "wasap" / "models",
            description="Where the weights of the built-in model are kept."
            " Default: ~/.cache/wasap/models.",
        ),
    ]
    embedded_model: Annotated[
        str,
        Field(
            min_length=1,
            description="The built-in model: a name from `wasap model list`, or the path of any"
            " chat model in GGUF format.",
        ),
    ] = "qwen2.5-coder-1.5b"

    @field_validator("models_dir")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser()
