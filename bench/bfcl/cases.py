"""Which cases are asked, and their functions as both ways of asking are told about them."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.foreign import plain_name

Json = dict[str, Any]

# How many of each category; live_relevance has no more.
SAMPLE = {"simple_python": 36, "multiple": 24, "irrelevance": 24, "live_relevance": 16}
SEED = 20261126  # of the draw; another one is another sample
# The types that are Python's; bfcl-eval sends the same ones to models that take JSON schemas.
TYPES = {"dict": "object", "float": "number", "tuple": "array", "any": "string"}


@dataclass(frozen=True)
class Case:
    """A question, and the functions that may or may not answer it."""

    id: str
    messages: tuple[tuple[str, str], ...]  # (role, text); the last is the user's
    functions: tuple[Json, ...]  # {"name", "description", "parameters": JSON schema}

    @property
    def category(self) -> str:
        return self.id.rpartition("_")[0]


def sample(cases: Callable[[str], list[Json]], sizes: Mapping[str, int] = SAMPLE) -> list[Case]:
    """The same ones every time, the categories mixed evenly: the first few are a sample as well.

    `cases` gives those of a category.
    """
    placed = []
    for category, size in sizes.items():
        drawn = random.Random(f"{SEED} {category}").sample(cases(category), size)
        placed += [((place + 0.5) / size, read(row)) for place, row in enumerate(drawn)]
    return [case for _, case in sorted(placed, key=lambda one: one[0])]


def read(row: Json) -> Case:
    """A case as bfcl-eval has it. Of several turns, the first."""
    messages = tuple((one["role"], one["content"]) for one in row["question"][0])
    return Case(row["id"], messages, tuple(map(_function, row["function"])))


def _function(given: Json) -> Json:
    return {
        "name": plain_name(given["name"]),
        "description": given["description"],
        "parameters": schema(given["parameters"]),
    }


def schema(given: Json) -> Json:
    """What an argument is, in JSON schema; where it does not say, it is text."""
    kind = given.get("type", "string")
    told = {**given, "type": TYPES.get(kind, kind)}
    if "properties" in given:
        told["properties"] = {name: schema(one) for name, one in given["properties"].items()}
    if "items" in given:
        told["items"] = schema(given["items"])
    return told
