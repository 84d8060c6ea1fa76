"""What a command offers the owner to say next."""

from typing import NamedTuple

MOST = 10  # Meta: rows in a list; more are better typed


class Choice(NamedTuple):
    """A tap on it says its words."""

    words: str  # short: Meta shows 20 characters on a button, 24 in a row
    about: str = ""  # stands under the words where there is room
