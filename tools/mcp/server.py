"""One server: it is started, asked what it offers, watched, and started again when it is gone."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from langchain_core.tools import BaseTool, ToolException
from langchain_mcp_adapters.sessions import Connection, create_session
from langchain_mcp_adapters.tools import load_mcp_tools
from mcp import ClientSession, McpError, StdioServerParameters, stdio_client
from mcp.types import CONNECTION_CLOSED

from tools.errors import Refused, ToolError
from tools.mcp.config import ServerConfig

log = structlog.get_logger(__name__)

CONNECT_S = 60.0  # `npx` fetches a server before it starts it
UP_S = 10.0  # how long a call waits for a server that is being started again
LOOK_S = 15.0  # between looks at a server of our own, or after a call that failed
PING_S = 10.0
FIRST_PAUSE_S = 1.0  # before another start, then twice that, and so on up to
LONGEST_PAUSE_S = 60.0
STEADY_S = 60.0  # up for so long, a server begins with the first pause again
MAX_SAID = 200  # characters of an error that are passed on


@dataclass(frozen=True)
class Listed:
    """A tool as its server describes it; plain values, which are kept in a file."""

    name: str
    description: str
    schema: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Server:
    """Never raises but to the caller of a tool, and there a ToolError."""

    def __init__(
        self,
        name: str,
        config: ServerConfig,
        on_listed: Callable[[str, Sequence[Listed]], None],
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self.name = name
        self.config = config
        self.tried = asyncio.Event()  # it is up, or the first start has failed
        self._on_listed = on_listed
        self._first_pause_s = first_pause_s
        self._up = asyncio.Event()
        self._doubted = asyncio.Event()
        self._calls = 0  # that run now
        self._live: dict[str, BaseTool] = {}
        self._stopped = asyncio.Event()
        self._opening = asyncio.Lock()  # cancelled in there, the SDK leaves its streams open
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; nothing waits for it."""
        self._task = asyncio.create_task(self._run(), name=f"mcp-{self.name}")

    async def stop(self) -> None:
        """End it, and what it started."""
        self._stopped.set()
        if self._task is not None:
            async with self._opening:
                self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def call(self, tool: str, arguments: dict[str, Any]) -> str:
        """What the tool says. Raises ToolError."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UP_S):
                await self._up.wait()
        live = self._live.get(tool)
        if live is None:
            raise Refused("mcp_away", server=self.name)
        self._calls += 1
        try:
            return _text(await live.ainvoke(arguments))
        except ToolException as error:
            raise self._failed(str(error)) from error
        except McpError as error:
            if error.error.code == CONNECTION_CLOSED:
                raise self._away() from error
            raise self._failed(error.error.message) from error
        except asyncio.CancelledError:  # it took too long
            self._doubted.set()
            raise
        except Exception as error:  # whatever a transport raises, and a result of no known kind
            log.warning("mcp_call_failed", server=self.name, error=type(error).__name__)
            raise self._away() from error
        finally:
            self._calls -= 1

    def _failed(self, said: str) -> ToolError:
        # What it says is from outside: the values of a ToolError are taken for that.
        return ToolError("mcp_failed", server=self.name, said=" ".join(said.split())[:MAX_SAID])

    def _away(self) -> Refused:
        self._doubted.set()
        return Refused("mcp_away", server=self.name)

    async def _run(self) -> None:
        pause_s = self._first_pause_s
        clock = asyncio.get_running_loop().time
        # Asked anew each time: the SDK may raise something else in place of a cancellation.
        while not self._stopped.is_set():
            began = clock()
            try:
                await self._live_once()
            except Exception as error:  # noqa: BLE001 - foreign code: the turns go on without it
                # The error's text may hold what the server printed.
                log.warning("mcp_server_down", server=self.name, error=_kind(error))
            self.tried.set()
            if clock() - began > STEADY_S:
                pause_s = self._first_pause_s
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._stopped.wait()
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _live_once(self) -> None:
        """From the start to the end of one connection; raises what ended it."""
        async with asyncio.timeout(CONNECT_S) as limit, self._session() as session:
            await session.initialize()
            found = await load_mcp_tools(session, server_name=self.name, handle_tool_errors=False)
            limit.reschedule(None)
            self._live = {tool.name: tool for tool in found}
            self._doubted.clear()
            self._up.set()
            log.info("mcp_server_up", server=self.name, tools=len(found))
            self._on_listed(self.name, [_listed(tool) for tool in found])
            self.tried.set()
            try:
                await self._watch(session)
            finally:
                self._up.clear()
                self._live = {}

    async def _watch(self, session: ClientSession) -> None:
        """Returns never; raises when the server no longer answers."""
        while True:
            # Nothing is sent to an address that no tool was called at.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if self.config.url else LOOK_S):
                    await self._doubted.wait()
            if self._calls and not self._doubted.is_set():
                continue  # one that does a thing at a time is no dead one
            self._doubted.clear()
            async with asyncio.timeout(PING_S):
                await session.send_ping()

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[ClientSession]:
        if self.config.url:
            async with create_session(_connection(self.config)) as session:
                yield session
            return
        # Not the adapter's: it lets the server write into our log.
        nowhere = open(os.devnull, "w")  # noqa: ASYNC230, PTH123, SIM115 - no disk is behind it
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(nowhere.close)
            async with self._opening:
                process = stdio_client(_command(self.config), errlog=nowhere)
                streams = await stack.enter_async_context(process)
            yield await stack.enter_async_context(ClientSession(*streams))


def _command(config: ServerConfig) -> StdioServerParameters:
    """The SDK adds PATH, HOME, USER, SHELL and TERM; nothing else of ours gets there."""
    env = {"LANG": os.environ.get("LANG", "C.UTF-8"), **config.env}
    return StdioServerParameters(
        command=config.command,
        args=list(config.args),
        env=env,
        cwd=config.cwd,
        encoding_error_handler="replace",
    )


def _connection(config: ServerConfig) -> Connection:
    if config.type == "sse":
        return {"transport": "sse", "url": config.url, "headers": dict(config.headers)}
    return {"transport": "streamable_http", "url": config.url, "headers": dict(config.headers)}


def _listed(tool: BaseTool) -> Listed:
    schema = tool.args_schema
    return Listed(tool.name, tool.description, schema if isinstance(schema, dict) else {})


def _text(blocks: Any) -> str:
    """Texts as they are; of pictures and files only that there is one."""
    if not isinstance(blocks, list):
        return str(blocks)
    return "\n".join(one["text"] if one["type"] == "text" else f"[{one['type']}]" for one in blocks)


def _kind(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
