"""The checker's door and its looks at the table of models; inside it compares, no more."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from bfcl_eval.constants.model_config import MODEL_CONFIG_MAPPING


class Language(Enum):
    """Of the functions."""

    PYTHON = "python"


def ast_checker(
    func_description: Sequence[Mapping[str, Any]],
    model_output: Sequence[Mapping[str, Any]],
    possible_answer: Sequence[Mapping[str, Any]],
    language: Language,
    test_category: str,
    model_name: str,
) -> dict[str, Any]:
    """Whether each argument has one of its values; raises KeyError for one that nobody knows."""
    assert MODEL_CONFIG_MAPPING[model_name].underscore_to_dot
    if len(model_output) != len(possible_answer):
        return {"valid": False, "error": ["Wrong number of functions."]}
    for made, right in zip(model_output, possible_answer, strict=True):
        [(name, values)] = right.items()
        arguments = made.get(name.replace(".", "_"))
        if not arguments or any(one not in values[key] for key, one in arguments.items()):
            return {"valid": False, "error": ["Invalid value."]}
    return {"valid": True, "error": []}
