"""What a picture shows: a model looks at it, or, where none can, OCR reads what stands on it."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from app.errors import OcrError, PictureError
from app.media.ocr import Ocr
from graph.errors import ModelError, ModelMissing
from graph.prompts import Prompts
from graph.shrinking import shrunk

log = structlog.get_logger()

VISION_SIDE = 1024  # pixels of the longer side; more costs llava and its kind time and no more
OCR_SIDE = 2000  # small print needs it; rapidocr makes larger ones smaller itself
MAX_TEXT = 3_500  # characters given to the model, some 1,000 tokens
TRIES = 3  # for a picture over which the model breaks or takes too long; it may be the picture
ADVISED = "llava:7b"  # for who has no model that sees


class Vision(Protocol):
    """A model that sees; `graph.vision` is the one the product uses."""

    @property
    def name(self) -> str: ...

    async def can_see(self) -> bool:
        """Raises ModelError: ModelMissing where there is none, others where nobody answers."""
        ...

    async def describe(self, jpeg: bytes, request: str) -> str:
        """Raises ModelError."""
        ...


@dataclass(frozen=True)
class Sight:
    """What came of a look."""

    text: str  # a description, or the text that was read; "" for nothing
    remark: str = ""  # for the owner: why it is no description


class Eyes:
    """Looks at one picture after the other, as well as this machine can."""

    def __init__(self, ocr: Ocr | None, prompts: Prompts, language: str) -> None:
        """Looks wait until `open` has said which model there is."""
        self._ocr = ocr
        self._prompts = prompts
        self._language = language
        self._vision: Vision | None = None
        self._open = asyncio.Event()
        self._broke: Counter[Path] = Counter()  # tries so far

    def open(self, vision: Vision | None) -> None:
        """None: the built-in model answers, and it does not see."""
        self._vision = vision
        self._open.set()

    async def aclose(self) -> None:
        """End the OCR."""
        if self._ocr is not None:
            await self._ocr.aclose()

    async def can_look(self) -> bool:
        """Whether there is anything to look with. An Ollama that does not answer may have it."""
        if self._ocr is not None:
            return True
        try:
            return self._vision is not None and await self._vision.can_see()
        except ModelError as error:
            return not isinstance(error, ModelMissing)

    async def look(self, file: Path, question: str = "") -> Sight:
        """What a picture shows, as far as the question asks.

        Raises:
            ModelError: the model is away and may see it later.
        """
        await self._open.wait()
        try:
            return await self._seen(file, question) or await self._read(file, self._blind(ADVISED))
        except PictureError as error:
            return Sight("", self._say(error.key))

    async def _seen(self, file: Path, question: str) -> Sight | None:
        """By the model; None where none sees."""
        if self._vision is None:
            return None
        try:
            if not await self._vision.can_see():
                return None
            jpeg = await _small(file, VISION_SIDE)
            text = await self._vision.describe(jpeg, self._request(question))
        except ModelMissing:
            return await self._read(file, self._blind(self._vision.name))
        except ModelError as error:
            if error.passes and not self._is_hopeless(file, error):
                raise
            log.warning("picture_not_described", kind=error.kind, model=self._vision.name)
            return await self._read(file, self._say("picture_not_described"))
        self._broke.pop(file, None)
        return Sight(shrunk(text, MAX_TEXT))

    def _is_hopeless(self, file: Path, error: ModelError) -> bool:
        """Whether the model broke over this picture too often; one that is only away never does."""
        self._broke[file] += error.tries is not None
        return self._broke[file] >= TRIES and bool(self._broke.pop(file))

    async def _read(self, file: Path, why: str) -> Sight:
        """By the OCR, with the reason why nobody saw it."""
        text = ""
        jpeg = await _small(file, OCR_SIDE)  # a broken one is that first of all
        if self._ocr is not None:
            try:
                text = shrunk(await self._ocr.read(jpeg), MAX_TEXT)
            except OcrError as error:
                log.warning("picture_not_read", reason=str(error))
        return Sight(text, f"{self._say('picture_only_read')} {why}" if text else why)

    def _blind(self, model: str) -> str:
        key = "picture_blind" if self._vision else "picture_built_in"
        return self._say(key, model=model)

    def _request(self, question: str) -> str:
        asked = self._say("picture_asked", question=question.strip()) if question.strip() else ""
        return self._prompts.render(self._language, "picture", question=asked).strip()

    def _say(self, key: str, **values: str) -> str:
        return self._prompts.message(self._language, key, **values)


async def _small(file: Path, longest: int) -> bytes:
    from app.media.picture import small_jpeg  # Pillow: only for who sends pictures

    return await asyncio.to_thread(small_jpeg, file, longest)
