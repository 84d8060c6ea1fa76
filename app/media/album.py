"""The pictures of the last hours, for questions that come after the first."""

from collections.abc import Callable

from app.media.eyes import Eyes
from graph.errors import ModelError
from store.clock import now_ms
from store.media import MediaStore
from tools.errors import ToolError

HOUR_MS = 3_600_000


class Album:
    """The tools' port to what was sent (tools.ports.Pictures)."""

    def __init__(
        self, media: MediaStore, eyes: Eyes, *, keep_hours: float, now: Callable[[], int] = now_ms
    ) -> None:
        self._media = media
        self._eyes = eyes
        self._keep_ms = int(keep_hours * HOUR_MS)
        self._now = now

    async def look(self, sender: str, question: str) -> str:
        """What the sender's newest picture shows, as far as a question asks.

        Raises:
            ToolError: there is none that is young enough, or it cannot be looked at.
        """
        file = await self._media.newest(sender, "image", since=self._now() - self._keep_ms)
        if file is None:
            raise ToolError("picture_none")
        try:
            sight = await self._eyes.look(file.path, question)
        except ModelError as error:
            raise ToolError("picture_later") from error
        if not sight.text:
            raise ToolError(sight.remark)
        return "\n".join(filter(None, [sight.remark, sight.text]))
