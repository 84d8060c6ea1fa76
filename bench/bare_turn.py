"""The floor of a turn: what the libraries take that it is made of, with next to nothing of ours.

LangGraph runs six nodes that do nothing, with our saver; then come one ChatOllama call, two posts
(read, send) and the two commits that are synced before a turn's answer leaves.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
from langchain_core.messages import AIMessage, HumanMessage
from langchain_ollama import ChatOllama
from langgraph.graph import END, START, StateGraph

from app.cli import event_loop
from graph.build import run_config
from graph.model import client_options
from graph.state import State
from store.checkpoints import PruningSaver, open_checkpoints
from store.database import Database

COMMITS = POSTS = 2

Once = Callable[[str], Coroutine[Any, Any, None]]


@contextlib.contextmanager
def bare_turn(folder: Path, url: str) -> Iterator[Callable[[], float]]:
    """What to call for a turn; it gives the seconds. `url`: of the doubles."""
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        stack = contextlib.AsyncExitStack()
        once = runner.run(_open(stack, folder, url))

        def timed() -> float:
            begun = time.perf_counter()
            runner.run(once("carla"))
            return time.perf_counter() - begun

        try:
            yield timed
        finally:
            runner.run(stack.aclose())


def bare_turns(folder: Path, url: str, senders: int, turns: int, warm_up: int) -> float:
    """Turns a second of so many senders at once, each with so many turns one after the other."""
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        return runner.run(_talk(folder, url, senders, turns, warm_up))


async def _talk(folder: Path, url: str, senders: int, turns: int, warm_up: int) -> float:
    async def talk(sender: str, count: int) -> None:
        for _ in range(count):
            await once(sender)

    async def talk_all(count: int) -> None:
        await asyncio.gather(*(talk(f"carla-{n}", count) for n in range(senders)))

    async with contextlib.AsyncExitStack() as stack:
        once = await _open(stack, folder, url)
        await talk_all(warm_up)
        begun = time.perf_counter()
        await talk_all(turns)
        return senders * turns / (time.perf_counter() - begun)


async def _open(stack: contextlib.AsyncExitStack, folder: Path, url: str) -> Once:
    graph = _graph(await stack.enter_async_context(open_checkpoints(folder / "checkpoints.db")))
    chat = ChatOllama(model="qwen3:8b", base_url=url, client_kwargs=client_options(url, 30))
    stack.push_async_callback(chat._async_client._client.aclose)
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False))
    database = Database(folder / "wasap.db")
    await database.open()
    stack.push_async_callback(database.close)

    async def commit() -> None:
        row = "INSERT OR REPLACE INTO config VALUES ('bare', ?)"
        await database.write("bare", lambda db: db.execute(row, (str(time.time()),)) and None)

    async def once(thread: str) -> None:
        given: Any = {"messages": [HumanMessage("hola")], "reply": ""}
        for _ in range(COMMITS):
            await commit()
        async for _ in graph.astream(given, run_config(thread), stream_mode="updates"):
            pass
        await chat.ainvoke([HumanMessage("hola")])
        for _ in range(POSTS):
            (await http.post("/v26.0/1/messages", json={"text": {"body": "¡Hola!"}})).json()

    return once


def _graph(saver: PruningSaver) -> Any:
    """With the nodes and the edges of ours; a plain turn takes three of them."""

    async def nothing(state: State) -> dict[str, Any]:
        return {"intent": "chat"}

    async def answers(state: State) -> dict[str, Any]:
        return {"messages": [AIMessage("¡Hola!")], "reply": "¡Hola!"}

    async def chats(state: State) -> str:
        return "retrieve_memory"

    async def ends(state: State) -> str:
        return END

    graph = StateGraph(State)
    for name in ("route", "command", "retrieve_memory", "tool_executor", "summarize"):
        graph.add_node(name, nothing)
    graph.add_node("agent", answers)
    graph.add_edge(START, "route")
    graph.add_conditional_edges("route", chats, ["command", "retrieve_memory"])
    graph.add_edge("command", END)
    graph.add_edge("retrieve_memory", "agent")
    graph.add_conditional_edges("agent", ends, ["tool_executor", "summarize", END])
    graph.add_edge("tool_executor", "agent")
    graph.add_edge("summarize", END)
    return graph.compile(checkpointer=saver)
