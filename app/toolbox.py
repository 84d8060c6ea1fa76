"""All the tools there are: of this house, of other packages, of langchain-community, of MCP."""

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Self

from langchain_core.tools import BaseTool

from app.errors import SettingsError
from graph.settings import GraphSettings
from tools.choice import choose, offered
from tools.community import find_community
from tools.errors import ToolLoadError
from tools.found import Found
from tools.mcp.config import ServerConfig, read_config
from tools.scan import find

if TYPE_CHECKING:  # brings the MCP SDK: only for who has a server
    from tools.mcp.servers import Servers

START_S = 10.0  # for servers that were never seen; those we know are not waited for
MEMORY = "mcp_tools.json"  # in DATA_DIR: what each server offered last


class Toolbox:
    """Tools in a fixed order: ours by name, then those of the community, then those of servers.

    So a server that comes or goes from one start to the next changes the end of the list alone.
    """

    def __init__(self, settings: GraphSettings, servers: "Servers | None") -> None:
        self._settings = settings
        self._servers = servers

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, settings: GraphSettings) -> AsyncIterator[Self]:
        """With the MCP servers running. Raises SettingsError."""
        explicit = "mcp_config" in settings.model_fields_set
        with _in_words():
            configs = read_config(settings.mcp_config, must_exist=explicit)
            servers = await asyncio.to_thread(_servers, configs, settings) if configs else None
        if servers is None:
            yield cls(settings, None)
            return
        servers.start()
        try:
            yield cls(settings, servers)
        finally:
            await servers.stop()

    async def offered(self) -> tuple[BaseTool, ...]:
        """What the model is told about; as found now. Raises SettingsError."""
        return offered(await self.found())

    async def found(self, *, wait_s: float = START_S, everyone: bool = False) -> tuple[Found, ...]:
        """All of them, those that are off with the reason. Raises SettingsError."""
        if self._servers:
            await self._servers.settle(wait_s, everyone=everyone)
        with _in_words():
            rows = await asyncio.to_thread(_own, self._settings)
            if self._servers:
                rows += self._servers.found({row.name for row in rows})
            complete = not (self._servers and self._servers.unknown)
            return choose(rows, self._settings, complete=complete)


def _own(settings: GraphSettings) -> list[Found]:
    """Found by importing, which takes a while."""
    rows = [*find(), *find_community(settings.community_tools)]
    names = [row.name for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ToolLoadError(f"COMMUNITY_TOOLS: there is a tool {', '.join(twice)} already")
    return rows


def _servers(configs: Mapping[str, ServerConfig], settings: GraphSettings) -> "Servers":
    if importlib.util.find_spec("langchain_mcp_adapters") is None:
        raise ToolLoadError(
            f"MCP_CONFIG: {settings.mcp_config} names servers, but what speaks to them is not"
            " installed: pip install 'wasap[mcp]'"
        )
    from tools.mcp.servers import Servers

    return Servers(configs, settings.data_dir / MEMORY)


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except ToolLoadError as error:
        raise SettingsError([error.text]) from error
