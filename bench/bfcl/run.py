"""`python -m bench bfcl`: the sample both ways, a case after the other.

    python -m bench bfcl --limit 10                  only so many, of all categories
    python -m bench bfcl --resume bench/results/details/... go on with a run that was cut short

Each case is a line in results/details/ as soon as it is there: what was asked, what came of it,
what would have been right.
"""

import asyncio
import contextlib
import json
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from langchain_core.messages import ToolCall

from app.embedded.catalogue import find_weights
from app.embedded.engine import usable_cores
from app.embedded.settings import EmbeddedSettings
from bench.bfcl.cases import SAMPLE, Case, Json, sample
from bench.bfcl.judging import Judge, environment, judge
from bench.bfcl.ways import Bare, Ours, open_ours, read_by_rescue
from bench.figures import Figure, at_least
from bench.prefix import MODEL, NUM_CTX
from bench.results import DETAILS
from tests.integration.embedded_fixtures import embedded_process

BETTER_BY = 0.10


def run(folder: Path, *, limit: int | None = None, resume: Path | None = None) -> list[Figure]:
    """The share that is right, ours beside the bare model's. Needs the weights."""
    if not find_weights(EmbeddedSettings().models_dir, MODEL):
        raise SystemExit(f"bfcl needs the weights: wasap model fetch {MODEL}")
    path = resume or DETAILS / f"bfcl-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
    with judge(environment()) as asked:
        cases = sample(asked.cases)[:limit]
        return figures(asyncio.run(_with_models(cases, asked, folder, path)))


async def _with_models(cases: Sequence[Case], judge: Judge, folder: Path, path: Path) -> list[Json]:
    cores = usable_cores()  # the two servers work in turn
    with (
        embedded_process(model=MODEL, num_ctx=NUM_CTX, threads=cores) as process,
        embedded_process(
            model=MODEL, num_ctx=NUM_CTX, threads=cores, flags=["--no-rescue"]
        ) as plain,
    ):
        async with (
            open_ours(process.base_url, MODEL, folder) as ours,
            contextlib.aclosing(Bare(plain.base_url, MODEL)) as bare,
        ):
            return await measure(cases, ours, bare, judge, path)


async def measure(
    cases: Sequence[Case], ours: Ours, bare: Bare, judge: Judge, path: Path
) -> list[Json]:
    """A row for each case; those that `path` holds already are not asked again.

    Raises ModelError where no answer comes: that is no wrong answer.
    """
    rows = {row["id"]: row for row in _read(path)}
    for number, case in enumerate(cases, 1):
        if case.id not in rows:
            rows[case.id] = await ask(case, ours, bare, judge)
            _write(path, rows[case.id])
            print(f"{number}/{len(cases)} {_in_short(rows[case.id])}", flush=True)
    return [rows[case.id] for case in cases]


async def ask(case: Case, ours: Ours, bare: Bare, judge: Judge) -> Json:
    """One case, both ways; `read` is the bare answer with the calls that are text in it."""
    answer, plain = await ours.ask(case), await bare.ask(case)
    row: Json = {"id": case.id, "category": case.category, "messages": case.messages}
    ways = {"ours": answer.calls, "bare": plain.calls, "read": read_by_rescue(plain, case)}
    for way, calls in ways.items():
        verdict = judge.verdict(case.id, calls)
        row[way] = {"valid": verdict.valid, "error": verdict.error, "calls": _plain(calls)}
        row["expected"] = verdict.expected
    row["ours"] |= {"text": answer.text, "rounds": answer.rounds, "seconds": answer.seconds}
    row["bare"] |= {"text": plain.text, "seconds": plain.seconds}
    return {**row, "functions": case.functions}


def figures(rows: Sequence[Json]) -> list[Figure]:
    """Of the whole sample, which is promised, and of each category."""
    whole = _figure("the whole sample", rows, promised=True)
    parts = [(name, [row for row in rows if row["category"] == name]) for name in SAMPLE]
    size = at_least("BFCL, cases asked", len(rows), sum(SAMPLE.values()))
    return [whole, size, *(_figure(name, some) for name, some in parts if some)]


def _figure(name: str, rows: Sequence[Json], *, promised: bool = False) -> Figure:
    ours, bare, read = (
        statistics.fmean(row[way]["valid"] for row in rows) for way in ("ours", "bare", "read")
    )
    return Figure(
        f"BFCL, {name} ({len(rows)})",
        ours,
        "",
        f"floor + {BETTER_BY:.2f}" if promised else "",
        not promised or ours - bare >= BETTER_BY,
        bare,
        f"{ours - bare:+.2f}; floor: bare model, {read:.2f} where the rescue reads its text",
    )


def _plain(calls: Sequence[ToolCall]) -> list[Json]:
    return [{"name": call["name"], "args": call["args"]} for call in calls]


def _in_short(row: Json) -> str:
    ways = ((way, row[way]) for way in ("ours", "bare", "read"))
    said = ", ".join(f"{way} {'right' if one['valid'] else one['error']}" for way, one in ways)
    return f"{row['id']}: {said}"


def _read(path: Path) -> list[Json]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _write(path: Path, row: Json) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(row)}\n")
