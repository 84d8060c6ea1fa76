"""Tools are found by being there, and refused by name when they do not keep the contract."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from tools.errors import ToolLoadError
from tools.scan import scan

GOOD = '''
from tools.contract import Effect, tool

@tool(effect=Effect.READ)
async def {name}(text: str) -> str:
    """Say it back.

    Args:
        text: What to say.
    """
    return text
'''
NO_EFFECT = '''
from langchain_core.tools import tool

@tool
async def careless(text: str) -> str:
    """Does anything."""
    return text
'''
NESTED = '''
from tools.contract import Effect, tool

@tool(effect=Effect.READ)
async def nested(limit: int | None = None) -> str:
    """List.

    Args:
        limit: How many.
    """
    return ""
'''


class Folder:
    """A package of tools on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.package = ModuleType("some_tools")
        self.package.__path__ = [str(path)]
        sys.modules["some_tools"] = self.package

    def add(self, name: str, source: str) -> None:
        (self.path / f"{name}.py").write_text(source, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    yield Folder(tmp_path)
    for name in [one for one in sys.modules if one.split(".")[0] == "some_tools"]:
        del sys.modules[name]


def test_the_tools_of_the_house_come_in_a_stable_order() -> None:
    names = [tool.name for tool in scan(plugins=())]
    assert names == sorted(names)
    assert {"calculator", "clock"} <= set(names)


def test_a_new_file_is_all_a_new_tool_needs(folder: Folder) -> None:
    folder.add("echo", GOOD.format(name="echo"))
    folder.add("wording", "SHOUT = '!'\n")  # a module without tools is only a module
    assert [tool.name for tool in scan(folder.package, ())] == ["echo"]


def test_an_entry_point_brings_a_tool_of_another_package(folder: Folder) -> None:
    folder.add("echo", GOOD.format(name="echo"))
    entry = EntryPoint("other", "some_tools.echo:echo", "wasap.tools")
    assert "echo" in [tool.name for tool in scan(plugins=[entry])]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"one": GOOD.format(name="echo"), "two": GOOD.format(name="echo")},
            "two.py: .*'echo'.*one",
        ),
        ({"careless": NO_EFFECT}, "careless.py: .*effect"),
        ({"nested": NESTED}, "nested.py: argument 'limit' of 'nested' is not of a plain type"),
        ({"broken": "import nowhere_at_all\n"}, "broken.py: cannot be imported"),
    ],
)
def test_a_file_that_breaks_the_contract_is_named(
    folder: Folder, files: dict[str, str], said: str
) -> None:
    for name, source in files.items():
        folder.add(name, source)
    with pytest.raises(ToolLoadError, match=said):
        scan(folder.package, ())


def test_an_entry_point_that_is_no_tool_is_named() -> None:
    entry = EntryPoint("wrong", "os:getcwd", "wasap.tools")
    with pytest.raises(ToolLoadError, match=r"wrong \(os:getcwd\)"):
        scan(plugins=[entry])
