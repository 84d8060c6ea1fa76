"""tool_executor: runs one tool call. Whatever happens, the model gets a result it can read."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime
from langgraph.types import interrupt
from pydantic import BaseModel, ValidationError

from graph.approvals import Asked
from graph.calls import call_context
from graph.context import TurnContext
from graph.failures import SAID_AS_IT_IS
from graph.frames import unframed
from graph.nodes.contract import TaskNode
from graph.orders import ORDERS, without_orders
from graph.receipts import RECEIPT
from graph.services import Services
from graph.shrinking import shrunk
from graph.sources import SOURCES
from graph.state import ToolTask
from graph.taint import DECLINED, NOT_DONE, OUTSIDE, check, needs_tap, outside_mark
from store import probes
from tools.contract import ToolCallContext
from tools.errors import Declined, Refused, ToolError
from tools.passages import Passage, Passages
from tools.receipts import Receipt

log = structlog.get_logger(__name__)

DEFAULT_TIMEOUT_S = 10
MAX_RESULT = 4_000  # characters, some 1,100 tokens


def make_tool_executor(services: Services) -> TaskNode:
    tools = {tool.name: tool for tool in services.tools}

    async def tool_executor(state: ToolTask, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        call = state["call"]
        context = runtime.context
        mark = undone = None
        orders = told = False
        passages: Sequence[Passage] = ()
        try:
            text = await _run(tools, state, call_context(call["id"] or "", context, services))
            if (tools[call["name"]].metadata or {}).get("undo"):
                await services.undo.keep_call(context.sender, call)
            status = "success"
            receipt = isinstance(text, Receipt)
            passages = text.passages if isinstance(text, Passages) else ()
            if not receipt:
                text = shrunk(text, MAX_RESULT)
                mark = outside_mark(tools[call["name"]])
                if mark is not None:
                    read = without_orders(text) if services.model.is_small else text
                    orders = read != text
                    if services.model.is_small:
                        passages = [
                            Passage(one.place, without_orders(one.text)) for one in passages
                        ]
                    text = services.prompts.message(
                        context.language, "outside_content", name=call["name"], text=unframed(read)
                    )
        except ToolError as error:
            text, status, receipt = _in_words(error, services, context.language), "error", False
            told = services.prompts.has_message(error.text) and not isinstance(error, Refused)
            if error.values and not isinstance(error, Refused):  # it may quote what a site said
                mark = outside_mark(tools.get(call["name"]))
            if isinstance(error, Declined):
                undone = DECLINED
            elif isinstance(error, Refused) and state["outside"]:
                undone = "refused"
        # A name that the model made up may be any text.
        log.info("tool_ran", tool=call["name"] if call["name"] in tools else "?", status=status)
        result = ToolMessage(
            text,
            tool_call_id=call["id"],
            name=call["name"],
            status=status,
            id=call["id"],
            additional_kwargs={
                **({RECEIPT: True} if receipt else {}),
                **({OUTSIDE: mark} if mark is not None else {}),
                **({NOT_DONE: undone} if undone is not None else {}),
                **({ORDERS: True} if orders else {}),
                **({SAID_AS_IT_IS: True} if told else {}),
                **({SOURCES: [list(one) for one in passages]} if passages else {}),
            },
        )
        return {"messages": [result]}

    return tool_executor


async def _run(tools: Mapping[str, BaseTool], task: ToolTask, context: ToolCallContext) -> str:
    """The result of a call; every failure is a ToolError."""
    call = task["call"]
    name = call["name"]
    tool = tools.get(name)
    if tool is None:
        raise Refused("tool_unknown", name=name, tools=", ".join(tools))
    check(tool, task)
    metadata = tool.metadata or {}
    injected = dict.fromkeys(metadata.get("injected", ()), context)
    given = _as_strings(tool, call["args"])
    try:
        if needs_tap(tool, task):
            _ask({"id": context.call_id, "name": name, "args": given}, tool)
        arguments = {**given, **injected}
        async with asyncio.timeout(metadata.get("timeout_s", DEFAULT_TIMEOUT_S)):
            probes.reach("call:tool:before")
            result = await tool.ainvoke(arguments)
            probes.reach("call:tool:after")
            return result if isinstance(result, Receipt | Passages) else str(result)
    except (ToolError, GraphBubbleUp):
        raise
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
        raise Refused("tool_bad_arguments", name=name, arguments=", ".join(wrong)) from error
    except TimeoutError as error:
        raise Refused("tool_timeout", name=name) from error
    except Exception as error:  # a tool is foreign code: the turn goes on without it
        # The text of a foreign error may quote what the owner wrote: only at DEBUG.
        log.error("tool_failed", tool=name, error=type(error).__name__)
        log.debug("tool_failure", tool=name, exc_info=True)
        raise Refused("tool_failed", name=name) from error


def _ask(call: Asked, tool: BaseTool) -> None:
    """Returns once the owner has said yes. Raises Declined.

    The first time the run ends here. With the answer the node begins again from its top: nothing
    that leaves a trace may stand before this. What cannot run is nothing to ask about: that raises
    Refused or ValidationError.
    """
    if unknown := call["args"].keys() - tool.args.keys():
        raise Refused("tool_bad_arguments", name=tool.name, arguments=", ".join(sorted(unknown)))
    schema = tool.tool_call_schema
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        schema.model_validate(call["args"])
    if interrupt(call) is not True:
        raise Declined("approval_declined", name=tool.name)


def _as_strings(tool: BaseTool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Qwen2.5 1.5B writes {"expression": 5}: a number where text is asked for is that text.

    So is ["leche", "pan"], with commas between.
    """
    wanted = {name for name, schema in tool.args.items() if schema.get("type") == "string"}
    return {
        name: _as_string(value) if name in wanted else value for name, value in arguments.items()
    }


def _as_string(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value) if isinstance(value, int | float) else value


def _in_words(error: ToolError, services: Services, language: str) -> str:
    if services.prompts.has_message(error.text):
        return services.prompts.message(language, error.text, **error.values)
    return error.text
