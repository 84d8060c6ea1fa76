"""The listening process (`app.media.hearing`), seen from here."""

from pathlib import Path

from app.media.child import Child
from app.media.hearing import Heard

ANSWER_TIMEOUT_S = 900.0  # for one file, loading included; then the process is killed


class Transcriber(Child):
    """Writes down what is spoken."""

    def __init__(self, folder: Path, *, language: str, idle_s: float) -> None:
        """`folder`: the weights; `idle_s`: seconds without work until their memory is free."""
        super().__init__(
            "transcriber",
            "app.media.hearing",
            str(folder),
            language,
            timeout_s=ANSWER_TIMEOUT_S,
            idle_s=idle_s,
        )

    async def hear(self, path: Path, *, max_s: float) -> Heard:
        """What is said in a file, up to `max_s` seconds long; waits for the one before it.

        Raises ChildDied, or TimeoutError after ANSWER_TIMEOUT_S.
        """
        return Heard(**await self.ask(path=str(path), max_s=max_s))
