"""The addresses of the services that tools ask; `graph.settings` takes them in with its own."""

from typing import Annotated, Literal

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict


class ToolSettings(BaseSettings):
    """Read when the tools are found."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    open_meteo_url: Annotated[
        HttpUrl, Field(description="Weather forecasts: Open-Meteo or a copy of your own.")
    ] = HttpUrl("https://api.open-meteo.com")
    open_meteo_geocoding_url: Annotated[
        HttpUrl, Field(description="Open-Meteo's search for places.")
    ] = HttpUrl("https://geocoding-api.open-meteo.com")
    search_url: Annotated[
        HttpUrl | Literal[""],
        Field(description="Web search: ask this address instead of DuckDuckGo and Mojeek."),
    ] = ""
