"""The frame around what others wrote: <<< before it and >>> behind."""

import re

_MARKS = re.compile(r"^[ \t)]*(?:<<<|>>>|> > >)[<> \t)]*$", re.MULTILINE)
_FRAME = re.compile(r"([^\n]*)\n<<<\n(.*?)\n>>>", re.DOTALL)


def unframed(text: str) -> str:
    """What others wrote, without anything that looks like the end of its frame."""
    return text.replace("<<<", "‹‹‹").replace(">>>", "›››")


def without_frames(text: str) -> str:
    """An answer without the marks of a frame that a model copied."""
    return _MARKS.sub("", text).strip() or text


def heads(text: str) -> list[str]:
    """The lines that say what stands in the frames of a text."""
    return [head for head, _ in _FRAME.findall(text)]


def contents(text: str) -> list[str]:
    """What stands in each frame."""
    return [content.strip() for _, content in _FRAME.findall(text)]


def besides(text: str) -> str:
    """What stands beside the frames of a text."""
    return _FRAME.sub("", text).strip()


def framed(text: str) -> str:
    """What stands in the frame; "" where there is none."""
    return text.partition("<<<")[2].rpartition(">>>")[0].strip()
