"""All the servers of the file, and what the model is told of them."""

import asyncio
import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from tools.errors import ToolLoadError
from tools.foreign import foreign_tool, plain_name
from tools.found import UNKNOWN, Found
from tools.mcp.config import ServerConfig
from tools.mcp.server import Listed, Server

log = structlog.get_logger(__name__)

SAME_NAME = "another tool has this name"
NOT_ANSWERED = "the server has not answered yet"


class Servers:
    """Start it, let it `settle`, take `found` once."""

    def __init__(self, configs: Mapping[str, ServerConfig], memory: Path) -> None:
        """`memory` is the file that keeps what each server offered last."""
        self._memory = memory
        self._marks = {name: _mark(config) for name, config in configs.items()}
        self._known = {
            name: tools
            for name, (mark, tools) in _remembered(memory).items()
            if self._marks.get(name) == mark
        }
        self._servers = {
            name: Server(name, config, self._on_listed) for name, config in sorted(configs.items())
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Of the servers, sorted."""
        return tuple(self._servers)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Servers that have never said what they offer."""
        return tuple(name for name in self._servers if name not in self._known)

    def start(self) -> None:
        """Begin; nothing waits for it."""
        for server in self._servers.values():
            server.start()

    async def stop(self) -> None:
        """End them, and what they started."""
        await asyncio.gather(*(server.stop() for server in self._servers.values()))

    async def settle(self, limit_s: float, *, everyone: bool = False) -> None:
        """Wait for the servers that are new, or for `everyone`, to be up or to have failed."""
        waiting = self.names if everyone else self.unknown
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await asyncio.gather(*(self._servers[name].tried.wait() for name in waiting))

    def found(self, taken: Collection[str]) -> list[Found]:
        """Their tools in a fixed order: by server, then by name. `taken` are names of others."""
        listed = {
            name: sorted(self._known.get(name, ()), key=lambda one: one.name)
            for name in self._servers
        }
        counts = Counter(plain_name(one.name) for tools in listed.values() for one in tools)
        twice = {*taken, *(name for name, count in counts.items() if count > 1)}
        rows: list[Found] = []
        names = set(taken)
        for name, tools in listed.items():
            for row in self._offered(self._servers[name], tools, twice):
                rows.append(row.switched_off(SAME_NAME) if row.name in names else row)
                names |= {row.name} - {UNKNOWN}
        return rows

    def _offered(
        self, server: Server, tools: Sequence[Listed], twice: Collection[str]
    ) -> list[Found]:
        source = f"MCP: {server.name}"
        if server.name in self.unknown:
            log.warning("mcp_server_unknown", server=server.name)
            return [Found(UNKNOWN, source, group=server.name, off=NOT_ANSWERED)]
        rows = []
        for one in tools:
            name = f"{server.name}_{one.name}" if plain_name(one.name) in twice else one.name
            row = _made(Found(plain_name(name), source, group=server.name), server, one)
            if row.off:
                log.warning("mcp_tool_left_out", server=server.name, tool=row.name, reason=row.off)
            rows.append(row)
        return rows

    def _on_listed(self, name: str, tools: Sequence[Listed]) -> None:
        if self._known.get(name) == list(tools):
            return
        if name in self._known:
            log.warning("mcp_tools_changed", server=name)  # the next start offers what is new
        self._known = {**self._known, name: list(tools)}
        _remember(self._memory, {one: (self._marks[one], self._known[one]) for one in self._known})


def _made(row: Found, server: Server, listed: Listed) -> Found:
    try:
        tool = foreign_tool(
            row.name,
            listed.description,
            listed.schema,
            effect=server.config.effect_of(listed.name),
            timeout_s=server.config.timeout_s,
            call=partial(server.call, listed.name),
        )
    except ToolLoadError as error:
        return row.switched_off(error.text)
    return row.with_tool(tool)


def _mark(config: ServerConfig) -> str:
    """Tells a server from another of the same name; no secrets go into it."""
    parts = [config.command, *config.args, config.url]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


Known = Mapping[str, tuple[str, Sequence[Listed]]]  # mark and tools, by the server's name


def _remembered(path: Path) -> Known:
    try:
        kept: dict[str, tuple[str, list[dict[str, Any]]]]
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: (mark, [Listed(**one) for one in tools]) for name, (mark, tools) in kept.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("mcp_memory_unreadable", error=type(error).__name__)
        return {}


def _remember(path: Path, known: Known) -> None:
    kept = {name: (mark, [one.as_json() for one in tools]) for name, (mark, tools) in known.items()}
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:  # the disk is full: the next start asks again
        log.warning("mcp_memory_unwritable", error=type(error).__name__)
