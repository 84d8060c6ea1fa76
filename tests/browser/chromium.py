"""Chromium for the tests: the one that CHROMIUM names, or the system's.

`python -m tests.browser.chromium` installs Debian's where there is none and we may.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "The tests of the phone page need Chromium or Chrome: install one (Debian: apt-get install"
    " chromium), or name it: CHROMIUM=/path/to/chrome make test"
)
FLAGS = (
    # A microphone that hums, and nobody who has to allow it.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


def find() -> str | None:
    """Its path; None where there is none."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless browser."""
    path = find()
    if path is None:
        raise FileNotFoundError(MISSING)
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()  # it refuses to run as root with one
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *root])
        yield browser
        browser.close()


def main() -> int:
    """Have it here; the exit code."""
    if find() is None and not os.environ.get("CHROMIUM") and _is_debian_and_root():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "--quiet=2", *step], env=environment, check=False)
    if find() is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    return 0


def _is_debian_and_root() -> bool:
    return shutil.which("apt-get") is not None and os.geteuid() == 0


if __name__ == "__main__":
    sys.exit(main())
