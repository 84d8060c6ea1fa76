"""The sample of BFCL: the same cases each time, asked both ways, judged in another process."""

import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolCall

from bench.bfcl.cases import Case, Json, read, sample, schema
from bench.bfcl.judging import Judge, judge
from bench.bfcl.run import ask, figures, measure
from bench.bfcl.ways import Bare, Ours, open_ours, prompts
from tests.bfcl_double import HERE as DOUBLE
from tests.fake_ollama import FakeOllama, Script, fail, tool_call, tool_calls

MODEL = "qwen3:8b"
WRITTEN = '```json\n{"name": "maths_root", "arguments": {"of": 16}}\n```'
SIXTEEN = tool_call("maths_root", of=16)


@pytest.fixture(scope="module")
def judging() -> Iterator[Judge]:
    with judge(Path(sys.executable), path=str(DOUBLE)) as found:
        yield found


@pytest.fixture
def case(judging: Judge) -> Case:
    return read(judging.cases("simple_python")[0])


@pytest.fixture
async def ours(ollama: FakeOllama, tmp_path: Path) -> AsyncIterator[Ours]:
    async with open_ours(ollama.url, MODEL, tmp_path) as found:
        yield found


@pytest.fixture
async def bare(ollama: FakeOllama) -> AsyncIterator[Bare]:
    async with aclosing(Bare(ollama.url, MODEL)) as found:
        yield found


def made(*calls: tuple[str, dict[str, Any]]) -> list[ToolCall]:
    return [ToolCall(name=name, args=args, id="") for name, args in calls]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"type": "float", "description": "x"}, {"type": "number", "description": "x"}),
        ({"type": "any"}, {"type": "string"}),
        ({"description": "does not say"}, {"type": "string", "description": "does not say"}),
        ({"type": "integer", "enum": [1, 2], "default": 1},
         {"type": "integer", "enum": [1, 2], "default": 1}),
        ({"type": "tuple", "items": {"type": "float"}},
         {"type": "array", "items": {"type": "number"}}),
        ({"type": "array", "items": {"type": "array", "items": {"type": "dict"}}},
         {"type": "array", "items": {"type": "array", "items": {"type": "object"}}}),
        # An argument may have a name that means something in a schema.
        ({"type": "dict", "properties": {"type": {"type": "any"}, "items": {"type": "float"}}},
         {"type": "object", "properties": {"type": {"type": "string"},
                                           "items": {"type": "number"}}}),
    ],
)  # fmt: skip
def test_types_are_those_of_json_schema(given: Json, told: Json) -> None:
    assert schema(given) == told


def _rows(category: str) -> list[Json]:
    questions = [[{"role": "user", "content": "?"}]]
    return [{"id": f"{category}_{n}", "question": questions, "function": []} for n in range(300)]


def test_the_sample_is_the_same_every_time() -> None:
    drawn = [case.id for case in sample(_rows)]
    assert drawn[:4] == [
        "simple_python_84",
        "multiple_292",
        "irrelevance_117",
        "live_relevance_111",
    ]
    assert drawn == [case.id for case in sample(_rows)]
    assert len(set(drawn)) == len(drawn) >= 100
    # The first few of it are one as well.
    assert Counter(one.rpartition("_")[0] for one in drawn[:25]) == {
        "simple_python": 9,
        "multiple": 6,
        "irrelevance": 6,
        "live_relevance": 4,
    }


def test_dots_in_names_are_underscores(case: Case) -> None:
    assert [one["name"] for one in case.functions] == ["maths_root"]


@pytest.mark.parametrize(
    ("case_id", "calls", "error"),
    [
        ("simple_python_0", made(("maths_root", {"of": 16})), ""),
        ("simple_python_0", made(("maths_root", {"of": 25})), "['Invalid value.']"),
        ("simple_python_0", [], "['Wrong number of functions.']"),
        # The checker stumbles, and the judge goes on.
        ("simple_python_0", made(("maths_root", {"ñ": 16})), "KeyError('ñ')"),
        ("irrelevance_7", [], ""),
        ("irrelevance_7", made(("any", {})), "a call where none was of use"),
        ("live_relevance_3-3-0", made(("any", {})), ""),
        ("live_relevance_3-3-0", [], "no call"),
    ],
)
def test_the_judge_says_what_is_wrong(
    judging: Judge, case_id: str, calls: Sequence[ToolCall], error: str
) -> None:
    verdict = judging.verdict(case_id, calls)
    assert (verdict.valid, verdict.error) == (not error, error)
    assert judging.verdict("simple_python_1", calls).expected == [{"maths.root": {"of": [25]}}]


