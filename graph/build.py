"""The graph: six nodes, built from the services it is given."""

from collections.abc import Awaitable, Callable

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from graph.context import TurnContext
from graph.nodes.agent import RETRY, make_agent, tool_tasks
from graph.nodes.command import make_command
from graph.nodes.retrieve_memory import make_retrieve_memory
from graph.nodes.route import after_route, route
from graph.nodes.summarize import make_is_due, make_summarize
from graph.nodes.tool_executor import make_tool_executor
from graph.services import Services
from graph.state import State

RECURSION_LIMIT = 25  # steps of a turn: six tool rounds take 17

AfterAgent = Callable[[State, Runtime[TurnContext]], Awaitable[list[Send] | str]]


def build(
    services: Services, context_schema: type[TurnContext] = TurnContext
) -> StateGraph[State, TurnContext]:
    """The graph, not compiled: the app adds its checkpointer, Studio brings its own."""
    graph = StateGraph(State, context_schema=context_schema)
    graph.add_node("route", route)
    graph.add_node("command", make_command(services))
    graph.add_node("retrieve_memory", make_retrieve_memory(services))
    graph.add_node("agent", make_agent(services), retry_policy=RETRY)
    graph.add_node("tool_executor", make_tool_executor(services))
    graph.add_node("summarize", make_summarize(services))
    graph.add_edge(START, "route")
    graph.add_conditional_edges("route", after_route, ["command", "retrieve_memory"])
    graph.add_edge("command", END)
    graph.add_edge("retrieve_memory", "agent")
    graph.add_conditional_edges(
        "agent", _make_after_agent(services), ["tool_executor", "summarize", END]
    )
    graph.add_edge("tool_executor", "agent")
    graph.add_edge("summarize", END)
    return graph


def run_config(sender: str) -> RunnableConfig:
    """The config of a turn. Keep it this small: LangGraph writes it into every checkpoint."""
    return {"configurable": {"thread_id": sender}, "recursion_limit": RECURSION_LIMIT}


def _make_after_agent(services: Services) -> AfterAgent:
    is_due = make_is_due(services)

    async def after_agent(state: State, runtime: Runtime[TurnContext]) -> list[Send] | str:
        last = state["messages"][-1]
        if isinstance(last, AIMessage) and last.tool_calls:
            return tool_tasks(state, runtime.context)
        return "summarize" if is_due(state, runtime.context.language) else END

    return after_agent
