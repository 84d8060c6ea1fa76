"""The judge, in a process and an environment of its own."""

import contextlib
import json
import os
import subprocess
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import ToolCall

from graph.settings import HOME

HERE = Path(__file__).parent
ENVIRONMENT = HOME / ".venv-bfcl"
REQUIREMENTS = HERE / "requirements.txt"

Json = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What the judge says of some calls."""

    valid: bool
    error: str  # "" where they are right
    expected: Any  # as bfcl-eval has it: for each argument, the values that are right


class Judge:
    """Asks the process, a line at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def cases(self, category: str) -> list[Json]:
        """The cases of a category, as bfcl-eval has them."""
        return list(self._ask({"cases": category}))

    def verdict(self, case_id: str, calls: Sequence[ToolCall]) -> Verdict:
        """Whether these calls are the right answer to a case."""
        made = [{"name": call["name"], "args": call["args"]} for call in calls]
        return Verdict(**self._ask({"id": case_id, "calls": made}))

    def _ask(self, asked: Json) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError("the judge has gone; what it said is above")
        return json.loads(line)


def environment() -> Path:
    """The Python that has bfcl-eval; made and filled the first time, from the package index."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = ENVIRONMENT / REQUIREMENTS.name
    if not done.exists() or done.read_bytes() != REQUIREMENTS.read_bytes():
        print(f"making {ENVIRONMENT.name}", flush=True)
        venv.create(ENVIRONMENT, clear=True, symlinks=os.name != "nt", with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [*install, "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)], check=True
        )
        done.write_bytes(REQUIREMENTS.read_bytes())
    return python


@contextlib.contextmanager
def judge(python: Path, *, path: str = "") -> Iterator[Judge]:
    """A judge that runs with `python`; bfcl-eval is its own, or lies in `path`."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [python, HERE / "judge.py"],
        stdin=pipe,
        stdout=pipe,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": path},
    ) as process:
        try:
            yield Judge(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
