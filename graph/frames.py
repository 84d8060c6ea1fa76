"""The frame around what others wrote: <<< before it and >>> behind."""


def unframed(text: str) -> str:
    """What others wrote, without anything that looks like the end of its frame."""
    return text.replace("<<<", "‹‹‹").replace(">>>", "›››")


def framed(text: str) -> str:
    """What stands in the frame; "" where there is none."""
    return text.partition("<<<")[2].rpartition(">>>")[0].strip()
