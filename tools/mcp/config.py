"""The file that names the servers, in the form that other MCP clients read too.

{"mcpServers": {"files": {"command": "npx", "args": ["-y", "some-server"], "effect": "read",
                          "tools": {"write_file": {"effect": "write"}}},
                "far": {"url": "https://mcp.example/mcp", "headers": {"Authorization": "..."}}}}
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tools.contract import Effect
from tools.errors import ToolLoadError


class ToolConfig(BaseModel):
    """What the owner says of one tool."""

    model_config = ConfigDict(frozen=True)

    effect: Effect


class ServerConfig(BaseModel):
    """One server: a command to start, or an address to ask. Keys of other clients are ignored."""

    model_config = ConfigDict(frozen=True)

    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = Field(default_factory=dict)
    cwd: Path | None = None
    url: str = ""
    headers: Mapping[str, str] = Field(default_factory=dict)
    type: Literal["stdio", "http", "streamable-http", "sse"] = "http"  # of an address
    disabled: bool = False
    effect: Effect = Effect.OUTSIDE
    tools: Mapping[str, ToolConfig] = Field(default_factory=dict)
    timeout_s: float = Field(30, gt=0)  # of a call

    @model_validator(mode="after")
    def _one_way_to_reach_it(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError('give it either a "command" or a "url"')
        return self

    def effect_of(self, tool: str) -> Effect:
        """What a call of the tool changes, as the owner says."""
        return self.tools[tool].effect if tool in self.tools else self.effect


class _File(BaseModel):
    servers: Mapping[str, ServerConfig] = Field(alias="mcpServers", default_factory=dict)


def read_config(path: Path, *, must_exist: bool) -> dict[str, ServerConfig]:
    """The servers that are switched on, by name.

    Raises:
        ToolLoadError: in words without values, which may be secrets.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if not must_exist:
            return {}
        raise ToolLoadError(f"MCP_CONFIG: there is no file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ToolLoadError(f"MCP_CONFIG: {path} cannot be read ({type(error).__name__})") from None
    try:
        servers = _File.model_validate_json(text).servers
    except ValidationError as error:
        raise ToolLoadError(f"MCP_CONFIG: {path}: {_in_words(error)}") from None
    return {name: one for name, one in sorted(servers.items()) if not one.disabled}


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_context=False)[0]
    place = ".".join(map(str, first["loc"]))
    said = first["msg"].removeprefix("Value error, ")
    return f"{place}: {said}" if place else said
