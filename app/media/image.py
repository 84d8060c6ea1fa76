"""Pictures as the turn reads them."""

from app.media.base import Seen
from app.media.eyes import Eyes
from graph.frames import unframed
from graph.prompts import Prompts
from store.media import MediaFile


class ImageReader:
    """The desk's reader of pictures."""

    def __init__(self, eyes: Eyes, prompts: Prompts, language: str) -> None:
        self._eyes = eyes
        self._prompts = prompts
        self._language = language

    async def read(self, file: MediaFile, *, question: str) -> Seen:
        """A description in its frame, or the text that stands on the picture in another one."""
        sight = await self._eyes.look(file.path, question)
        if not sight.text:
            return Seen("", sight.remark)
        frame = "picture_read" if sight.remark else "picture_seen"
        text = self._prompts.message(self._language, frame, text=unframed(sight.text))
        return Seen(text, sight.remark)

    async def aclose(self) -> None:
        """Close the eyes."""
        await self._eyes.aclose()
