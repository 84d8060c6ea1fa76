"""The options the brain itself needs; `app.settings` adds those of the door.

They live here so that Studio, which loads the graph without the app, reads the same names.
"""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, field_validator
from pydantic_settings import SettingsConfigDict

from store.driver import KeyFile
from store.zones import known_zone
from tools.settings import ToolSettings

HOME = Path(__file__).resolve().parent.parent


class GraphSettings(ToolSettings):
    """Model, prompts, data and owner. Units are in the names or the descriptions."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    ollama_base_url: Annotated[
        HttpUrl,
        Field(
            description="Where Ollama listens. Leave it out to let the built-in model "
            "step in when no Ollama runs on this machine."
        ),
    ] = HttpUrl("http://127.0.0.1:11434")
    ollama_model: Annotated[str, Field(description="Chat model.")] = "qwen3:8b"
    ollama_vision_model: Annotated[str, Field(description="Model that describes pictures.")] = (
        "llava:7b"
    )
    ollama_embed_model: Annotated[str, Field(description="Model for memory search.")] = (
        "embeddinggemma"
    )
    ollama_num_ctx: Annotated[
        int,
        Field(
            ge=1024,
            description="Context window in tokens, the same in every call: "
            "a change makes Ollama load the model again.",
        ),
    ] = 8192
    ollama_keep_alive: Annotated[
        str, Field(description="How long Ollama keeps the model in memory (30m, 24h, -1 = always).")
    ] = "30m"
    ollama_warm_up: Annotated[
        bool,
        Field(
            description="Load the model and read the front of the prompt before the first message."
        ),
    ] = True
    ollama_timeout_s: Annotated[
        float,
        Field(
            gt=0,
            description="Seconds without a sign of the model, loading and reading included, "
            "after which it counts as away.",
        ),
    ] = 120.0
    ollama_answer_timeout_s: Annotated[
        float,
        Field(gt=0, description="Seconds for one whole answer; a model without end stops there."),
    ] = 900.0
    data_dir: Annotated[Path, Field(description="Everything that lasts: databases and media.")] = (
        Path("data")
    )
    database_key_file: Annotated[
        Path | None,
        Field(
            description="File with the key of the databases, better not on the same disk:"
            " `wasap encrypt` makes it. Empty = they are not encrypted."
        ),
    ] = None
    prompts_dir: Annotated[
        Path, Field(description="The prompts folder; an edit counts at the next message.")
    ] = HOME / "prompts"
    owner_language: Annotated[
        Literal["es", "en"], Field(description="Language of the fixed sentences.")
    ] = "es"
    owner_timezone: Annotated[str, Field(description="IANA time zone of the owner.")] = (
        "America/Argentina/Buenos_Aires"
    )

    @cached_property
    def database_key(self) -> KeyFile | None:
        """What opens the databases; the file is read with the first of them."""
        return KeyFile(self.database_key_file.expanduser()) if self.database_key_file else None

    @field_validator("owner_timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if not known_zone(value):
            raise ValueError("not an IANA time zone such as America/Argentina/Buenos_Aires")
        return value
