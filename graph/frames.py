"""The frame around what others wrote: <<< before it and >>> behind."""


def unframed(text: str) -> str:
    """What others wrote, without anything that looks like the end of its frame."""
    return text.replace("<<<", "‹‹‹").replace(">>>", "›››")
