"""Errors of the tools package.

ToolError
├── Refused          the house does not let it run: the tool was never asked
│   └── Declined     the owner was asked, and said no
├── BadArgument      the model (or the owner) gave something the tool cannot use
└── ToolLoadError    a tool file or entry point does not keep the contract
"""


class ToolError(Exception):
    """The tool could not do it.

    `text` is one short sentence the model can act on, or a key of `messages.toml`, which is then
    said in the owner's language with `values` filled in (what the tools of this house do).
    """

    def __init__(self, text: str, **values: str) -> None:
        super().__init__(text)
        self.text = text
        self.values = values


class Refused(ToolError):
    """The house does not let it run, or it came to no end: nothing the tool said is in it."""


class Declined(Refused):
    """The owner was asked whether it may run, and said no."""


class BadArgument(ToolError):
    """An argument cannot be used; the text says which and what would be right."""


class ToolLoadError(ToolError):
    """A tool file or entry point does not keep the contract."""
