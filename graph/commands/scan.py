"""Finds the commands: every file of this folder with a `COMMAND`."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache

from graph import commands as package
from graph.commands.contract import Command


@cache
def in_help_order() -> Sequence[Command]:
    modules = [
        importlib.import_module(f"{package.__name__}.{one.name}")
        for one in pkgutil.iter_modules(package.__path__)
    ]
    found = [
        module.COMMAND for module in modules if isinstance(vars(module).get("COMMAND"), Command)
    ]
    return sorted(found, key=lambda command: command.order)


def scan() -> Mapping[str, Command]:
    """Every name and alias -> its command."""
    return {name: one for one in in_help_order() for name in (one.name, *one.aliases)}
