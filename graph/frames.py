"""The frame around what others wrote: <<< before it and >>> behind."""

import re

_MARKS = re.compile(r"^[\s)]*(?:<<<|>>>|> > >)[<>\s)]*$", re.MULTILINE)


def unframed(text: str) -> str:
    """What others wrote, without anything that looks like the end of its frame."""
    return text.replace("<<<", "‹‹‹").replace(">>>", "›››")


def without_frames(text: str) -> str:
    """An answer without the marks of a frame that a model copied."""
    return _MARKS.sub("", text).strip() or text


def framed(text: str) -> str:
    """What stands in the frame; "" where there is none."""
    return text.partition("<<<")[2].rpartition(">>>")[0].strip()
