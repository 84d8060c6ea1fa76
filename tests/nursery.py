"""Imports the product once and forks a process for each life: importing takes ten times what the
rest of a start does. Run as a script by tests.lives and tests.crash.life, with the product on
PYTHONPATH.

Reads one line of JSON a life: its "command", the "folder" it starts in, the files for what it says
("out", "errors"), its "settings". Writes "born PID" for it, and "dead PID CODE" once it has ended.
"""

import gc
import importlib
import json
import os
import select
import sys

import app.cli
import app.loading
import app.serve
import tools
from graph.commands.scan import in_help_order
from store import probes
from tools.certificates import authorities
from tools.scan import find

BY_SETTINGS = ("search", "weather")  # tools that read the settings when they are imported
# What a life imports once it runs, besides tools and slash commands.
LATE = (
    "anyio._backends._asyncio",
    "app.backup",
    "app.cipher",
    "app.rebuild",
    "babel.numbers",
    "graph.healing",
    "langchain_core.messages.block_translators.langchain_v0",
    "langchain_core.tools.simple",
    "langchain_core.tracers.run_collector",
    "langchain_core.tracers.stdout",
    "phonenumbers.data.region_AR",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "uvloop",
)


def main() -> None:
    """Fork until stdin ends."""
    find()
    for name in BY_SETTINGS:
        del sys.modules[f"tools.{name}"]
        delattr(tools, name)
    in_help_order()
    authorities()
    for name in LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # or the first collection of every life would copy what they share
    living: dict[int, int] = {}  # file descriptor of a life -> its process id
    while True:
        ready, _, _ = select.select([sys.stdin.fileno(), *living], [], [])
        for life in living.keys() & set(ready):
            pid = living.pop(life)
            os.close(life)
            print("dead", pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
        if sys.stdin.fileno() not in ready:
            continue
        # One order at a time is asked for: no second line waits in a buffer that select cannot see.
        if not (line := sys.stdin.readline()):
            return
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            for life in living:
                os.close(life)
            _live(**order)
            return
        living[os.pidfd_open(pid)] = pid
        print("born", pid, flush=True)


def _live(command: list[str], folder: str, out: str, errors: str, settings: dict[str, str]) -> None:
    """What `wasap COMMAND` does, in this process."""
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, out, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        (2, errors, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
    ):
        os.dup2(os.open(path, flags, 0o600), number)
    os.environ.update(settings)
    os.chdir(folder)
    importlib.reload(probes)  # reads where to stop when it is imported
    sys.argv = ["wasap", *command]
    app.cli.main()


if __name__ == "__main__":
    main()
