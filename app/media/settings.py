"""The options of files: what is kept, who reads it, how long that may take."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.embedded.catalogue import WHISPER, catalogue


class MediaSettings(BaseSettings):
    """Everything about voice notes, pictures and documents."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    media_quota_mb: Annotated[
        int,
        Field(
            ge=1,
            description="Megabytes of files (voice notes, pictures, documents) that are kept; the"
            " oldest make room.",
        ),
    ] = 1024
    whisper_model: Annotated[
        str,
        Field(
            min_length=1,
            description="What writes down voice notes: base, small (hears better, takes longer;"
            " `wasap model fetch whisper-small` first), or the path of a folder of your own.",
        ),
    ] = "base"
    whisper_idle_s: Annotated[
        float,
        Field(
            ge=0,
            description="Seconds without a voice note after which the memory of that model is"
            " free again.",
        ),
    ] = 600.0
    audio_max_minutes: Annotated[
        int, Field(ge=1, le=240, description="Minutes of the longest recording that is heard.")
    ] = 15
    voice_model: Annotated[
        Path | None,
        Field(
            description="Path of a voice of piper (.onnx, with its .onnx.json beside it): it says"
            " the answers to voice notes aloud, after their text. Needs the extra voice."
            " Empty = text alone."
        ),
    ] = None
    picture_keep_hours: Annotated[
        float,
        Field(
            ge=0,
            description="Hours for which a picture is kept, so that you can ask more about it;"
            " 0 = until its answer.",
        ),
    ] = 24.0

    @field_validator("voice_model")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        return value and value.expanduser()

    @field_validator("whisper_model")
    @classmethod
    def _is_known(cls, value: str) -> str:
        sizes = [name.removeprefix(WHISPER) for name in catalogue().speech]
        if "/" not in value and value not in sizes:
            raise ValueError(f"neither {' nor '.join(sizes)}, and no path of a folder")
        return value
