"""Tools of others: their arguments as the model can be told, and the calls that come of it."""

from typing import Any

import pytest

from app.tools_cli import on_the_wire
from graph.taint import outside_mark
from tools.contract import Effect
from tools.errors import Refused, ToolLoadError
from tools.flat import flat
from tools.foreign import MAX_DESCRIPTION, ForeignTool, foreign_tool

TEXT = {"type": "string"}
KIND = {"$defs": {"Kind": {"enum": ["book", "film"], "type": "string", "title": "Kind"}}}


def of(argument: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"one": argument}, **more}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"type": "string", "title": "One", "default": "x", "minLength": 2}, TEXT),
        # pydantic's and zod's ways to say that it may be left out
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}, {"type": "integer"}),
        ({"type": ["null", "number"]}, {"type": "number"}),
        ({"allOf": [{"$ref": "#/$defs/Kind"}], "description": "Which"},
         {"type": "string", "enum": ["book", "film"], "description": "Which"}),
        ({"$ref": "#/$defs/Kind"}, {"type": "string", "enum": ["book", "film"]}),
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"oneOf": [{"type": "object"}, {"type": "array", "items": TEXT}]},
         {"type": "array", "items": TEXT}),
        ({"type": "array"}, {"type": "array", "items": TEXT}),
    ],
)  # fmt: skip
def test_what_can_be_said_plainly_is(given: dict[str, Any], told: dict[str, Any]) -> None:
    assert flat(of(given, **KIND))["properties"] == {"one": told}


NESTED = [
    {"type": "object", "properties": {"a": TEXT}},
    {"type": "array", "items": {"type": "object"}},
    {"type": "array", "items": {"type": "array", "items": TEXT}},
    {"$ref": "#/$defs/Tree"},
    {"$ref": "#/$defs/Nowhere"},
    {},
    True,
]
TREE = {"$defs": {"Tree": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]}}}


@pytest.mark.parametrize("given", NESTED)
def test_what_is_nested_is_left_out_or_keeps_the_tool_out(given: Any) -> None:
    schema = of(given, **TREE)
    assert flat({**schema, "required": []})["properties"] == {}
    with pytest.raises(ToolLoadError, match="'one' is nested"):
        flat({**schema, "required": ["one"]})


async def _said(arguments: dict[str, Any]) -> str:
    return str(sorted(arguments.items()))


def made(schema: dict[str, Any], *, name: str = "find", description: str = "Find.") -> ForeignTool:
    return foreign_tool(name, description, schema, effect=Effect.READ, timeout_s=1, call=_said)


async def test_numbers_that_a_model_writes_as_text_are_numbers() -> None:
    tool = made({"properties": {"limit": {"type": "integer"}, "config": TEXT}})
    assert await tool.ainvoke({"limit": "5", "config": "7"}) == "[('config', '7'), ('limit', 5)]"
    assert await tool.ainvoke({"limit": "five"}) == "[('limit', 'five')]"


async def test_a_call_without_what_it_needs_is_not_made() -> None:
    with pytest.raises(Refused, match="tool_bad_arguments") as caught:
        await made(of(TEXT, required=["one"])).ainvoke({})
    assert caught.value.values == {"name": "find", "arguments": "one"}


def test_names_and_descriptions_are_fit_for_every_prompt() -> None:
    tool = made({}, name="files/read.it", description=f"Reads it.\n\n{'Words. ' * 200}")
    assert tool.name == "files_read_it"
    assert tool.description.startswith("Reads it. Words.")
    assert len(tool.description) <= MAX_DESCRIPTION
    [told] = on_the_wire([tool])
    assert told["function"]["parameters"] == {"type": "object", "properties": {}, "required": []}


def test_what_it_returns_was_written_by_others_even_where_it_only_reads() -> None:
    assert outside_mark(made({}))
