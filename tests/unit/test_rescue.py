"""Tool calls written as text: what must be found, and what must be left alone."""

import time

import pytest

from graph.rescue import RescuedCall, may_become_call, rescue, rescue_calls

OFFERED = ("calculator", "clock")
SUM = RescuedCall("calculator", {"expression": "2350*0.18"})
TOKYO = RescuedCall("clock", {"place": "Tokyo"})

FOUND = [
    # Qwen2.5-Coder 1.5B: fenced, with and without the language, indented
    ('```json\n{"name": "calculator", "arguments": {"expression": "2350*0.18"}}\n```', [SUM]),
    (
        '```\n{\n  "name": "calculator",\n'
        '  "arguments": {\n    "expression": "2350*0.18"\n  }\n}\n```',
        [SUM],
    ),
    # Qwen2.5-Coder 1.5B: the tag of the tool list
    (
        '<tools>\n{"name": "calculator", "arguments": {"expression": "2350*0.18"}}\n</tools>',
        [SUM],
    ),
    # the closing tag never came
    ('<tool_call>\n{"name": "clock", "arguments": {"place": "Tokyo"}}', [TOKYO]),
    # Hermes, two calls in two tags
    (
        '<tool_call>\n{"name": "clock", "arguments": {"place": "Tokyo"}}\n</tool_call>\n'
        '<tool_call>\n{"name": "calculator", "arguments": {"expression": "2350*0.18"}}\n'
        "</tool_call>",
        [TOKYO, SUM],
    ),
    # Mistral: a list
    (
        '[{"name": "clock", "arguments": {"place": "Tokyo"}},'
        ' {"name": "calculator", "arguments": {"expression": "2350*0.18"}}]',
        [TOKYO, SUM],
    ),
    # No arguments
    ('```\n{\n  "name": "clock"\n}\n```', [RescuedCall("clock", {})]),
    # Llama 3.2: bare, "parameters"
    ('{"name": "clock", "parameters": {"place": "Tokyo"}}', [TOKYO]),
    ('<|python_tag|>{"name": "clock", "parameters": {"place": "Tokyo"}}', [TOKYO]),
    # OpenAI's wire form, arguments as a string
    (
        '{"type": "function", "function": {"name": "clock",'
        ' "arguments": "{\\"place\\": \\"Tokyo\\"}"}}',
        [TOKYO],
    ),
    ('{"tool_calls": [{"function": {"name": "clock", "arguments": {"place": "Tokyo"}}}]}', [TOKYO]),
    ('{"function": "clock", "arguments": {"place": "Tokyo"}}', [TOKYO]),
    # Python's quotes, trailing commas, a raw newline inside a string
    ("{'name': 'clock', 'arguments': {'place': 'Tokyo',},}", [TOKYO]),
    (
        "{'name': 'calculator', 'arguments': {'expression': 'it\\'s \"2\"'}}",
        [RescuedCall("calculator", {"expression": 'it\'s "2"'})],
    ),
    (
        '{"name": "clock", "arguments": {"place": "Buenos\nAires"}}',
        [RescuedCall("clock", {"place": "Buenos\nAires"})],
    ),
    # Qwen2.5-Coder 1.5B, warm: the same call twice
    (
        '```json\n{"name": "clock", "arguments": {"place": "Tokyo"}}\n```\n'
        '```json\n{"name": "clock", "arguments": {"place": "Tokyo"}}\n```',
        [TOKYO],
    ),
    # no arguments
    ('{"name": "clock", "arguments": {}}', [RescuedCall("clock", {})]),
    ('{"name": "clock", "arguments": ""}', [RescuedCall("clock", {})]),
]

LEFT_ALONE = [
    # JSON the user asked for
    '{"name": "Carla", "arguments": {"age": 30}}',
    '```json\n{"colores": ["rojo", "azul"]}\n```',
    '[{"name": "Ana"}, {"name": "Luis"}]',
    # an offered name without arguments is a word like any other
    '{"name": "clock", "price": 20}',
    # a list that mixes a call with something else
    '[{"name": "clock", "arguments": {"place": "Tokyo"}}, {"name": "Luis"}]',
    # a call inside a larger document is a quotation
    '{"example": {"name": "clock", "arguments": {"place": "Tokyo"}}}',
    # arguments that are no object
    '{"name": "clock", "arguments": "Tokyo"}',
    '{"name": "clock", "arguments": ["Tokyo"]}',
    # cut off by num_predict
    '{"name": "clock", "arguments": {"place": "To',
    # prose and code
    "Usá la calculadora: calculator(2350*0.18)",
    "```python\nprint({'a': 1})\n```",
    "",
]


@pytest.mark.parametrize(("text", "calls"), FOUND)
def test_a_call_written_as_text_is_found(text: str, calls: list[RescuedCall]) -> None:
    found = rescue(text, OFFERED)
    assert list(found.calls) == calls
    assert found.whole
    assert may_become_call(text)  # held back while it streamed


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_everything_else_is_left_alone(text: str) -> None:
    found = rescue(text, OFFERED)
    assert found.calls == ()
    assert found.prose == text.strip()
    assert not found.whole


def test_prose_around_a_call_is_kept_apart() -> None:
    call = '```json\n{"name": "clock", "arguments": {"place": "Tokyo"}}\n```'
    text = f"Voy a calcularlo.\n{call}\nListo."
    found = rescue(text, OFFERED)
    assert found.calls == (TOKYO,)
    assert found.prose.split() == ["Voy", "a", "calcularlo.", "Listo."]
    assert not found.whole
    assert rescue_calls(text, OFFERED) == [TOKYO]


def test_a_tool_that_was_not_offered_is_not_called() -> None:
    text = '{"name": "clock", "arguments": {"place": "Tokyo"}}'
    assert rescue_calls(text, ("calculator",)) == []
    assert rescue_calls(text, ()) == []


@pytest.mark.parametrize("text", [text for text, _ in FOUND])
def test_no_prefix_of_a_call_is_let_out(text: str) -> None:
    assert all(may_become_call(text[:end]) for end in range(len(text) + 1))


@pytest.mark.parametrize(
    "prefix",
    [
        "Hola",
        "<b>",
        "<3 vos también",
        '{"colores',
        "{1, 2}",
        "[1]",
        "[ver](https://example.org)",
        "```python\nprint",
        "`ls` muestra",
        '```json\n{"edad": 3',
    ],
)
def test_a_stream_flows_as_soon_as_it_cannot_be_a_call(prefix: str) -> None:
    assert not may_become_call(prefix)


@pytest.mark.parametrize(
    "text",
    [
        '{"name":' * 2500,
        "[{" * 5000,
        "[" * 15000 + "{",
        "{'name': '" * 1500,
        '{"a": "' + "x" * 50_000 + '"}',
    ],
)
def test_hostile_text_is_refused_quickly(text: str) -> None:
    began = time.perf_counter()
    assert rescue_calls(text, OFFERED) == []
    assert time.perf_counter() - began < 2
