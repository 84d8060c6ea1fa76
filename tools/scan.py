"""Finds the tools: every module of this folder, then the entry points of other packages."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from langchain_core.tools import BaseTool

import tools
from tools.contract import Effect
from tools.errors import ToolLoadError
from tools.found import Found

GROUP = "wasap.tools"


def scan(
    package: ModuleType = tools, plugins: Iterable[EntryPoint] | None = None
) -> tuple[BaseTool, ...]:
    """The tools of `find`."""
    return tuple(one.tool for one in find(package, plugins) if one.tool)


def find(
    package: ModuleType = tools, plugins: Iterable[EntryPoint] | None = None
) -> tuple[Found, ...]:
    """All the tools, sorted by name so that the prompt's front is the same at every start.

    Raises:
        ToolLoadError: a file or entry point fails to load, is no tool, or repeats a name.
    """
    found: dict[str, tuple[Found, str]] = {}
    plugins = entry_points(group=GROUP) if plugins is None else plugins
    for candidate, source, origin in [*_in_package(package), *_in_plugins(plugins)]:
        _check(candidate, origin)
        name = candidate.name
        if name in found and candidate is not found[name][0].tool:
            raise ToolLoadError(f"{origin}: the tool {name!r} already comes from {found[name][1]}")
        found.setdefault(name, (Found(name, source, candidate), origin))
    return tuple(found[name][0] for name in sorted(found))


def _in_package(package: ModuleType) -> Iterator[tuple[BaseTool, str, str]]:
    for module_info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        origin = f"{module_info.name.replace('.', '/')}.py"
        try:
            module = importlib.import_module(module_info.name)
        except Exception as error:  # whatever a file may raise when it is imported
            raise ToolLoadError(f"{origin}: cannot be imported ({error})") from error
        for one in vars(module).values():
            if isinstance(one, BaseTool):
                yield one, f"built in: {origin}", origin


def _in_plugins(plugins: Iterable[EntryPoint]) -> Iterator[tuple[BaseTool, str, str]]:
    for entry in plugins:
        origin = f"entry point {entry.name} ({entry.value})"
        try:
            candidate = entry.load()
        except Exception as error:  # whatever another package may raise when it is imported
            raise ToolLoadError(f"{origin}: cannot be loaded ({error})") from error
        if not isinstance(candidate, BaseTool):
            raise ToolLoadError(f"{origin}: is no tool made by tools.contract.tool")
        yield candidate, f"entry point: {entry.dist.name if entry.dist else entry.name}", origin


def _check(candidate: BaseTool, origin: str) -> None:
    effect = (candidate.metadata or {}).get("effect")
    if not isinstance(effect, Effect):
        raise ToolLoadError(f"{origin}: the tool {candidate.name!r} does not name its effect")
    for name, schema in candidate.tool_call_schema.model_json_schema()["properties"].items():  # type: ignore[union-attr]
        # Ollama's client turns anything but a plain type into {}: the model would guess.
        if "type" not in schema or schema["type"] == "object":
            raise ToolLoadError(
                f"{origin}: argument {name!r} of {candidate.name!r} is not of a plain type"
            )
