"""What the tools need of the owner; `graph.settings` takes it in with its own."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, HttpUrl
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]  # comma separated


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
    tools_enabled: Annotated[
        Names,
        Field(
            description="Only these tools, comma separated; empty = all. `wasap tools` lists them;"
            " the name of an MCP server stands for all of its tools."
        ),
    ] = ()
    tools_disabled: Annotated[
        Names, Field(description="All tools but these, comma separated; empty = none is off.")
    ] = ()
    mcp_config: Annotated[
        Path,
        Field(
            description="MCP servers whose tools are offered: a file with mcpServers, as other MCP"
            " clients have it. Needs the extra `mcp`."
        ),
    ] = Path("mcp.json")
    community_tools: Annotated[
        Names,
        Field(
            description="Tools of langchain-community, comma separated: a name for its load_tools"
            " (wikipedia) or module:name. Needs the extra `community`."
        ),
    ] = ()
