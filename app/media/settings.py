"""The options of files: what is kept, who reads it, how long that may take."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
