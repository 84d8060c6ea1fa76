"""The tools as Ollama gets them: its client drops everything but plain types without a word."""

from pathlib import Path

from langchain_core.messages import HumanMessage

from graph.model import wire_schemas
from tests.brain import open_model, settings
from tests.fake_ollama import FakeOllama, Json
from tools.scan import scan


async def sent(ollama: FakeOllama, folder: Path) -> list[Json]:
    async with open_model(settings(ollama, folder)) as model:
        await model.answer([HumanMessage("Hola")], tools=wire_schemas(scan()))
    return [tool["function"] for tool in ollama.chats[0]["tools"]]


async def test_every_argument_reaches_the_model_with_its_type_and_meaning(
    ollama: FakeOllama, tmp_path: Path
) -> None:
    for function in await sent(ollama, tmp_path):
        assert function["description"]
        for name, argument in function["parameters"]["properties"].items():
            assert argument.get("type"), f"{function['name']}({name})"
            assert argument.get("description"), f"{function['name']}({name})"
            assert argument["type"] != "object"


async def test_the_contract_of_the_first_tools(ollama: FakeOllama, tmp_path: Path) -> None:
    tools = {one["name"]: one["parameters"] for one in await sent(ollama, tmp_path)}
    assert tools["calculator"]["properties"].keys() == {"expression"}
    assert tools["calculator"]["required"] == ["expression"]
    assert tools["clock"]["properties"].keys() == {"place"}
    assert not tools["clock"].get("required")


async def test_the_tools_are_short_enough_for_every_prompt(
    ollama: FakeOllama, tmp_path: Path
) -> None:
    for function in await sent(ollama, tmp_path):
        assert len(str(function)) < 800, function["name"]
