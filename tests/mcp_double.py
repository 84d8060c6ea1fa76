"""A real MCP server over standard input and output, well behaved or not.

python tests/mcp_double.py good|dead|hung|garbage|late FILE
"""

import json
import os
import sys
import time
from pathlib import Path

from mcp.server.fastmcp import FastMCP
from pydantic import BaseModel

server = FastMCP("double", log_level="ERROR")


class Filter(BaseModel):
    author: str


@server.tool()
def environment() -> str:
    """What the server was started with."""
    return json.dumps(dict(os.environ))


@server.tool()
def find_book(query: str, limit: int | None = None, filter: Filter | None = None) -> str:  # noqa: A002
    """Find a book."""
    return f"{query} ({limit}): «Ficciones», de Borges"


@server.tool()
def calculator(expression: str) -> str:
    """Named like one of ours."""
    return f"= {expression}"


@server.tool()
def needs_a_filter(filter: Filter) -> str:  # noqa: A002
    """Cannot be told to the model."""
    return filter.author


@server.tool()
def refuse() -> str:
    """Fails."""
    raise ValueError("no hay libros\ncon ese nombre")


@server.tool()
def die() -> str:
    """Ends the process in the middle of the call."""
    os._exit(1)


@server.tool()
def who() -> str:
    """The number of the process."""
    return str(os.getpid())


def main(mode: str, *arguments: str) -> None:
    if mode == "dead":
        sys.exit("canary on standard error")
    if mode == "hung":
        sys.stdin.read()
    if mode == "garbage":
        for line in ("\N{PILE OF POO}", '{"jsonrpc": "2.0"', "canary in the log", "[]", "\0"):
            print(line * 100, flush=True)
        sys.stdin.read()
    if mode == "late":
        while not Path(arguments[0]).exists():
            time.sleep(0.02)
    server.run()


if __name__ == "__main__":
    main(*([os.environ["MODE"]] if "MODE" in os.environ else sys.argv[1:]))
