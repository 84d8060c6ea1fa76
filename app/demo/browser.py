"""Opens the page of the demo, where there is a screen to show it on."""

import os
import subprocess
import sys
from collections.abc import Mapping

OPEN = "import sys, webbrowser; webbrowser.open(sys.argv[1])"


def has_screen(environment: Mapping[str, str], platform: str) -> bool:
    """Whether a browser would show before whoever started us, and not on a machine far away."""
    if environment.get("SSH_CONNECTION"):
        return False
    if platform in ("darwin", "win32"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def show(url: str) -> None:
    """Open it, in a process of its own: what a browser prints does not belong in the chat."""
    if has_screen(os.environ, sys.platform):
        subprocess.Popen(  # noqa: S603 - our own interpreter; the address is ours
            [sys.executable, "-c", OPEN, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
