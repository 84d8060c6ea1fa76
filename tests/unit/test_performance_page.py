"""The table of all figures: nothing invented, no miss hidden, the page as the results have it."""

import importlib.util
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from app.evals.runs import CaseResult, Run
from app.evals.scenarios import Case
from bench import report, results
from bench.eval import figures as eval_figures
from bench.figures import Curve, Figure, at_least, at_most, plain
from bench.page import DOCS, PAGE, pages
from bench.parts import PARTS
from bench.results import ROOT, Result
from bench.tested import TESTED
from tests.crash.report import figures as crash_figures
from tests.crash.verdict import Verdict

SLOW = Figure("a turn", 31, "ms", "<= 15 ms", kept=False, floor=10, note="a | b <c>")
CURVE = Curve("senders", "Webhook", ((1, 5.0, 1.0), (50, 80.0, 20.0)), "ours", "a bare route")
GROWN = Figure("webhook", 80, "ms", "<= 60 ms", False, 20, curve=CURVE)


def measured(part: str, *figures: Figure) -> dict[str, Result]:
    at = "2026-11-26T04:00:00+00:00"
    return {part: Result(part, "python -m bench x", at, "fde34ce", 2, 1.5, figures=figures)}


def row(page: str, words: str) -> str:
    """The last row that holds the words: the one of its group."""
    return [line for line in page.splitlines() if words in line and line.startswith("|")][-1]


def test_the_page_and_its_plots_are_what_the_results_say() -> None:
    for name, text in pages(results.read()).items():
        found = (DOCS / name).read_text(encoding="utf-8")
        assert found == text, f"docs/{name} is stale: python -m bench page"


def test_what_was_not_measured_is_shown_as_that_with_its_command() -> None:
    page = pages({})[PAGE]
    assert "not measured: `make crash`" in row(page, "kill -9")
    assert page.count("not measured: `") == len(PARTS)
    assert "kept |" not in page


def test_a_miss_is_marked_in_its_row_and_told_at_the_top() -> None:
    page = pages(measured("foundation", SLOW, at_least("speed", 3, 2)))[PAGE]
    assert "2 promised figures are measured: 1 kept, **1 missed**" in page
    assert page.index("## Missed") < page.index("a turn") < page.index("## Foundation")
    assert "| 31 ms | 10 ms | 3.10 | ≤ 15 ms | **MISSED** |" in row(page, "a turn")
    assert "a \\| b &lt;c&gt;" in row(page, "a turn")
    assert row(page, "speed").endswith("| 3 |  |  | ≥ 2 | kept |")


def test_a_figure_has_its_command_its_day_and_what_it_does_not_show() -> None:
    page = pages(measured("foundation", SLOW))[PAGE]
    assert "`python -m bench x`, 2026-11-26, revision fde34ce, 2 cores, load 1.5" in page
    assert "Does not show what a real model" in page


def test_what_nobody_promised_is_neither_kept_nor_missed() -> None:
    page = pages(measured("foundation", plain("by the way", 7, "ms")))[PAGE]
    assert "0 promised figures are measured" in page
    assert row(page, "by the way").endswith("| 7 ms |  |  |  |  |")


def test_a_curve_becomes_a_plot_with_both_lines() -> None:
    drawn = pages(measured("load", GROWN))
    assert "![The number of senders](cost-by-senders.svg)" in drawn[PAGE]
    assert "cost-by-turns.svg" not in drawn
    panel = ElementTree.fromstring(drawn["cost-by-senders.svg"]).find("{*}g")  # noqa: S314 - ours
    assert panel is not None
    heights = [dot.get("cy") for dot in panel.findall("{*}circle")]
    assert len(set(heights)) == 4  # of both lines at one sender and at fifty
    assert "a bare route" in "".join(panel.itertext())


def test_keeping_figures_writes_them_down_and_the_page_anew(tmp_path: Path) -> None:
    report.keep(results.begin("load"), [GROWN], folder=tmp_path, docs=tmp_path)
    [(part, kept)] = results.read(tmp_path).items()
    assert (part, list(kept.figures)) == ("load", [GROWN])
    assert kept.cores
    assert kept.load is not None
    assert "**MISSED**" in row((tmp_path / PAGE).read_text(), "80 ms")
    assert (tmp_path / "cost-by-senders.svg").exists()


def test_the_terminal_says_the_same() -> None:
    console = Console(width=150, file=io.StringIO())
    report.show([], measured("foundation", SLOW, plain("by the way", 7)), console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "not measured: make crash" in shown
    assert "NO" in next(line for line in shown.splitlines() if "a turn" in line)
    assert "by the way" not in shown  # only of what was measured just now


def test_every_part_and_every_test_it_names_exists() -> None:
    for part in PARTS:
        if not part.elsewhere:
            assert importlib.util.find_spec(f"bench.{part.module or part.name}"), part.name
    for rows in (one for some in TESTED.values() for one in some):
        source = (ROOT / rows.file).read_text(encoding="utf-8")
        assert all(f"def {name}(" in source for name in rows.functions), rows.name


def test_results_of_no_part_are_not_kept_in_the_repository() -> None:
    assert set(results.read()) <= {part.name for part in PARTS}


def test_a_lost_message_is_a_miss() -> None:
    verdict = Verdict()
    assert not any(one.missed for one in crash_figures(verdict))
    verdict.at("commit").lost = 1
    assert [one.name for one in crash_figures(verdict) if one.missed] == ["messages lost"]


def case(number: int, half: str) -> Case:
    return Case.model_validate(
        {
            "id": f"{half}-{number}",
            "half": half,
            "language": "es",
            "area": "chat",
            "turns": [{"say": f"hola {number}", "contains": ["hola"]}],
        }
    )


def answered(cases: list[Case], failed: set[str]) -> Run:
    run = Run("2026-11-26T04:00:00+00:00", "m", "prompts", "hash", asked=len(cases))
    for one in cases:
        passed = one.id not in failed
        run.cases.append(
            CaseResult(one.id, one.area, one.language, one.half, one.digest, passed, [])
        )
    return run


def test_the_halves_of_an_eval_are_two_promises_and_only_tuning_cases_are_named() -> None:
    tuning, final = ([case(number, half) for number in range(20)] for half in ("tuning", "final"))
    runs = [answered(tuning, {"tuning-1"}), answered(final, {"final-1", "final-2"})]
    score, apart, *_ = eval_figures([*tuning, *final], runs)
    assert (score.value, score.kept) == (0.95, True)
    assert (apart.value, apart.kept) == (0.05, True)
    assert "failed: tuning-1" in score.note
    assert "final-1" not in score.note + apart.note
    score, apart, *_ = eval_figures([*tuning, *final], [*runs, answered(tuning, set())])
    assert (score.value, apart.missed) == (1, True)  # the newest counts


def test_answers_to_cases_that_were_edited_since_are_no_figure() -> None:
    tuning, final = [case(1, "tuning")], [case(1, "final")]
    edited = [tuning[0].model_copy(update={"language": "en"}), *final]
    with pytest.raises(SystemExit, match="tuning half"):
        eval_figures(edited, [answered([*tuning, *final], set())])


def test_a_limit_is_told_as_it_is_kept() -> None:
    assert at_most("work", 100.1, 100, "ms").missed
    assert at_most("work", 100, 2000, "ms").promised == "<= 2,000 ms"
