"""The two ways of asking the same model the same question. Both may write 256 tokens."""

import re
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import ollama
from langchain_core.messages import AIMessage, ToolCall
from langchain_core.tools import BaseTool
from langchain_ollama import ChatOllama
from langgraph.checkpoint.memory import InMemorySaver

from bench.bfcl.cases import SEED, Case, Json
from bench.prefix import NUM_CTX
from graph.build import build, run_config
from graph.model import TEMPERATURE, client_options
from graph.rescue import rescue_calls
from graph.settings import HOME
from store.database import Database
from tests.brain import OWNER, Brain, open_brain
from tests.fake_ollama import FakeOllama
from tools.contract import Effect
from tools.errors import ToolLoadError
from tools.foreign import foreign_tool
from tools.scan import scan

NUM_PREDICT = 256
PATIENCE_S = 1800  # for a prompt that is read beside other work
OLLAMA_REPEAT_LAST_N = 64  # Ollama's default, as are all options that are left out
BROKEN_CALL = "error parsing tool call"  # how Ollama, and our server, begin to say that


@dataclass(frozen=True)
class Answer:
    """The calls that came of a question, and what was said beside or instead of them."""

    calls: Sequence[ToolCall]
    text: str
    rounds: int  # calls, and sentences in their place, that the model made of it
    seconds: float


class Bare:
    """ChatOllama with `bind_tools`, and a server that does what Ollama does: it fills in the chat
    template that is in the weights (for Qwen2.5 the `<tools>` part, under its own "You are a
    helpful assistant") and reads calls between the `<tool_call>` tags that the template asks for.

    No prompt, no rescue, no second try; the model's temperature is the product's.
    """

    def __init__(self, url: str, model: str) -> None:
        self._model = ChatOllama(
            model=model,
            base_url=url,
            num_ctx=NUM_CTX,
            num_predict=NUM_PREDICT,
            temperature=TEMPERATURE,
            repeat_last_n=OLLAMA_REPEAT_LAST_N,
            seed=SEED,
            client_kwargs=client_options(url, PATIENCE_S),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._model._async_client._client.aclose()
        self._model._client._client.close()

    async def ask(self, case: Case) -> Answer:
        """One model call. A call whose JSON is broken is none, as for Ollama."""
        began = time.perf_counter()
        tools = [{"type": "function", "function": one} for one in case.functions]
        try:
            reply = await self._model.bind_tools(tools).ainvoke(list(case.messages))
        except ollama.ResponseError as error:
            if BROKEN_CALL not in error.error:
                raise
            reply = AIMessage(error.error)
        calls = reply.tool_calls if isinstance(reply, AIMessage) else []
        return Answer(calls, reply.text, 1, time.perf_counter() - began)


def read_by_rescue(answer: Answer, case: Case) -> list[ToolCall]:
    """The calls in a bare answer, those written as text too: how much of our layer is that alone.

    They are read as they are, without the repair of arguments.
    """
    offered = [one["name"] for one in case.functions]
    written = [] if answer.calls else rescue_calls(answer.text, offered)
    return [*answer.calls, *(ToolCall(name=one.name, args=one.arguments, id="") for one in written)]


class Ours:
    """The product's graph: its server, prompts, rescue and second tries, the functions offered as
    tools of others are (`tools.foreign`), none of which needs a tap.

    What counts is what reaches a function: a call that was refused for want of an argument, of
    which the model is told in a sentence, is none. The turn ends at the first that does. Functions
    that the product cannot offer, because they cannot do without a nested argument, are left out.
    """

    def __init__(self, brain: Brain) -> None:
        self._brain = brain

    async def ask(self, case: Case) -> Answer:
        """One turn of a thread of its own. Raises RuntimeError when the model goes away."""
        began = time.perf_counter()
        brain, made = self._brain, list[ToolCall]()
        brain.services = replace(brain.services, tools=_tools(case, made))
        brain.graph = build(brain.services).compile(
            checkpointer=InMemorySaver(), interrupt_after=["tool_executor"]
        )
        text = "\n\n".join(text for _, text in case.messages)
        reply = await brain.say(text, language="en")
        while not made and (await brain.graph.aget_state(run_config(OWNER))).next:
            reply = await brain.resume()
        state = await brain.state()
        if state["intent"] == "offline":
            raise RuntimeError("the model went away, and code answered in its place")
        rounds = sum(isinstance(one, AIMessage) for one in state["messages"])
        return Answer(made, reply, rounds, time.perf_counter() - began)


def _tools(case: Case, made: list[ToolCall]) -> tuple[BaseTool, ...]:
    tools = []
    for function in case.functions:
        try:
            tools.append(_tool(function, made))
        except ToolLoadError:
            continue
    return tuple(tools)


def _tool(function: Json, made: list[ToolCall]) -> BaseTool:
    """A tool that only keeps what it is called with."""
    name = function["name"]

    async def call(arguments: Json) -> str:
        made.append(ToolCall(name=name, args=arguments, id=""))
        return "done"

    return foreign_tool(
        name,
        function["description"],
        function["parameters"],
        effect=Effect.READ,
        timeout_s=1,
        call=call,
    )


@asynccontextmanager
async def open_ours(url: str, model: str, folder: Path) -> AsyncIterator[Ours]:
    """Our layer over the server at `url`; its database lies in `folder`."""
    database = Database(folder / "bfcl.db")
    await database.open()
    try:
        async with open_brain(
            FakeOllama(url=url),  # not served: `url` is where a model answers already
            database,
            tools=(),
            prompts_dir=prompts(folder),
            ollama_model=model,
            ollama_num_ctx=NUM_CTX,
            ollama_timeout_s=PATIENCE_S,
            ollama_answer_timeout_s=PATIENCE_S,
        ) as brain:
            brain.services.model.num_predict = NUM_PREDICT
            brain.services.model.seed = SEED
            yield Ours(brain)
    finally:
        await database.close()


def prompts(folder: Path) -> Path:
    """The prompts that we ship, less the lines about tools that are not on offer here."""
    copy = Path(shutil.copytree(HOME / "prompts", folder / "prompts"))
    ours = re.compile(rf"\b({'|'.join(tool.name for tool in scan(plugins=()))})\b")
    file = copy / "en" / "tools.md"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not ours.search(line))
    file.write_text(kept, encoding="utf-8")
    return copy
