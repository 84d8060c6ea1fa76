"""The retrieval tests once more where sqlite-vec loads: many Python builds cannot load extensions.

`python -m tests.extension` looks for an interpreter of this version that can (Debian's own does)
and lends it this environment's packages.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = ("tests/unit/test_vectors.py", "tests/unit/test_recall.py")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
PROBE = """
import sqlite3, sys, sysconfig
assert sysconfig.get_python_version() == sys.argv[1]
from store.vectors import load_extension
assert load_extension(sqlite3.connect(":memory:"))
"""


def main() -> int:
    """Exit code of the tests; 0 with a loud line where no interpreter can run them."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        print("sqlite-vec: loads here, the tests above ran on it")
        return 0
    for python in _candidates():
        if _run(python, "-c", PROBE, VERSION, quiet=True) == 0:
            print(f"sqlite-vec: the retrieval tests under {python}", flush=True)
            return _run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS)
    print(
        f"{'!' * 79}\nNOT TESTED HERE: sqlite-vec. No Python {VERSION} on this machine can load"
        f" SQLite extensions\n(on Debian: apt-get install python3).\n{'!' * 79}"
    )
    return 0


def _candidates() -> Iterator[str]:
    folders = ["/usr/bin", "/usr/local/bin", *os.environ.get("PATH", "").split(os.pathsep)]
    for folder in dict.fromkeys(folders):
        if found := shutil.which(f"python{VERSION}", path=folder):
            yield found


def _run(python: str, *arguments: str, quiet: bool = False) -> int:
    packages = sysconfig.get_path("purelib")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), packages])}
    sink = subprocess.DEVNULL if quiet else None
    return subprocess.run(
        [python, *arguments], cwd=ROOT, env=environment, stdout=sink, stderr=sink, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
