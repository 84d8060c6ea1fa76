"""`python judge.py`, run by the Python that has `bfcl-eval` and nothing of ours.

A JSON line in, a JSON line out:

    {"cases": "multiple"}               -> the cases of that category, as bfcl-eval has them
    {"id": ..., "calls": [{"name", "args"}, ...]}   -> {"valid", "error", "expected"}
"""

import json
import sys
import types
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module, resources
from typing import Any

Json = dict[str, Any]

DATA = "BFCL_v4_{category}.json"
ANSWERS = f"possible_answer/{DATA}"
TABLE = "bfcl_eval.constants.model_config"
CHECKER = "bfcl_eval.eval_checker.ast_eval.ast_checker"
MODEL = "wasap"


def main() -> None:
    """Answer each line until there are no more."""
    for line in sys.stdin:
        asked = json.loads(line)
        found = cases(asked["cases"]) if "cases" in asked else verdict(asked["id"], asked["calls"])
        print(json.dumps(found), flush=True)


def cases(category: str) -> list[Json]:
    """Every case of a category, in the order of the file."""
    return list(_rows(DATA.format(category=category)).values())


def verdict(case_id: str, calls: Sequence[Json]) -> Json:
    """Whether these calls are the right answer; for (ir)relevance, whether there are any."""
    category = case_id.rpartition("_")[0]
    if category.endswith("irrelevance"):
        return _verdict(not calls, "a call where none was of use", "no call")
    if category.endswith("relevance"):
        return _verdict(bool(calls), "no call", "any call")
    case = _rows(DATA.format(category=category))[case_id]
    expected = _rows(ANSWERS.format(category=category))[case_id]["ground_truth"]
    checker = _checker()
    answer = [{call["name"]: call["args"]} for call in calls]
    try:
        found = checker.ast_checker(
            case["function"], answer, expected, checker.Language.PYTHON, category, MODEL
        )
    except Exception as error:  # noqa: BLE001 - theirs: what it cannot read is no right answer
        return _verdict(False, repr(error), expected)
    return _verdict(found["valid"], str(found["error"]), expected)


def _verdict(valid: bool, error: str, expected: object) -> Json:
    return {"valid": valid, "error": "" if valid else error, "expected": expected}


@cache
def _rows(name: str) -> Mapping[str, Json]:
    text = (resources.files("bfcl_eval") / "data" / name).read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.split("\n") if line]
    return {row["id"]: row for row in rows}


@cache
def _checker() -> Any:
    """bfcl-eval's checker of calls.

    It looks up one thing in the table of models: whether dots in names become underscores, as they
    do here. That table brings in 30 SDKs, from boto3 to faiss; the checker itself is plain Python.
    """
    table: Any = types.ModuleType(TABLE)
    table.MODEL_CONFIG_MAPPING = {MODEL: types.SimpleNamespace(underscore_to_dot=True)}
    sys.modules[TABLE] = table
    return import_module(CHECKER)


if __name__ == "__main__":
    main()
