"""Which tool the built-in 1.5B calls for a message, with which arguments, and when it calls none.

    python -m bench choice            the half to tune with
    python -m bench choice --final    the half kept back for the last figure

It is the product's own graph, stopped where a tool would run: none does. Each message has a thread
of its own. Every outcome is a line in results/details/ as soon as it is there.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from langchain_core.messages import AIMessage, ToolCall
from langgraph.checkpoint.memory import InMemorySaver

from app.embedded.catalogue import find_weights
from app.embedded.engine import usable_cores
from app.embedded.settings import EmbeddedSettings
from bench.figures import Figure
from bench.prefix import MODEL, NUM_CTX
from bench.results import DETAILS
from bench.yardsticks import Request, requests
from graph.build import build
from store.database import Database
from tests.brain import Brain, open_brain
from tests.fake_ollama import FakeOllama
from tests.integration.embedded_fixtures import embedded_process
from tools.scan import scan

RIGHT, LEFT_ALONE = 0.80, 0.95
PATIENCE_S = 1800  # for a front that is read beside other work


@dataclass(frozen=True)
class Outcome:
    """What the model asked for first; `marks` say how the graph came by the calls."""

    request: Request
    calls: Sequence[ToolCall]
    marks: Sequence[str]
    reply: str
    seconds: float

    @property
    def right_tool(self) -> bool:
        """The tool and no other; for small talk none at all."""
        return {call["name"] for call in self.calls} == set(filter(None, [self.request.tool]))

    @property
    def right(self) -> bool:
        """The arguments too, in each call."""
        met = (self.request.is_met_by(call["name"], call["args"]) for call in self.calls)
        return self.right_tool and all(met)


Record = Callable[[Outcome], None]


def run(folder: Path, *, final: bool = False) -> list[Figure]:
    """One half of the requests. Needs the weights."""
    if not find_weights(EmbeddedSettings().models_dir, MODEL):
        raise SystemExit(f"choice needs the weights: wasap model fetch {MODEL}")
    # A language at a time: each has a front of its own, which the model reads once.
    asked = [one for one in requests() if one.final is final]
    asked.sort(key=lambda one: one.language, reverse=True)
    half = "final" if final else "tuning"
    path = DETAILS / f"choice-{half}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
    with embedded_process(model=MODEL, num_ctx=NUM_CTX, threads=usable_cores()) as process:
        record = journal(path, len(asked))
        outcomes = asyncio.run(measure(process.base_url, MODEL, asked, folder, record))
    return figures(outcomes, f"{half} half, built-in 1.5B")


async def measure(
    url: str, model: str, asked: Sequence[Request], folder: Path, record: Record
) -> list[Outcome]:
    """Ask one after the other. Raises ModelError where no answer comes: that is no choice."""
    database = Database(folder / "choice.db")
    await database.open()
    try:
        async with open_brain(
            FakeOllama(url=url),  # not served: `url` is where a model answers already
            database,
            tools=scan(plugins=()),
            ollama_model=model,
            ollama_num_ctx=NUM_CTX,
            ollama_timeout_s=PATIENCE_S,
            ollama_answer_timeout_s=PATIENCE_S,
        ) as brain:
            brain.graph = build(brain.services).compile(
                checkpointer=InMemorySaver(), interrupt_before=["tool_executor"]
            )
            outcomes = []
            for number, request in enumerate(asked):
                outcomes.append(await _ask(brain, request, sender=f"54911{number:08}"))
                record(outcomes[-1])
            return outcomes
    finally:
        await database.close()


async def _ask(brain: Brain, request: Request, *, sender: str) -> Outcome:
    began = time.perf_counter()
    reply = await brain.say(request.text, sender=sender, language=request.language)
    state = await brain.state(sender)
    if state["intent"] == "offline":
        raise RuntimeError("the model went away, and code answered in its place")
    last = state["messages"][-1]
    assert isinstance(last, AIMessage)
    return Outcome(
        request, last.tool_calls, list(last.additional_kwargs), reply, time.perf_counter() - began
    )


def journal(path: Path, expected: int) -> Record:
    """Writes each outcome down at once, and prints it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0

    def record(outcome: Outcome) -> None:
        nonlocal count
        count += 1
        line = json.dumps(_row(outcome), ensure_ascii=False)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        print(f"{count}/{expected} {line}", flush=True)

    return record


def _row(outcome: Outcome) -> dict[str, object]:
    request = outcome.request
    return {
        "right": outcome.right,
        "right_tool": outcome.right_tool,
        "text": request.text,
        "language": request.language,
        "tool": request.tool,
        "args": request.args,
        "calls": [{"name": call["name"], "args": call["args"]} for call in outcome.calls],
        "marks": outcome.marks,
        "reply": outcome.reply,
        "seconds": round(outcome.seconds, 1),
    }


def figures(outcomes: Sequence[Outcome], note: str) -> list[Figure]:
    """The two that are promised, then what they are made of."""
    asked = [one for one in outcomes if one.request.tool]
    talk = [one for one in outcomes if not one.request.tool]
    found = [
        _share("right tool and arguments", [one.right for one in asked], note, RIGHT),
        _share("small talk left alone", [one.right for one in talk], note, LEFT_ALONE),
        _share("right tool", [one.right_tool for one in asked], note),
    ]
    for language in dict.fromkeys(one.request.language for one in outcomes):
        for name, some in (("right tool and arguments", asked), ("small talk left alone", talk)):
            spoken = [one for one in some if one.request.language == language]
            found.append(_share(f"{name}, {language}", *_judged(spoken)))
    for tool in dict.fromkeys(one.request.tool for one in asked):
        found.append(_share(tool, *_judged([one for one in asked if one.request.tool == tool])))
    return found


def _judged(outcomes: Sequence[Outcome]) -> tuple[list[bool], str]:
    tools = sum(one.right_tool for one in outcomes)
    return [one.right for one in outcomes], f"right tool: {tools} of {len(outcomes)}"


def _share(name: str, rights: Sequence[bool], note: str, promised: float = 0) -> Figure:
    share = statistics.fmean(rights) if rights else 0.0
    return Figure(
        f"tool choice, {name} ({len(rights)})",
        share,
        "",
        f">= {promised:.2f}" if promised else "",
        share >= promised,
        note=note,
    )