def test_a_judge_that_is_gone_is_no_verdict() -> None:
    with judge(Path(sys.executable)) as found, pytest.raises(RuntimeError):
        found.cases("simple_python")


@pytest.mark.parametrize(
    ("to_ours", "to_bare", "right"),
    [
        ([SIXTEEN], SIXTEEN, {"ours", "bare", "read"}),
        # As Qwen2.5-Coder writes it.
        ([WRITTEN], WRITTEN, {"ours", "read"}),
        # Refused, told why, tried again.
        ([tool_call("maths_root"), SIXTEEN], tool_call("maths_root"), {"ours"}),
        ([tool_call("maths_root", of="16")], tool_call("maths_root", of="16"), {"ours"}),
        # What comes after the first call that reached the function is not asked for.
        ([tool_call("maths_root", of=4)], "It is 4.", set()),
        ([tool_calls(("maths_root", {"of": 16}), ("maths_root", {"of": 4}))], SIXTEEN,
         {"bare", "read"}),
        (["It is 4."], fail(500, "error parsing tool call: maths_root"), set()),
    ],
)  # fmt: skip
async def test_both_ways_are_asked_the_same(
    ollama: FakeOllama,
    case: Case,
    ours: Ours,
    bare: Bare,
    judging: Judge,
    to_ours: list[Script],
    to_bare: Script,
    right: set[str],
) -> None:
    ollama.script(*to_ours, to_bare)
    row = await ask(case, ours, bare, judging)
    assert {way for way in ("ours", "bare", "read") if row[way]["valid"]} == right
    assert ollama.unused == 0
    first, *_, last = ollama.chats
    assert [one["function"]["name"] for one in first["tools"]] == ["maths_root"]
    assert first["tools"] == last["tools"]
    assert [one["role"] for one in first["messages"]] == ["system", "user"]
    assert last["messages"] == [{"role": "user", "content": "What is the root of 16?"}]
    same = ("num_ctx", "num_predict", "temperature", "seed")
    assert [first["options"][one] for one in same] == [last["options"][one] for one in same]


async def test_a_function_that_the_product_cannot_offer_is_left_out(
    ollama: FakeOllama, case: Case, ours: Ours
) -> None:
    nested = {"type": "object", "properties": {"at": {"type": "object"}}, "required": ["at"]}
    more = {"name": "go", "description": "Goes.", "parameters": nested}
    await ours.ask(Case(case.id, case.messages, (*case.functions, more)))
    assert [one["function"]["name"] for one in ollama.chats[0]["tools"]] == ["maths_root"]


def test_the_prompts_name_no_tool_that_is_not_there(tmp_path: Path) -> None:
    text = (prompts(tmp_path) / "en" / "tools.md").read_text(encoding="utf-8")
    assert "calculator" not in text
    assert "answer directly" in text


async def test_a_run_that_was_cut_short_goes_on(
    ollama: FakeOllama, ours: Ours, bare: Bare, judging: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "results" / "bfcl.jsonl"
    cases = [read(row) for row in judging.cases("simple_python")]
    ollama.script(SIXTEEN, SIXTEEN, fail(400, "no"))
    with pytest.raises(Exception, match="no"):
        await measure(cases, ours, bare, judging, path)
    [line] = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["ours"]["calls"] == [{"name": "maths_root", "args": {"of": 16}}]
    ollama.script(tool_call("maths_root", of=25), "It is 5.")
    rows = await measure(cases, ours, bare, judging, path)
    assert [(row["ours"]["valid"], row["bare"]["valid"]) for row in rows] == [
        (True, True),
        (True, False),
    ]


@pytest.mark.parametrize(("ours_right", "kept"), [(2, True), (1, False)])
def test_the_promise_is_a_difference(ours_right: int, kept: bool) -> None:
    rows = [
        {
            "category": "multiple",
            "ours": {"valid": number < ours_right},
            "bare": {"valid": number < 1},
            "read": {"valid": False},
        }
        for number in range(10)
    ]
    whole, size, multiple = figures(rows)
    assert (whole.value, whole.floor, whole.kept) == (ours_right / 10, 0.1, kept)
    assert not size.kept  # ten cases are no sample of a hundred
    assert (multiple.name, multiple.kept) == ("BFCL, multiple (10)", True)
