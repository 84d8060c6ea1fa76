"""Text under the headings it stands under."""

from collections.abc import Iterator

from app.media.convert.parts import Part

MAX_HEADING = 120  # characters; what is longer is a paragraph in large letters


class Headings:
    """Takes headings and paragraphs in their order, gives sections."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []
        self._lines: list[str] = []

    def add(self, text: str) -> None:
        """A paragraph under the present heading."""
        if text:
            self._lines.append(text)

    def under(self, level: int, heading: str) -> Iterator[Part]:
        """A heading (1 is the highest): what stood before it is a part."""
        heading = " ".join(heading.split())
        if not heading or len(heading) > MAX_HEADING:
            self.add(heading)
            return
        yield from self.end()
        self._path = [*(one for one in self._path if one[0] < level), (level, heading)]

    def end(self) -> Iterator[Part]:
        """What is left."""
        if self._lines:
            yield Part(" › ".join(heading for _, heading in self._path), "\n".join(self._lines))
        self._lines = []
