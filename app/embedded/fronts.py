"""Computed prompt fronts on disk: system text and tools, read once and not again at every start.

1,700 tokens take 14 to 26 s on two cores; restored from a file of some 50 MB they take 6 ms. Only
fronts without a user's words are kept here.
"""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import httpx
import structlog

log = structlog.get_logger()

KEPT = 3  # files; an edited prompt leaves its old front behind
TIMEOUT_S = 30.0


class Fronts:
    """A folder of them. `restore` and `save` talk to llama.cpp's own port."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def name(self, digest: str, num_ctx: int, parts: Sequence[str]) -> str:
        """The file for this front of this model: another engine or window makes another file."""
        state = json.dumps([digest, num_ctx, version("xllamacpp"), *parts])
        return f"{hashlib.sha256(state.encode()).hexdigest()[:32]}.front"

    def has(self, name: str) -> bool:
        """Whether it was saved."""
        return (self.folder / name).is_file()

    async def restore(self, engine: httpx.AsyncClient, slot: int, name: str) -> bool:
        """Put a front into a slot; False when that cannot be, and then the file goes."""
        if not self.has(name):
            return False
        if await self._act(engine, slot, "restore", name):
            (self.folder / name).touch()
            return True
        (self.folder / name).unlink(missing_ok=True)
        return False

    async def save(self, engine: httpx.AsyncClient, slot: int, name: str) -> bool:
        """Keep what a slot has computed, and drop the fronts that were not used for longest."""
        # Another name at first: a process that dies here leaves no half front behind.
        if not await self._act(engine, slot, "save", f"{name}.part"):
            return False
        (self.folder / f"{name}.part").replace(self.folder / name)
        newest_first = sorted(
            self.folder.glob("*.front"), key=lambda path: path.stat().st_mtime, reverse=True
        )
        for path in newest_first[KEPT:]:
            path.unlink(missing_ok=True)
        return True

    async def _act(self, engine: httpx.AsyncClient, slot: int, action: str, name: str) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            answer = await engine.post(
                f"/slots/{slot}", params={"action": action}, json={"filename": name}
            )
            if answer.is_success:
                return True
        log.warning("front_not_kept", action=action)
        return False


def engine_client(address: str, key: str) -> httpx.AsyncClient:
    """To llama.cpp in this process."""
    return httpx.AsyncClient(
        base_url=address,
        headers={"Authorization": f"Bearer {key}"},
        timeout=TIMEOUT_S,
        trust_env=False,
        verify=False,  # noqa: S501 - plain http on loopback
    )
