"""Imports the product once and forks a process for each life: importing takes ten times what the
rest of a start does. Run as a script by tests.crash.life, with the product on PYTHONPATH.

Reads one line of JSON a life, its settings and "log"; writes the process id, then its exit code.
"""

import gc
import importlib
import json
import os
import sys

import app.cli
import app.loading
import app.serve
from store import probes


def main() -> None:
    """Fork until stdin ends."""
    gc.collect()
    gc.freeze()  # or the first collection of every life would copy what they share
    while line := sys.stdin.readline():
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(order.pop("log"), order)
            return
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _live(log: str, settings: dict[str, str]) -> None:
    """What `wasap serve` does, in this process."""
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, log, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        (2, log, os.O_WRONLY | os.O_APPEND),
    ):
        os.dup2(os.open(path, flags, 0o600), number)
    os.environ.update(settings)
    importlib.reload(probes)  # reads where to stop when it is imported
    sys.argv = ["wasap", "serve"]
    app.cli.main()


if __name__ == "__main__":
    main()
