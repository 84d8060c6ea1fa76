"""Promises that tests keep, row by row: how many rows there are, and how many hold."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from bench.figures import Figure
from bench.results import ROOT

LOCK_S = 35  # as promised; `make test` takes less


@dataclass(frozen=True)
class Rows:
    """Test functions of a file, each with its rows; none named: all of it."""

    name: str
    file: str
    functions: Sequence[str] = ()
    least: int = 1  # how many rows are promised

    @property
    def names(self) -> list[str]:
        """As pytest takes them."""
        return [f"{self.file}::{one}" for one in self.functions] or [self.file]

    def hold(self, case: ElementTree.Element) -> bool:
        """Whether a case of the report is one of these."""
        module = self.file.removesuffix(".py").replace("/", ".")
        function = str(case.get("name")).partition("[")[0]
        return case.get("classname") == module and function in (self.functions or [function])


DISK = "tests/integration/test_database_faults.py"
SSRF = "tests/unit/test_ssrf.py"
TEXT = "tests/unit/test_whatsapp_text.py"
TESTED: Mapping[str, Sequence[Rows]] = {
    "database": [
        Rows("faults of disk and database that lose nothing", DISK),
    ],
    "erasure": [
        Rows("deletions after which no file holds a trace", "tests/integration/test_erasure.py"),
    ],
    "ssrf": [
        Rows(
            "forms of private addresses that nothing connects to",
            SSRF,
            (
                "test_no_spelling_of_a_private_address_is_connected_to",
                "test_nor_is_any_other_form",
                "test_nor_is_it_as_the_aim_of_a_redirect",
            ),
            least=200,
        ),
        Rows("public stand-ins that are read", SSRF, ("test_every_public_form_is_read",)),
    ],
    "formatting": [
        Rows(
            "Markdown with its exact markup",
            TEXT,
            ("test_markdown_becomes_whatsapp", "test_what_needs_no_change_stays"),
            least=60,
        ),
        Rows(
            "properties that random Markdown keeps",
            TEXT,
            (
                "test_no_letter_is_lost",
                "test_any_text_is_taken",
                "test_nothing_of_what_a_model_writes_is_lost",
                "test_what_is_converted_stays",
                "test_no_markdown_is_left",
            ),
        ),
        Rows("cuts above 4,096 characters as they should be", "tests/unit/test_parts.py"),
    ],
}  # fmt: skip


def run(folder: Path, *, part: str) -> list[Figure]:
    """A figure for each."""
    names = [name for rows in TESTED[part] for name in rows.names]
    report = folder / "report.xml"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--junitxml", str(report), *names],
        cwd=ROOT,
        env={**os.environ, "LOCK_S": str(LOCK_S)},
        check=False,  # what fails is counted
        stdout=sys.stderr,
    )
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - written just now
    return [_figure(rows, [one for one in cases if rows.hold(one)]) for rows in TESTED[part]]


def _figure(rows: Rows, cases: Sequence[ElementTree.Element]) -> Figure:
    bad = [str(one.get("name")) for one in cases if _has(one, "failure", "error")]
    left_out = sum(_has(one, "skipped") for one in cases)
    total = len(cases) - left_out
    notes = [f"failed: {', '.join(bad)}"] * bool(bad)
    notes += [f"{left_out} cannot be tried on this machine"] * bool(left_out)
    return Figure(
        rows.name,
        total - len(bad),
        f"of {total:,}",
        f">= {rows.least}, all" if rows.least > 1 else "all",
        not bad and total >= rows.least,
        note="; ".join([rows.file, *notes]),
    )


def _has(case: ElementTree.Element, *tags: str) -> bool:
    return any(case.find(tag) is not None for tag in tags)
