"""`wasap doctor`: the report, for people and for programs."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from app.checks.finding import Finding, Level, Lines
from app.checks.opening import open_subject, read_settings
from app.checks.round_trip import round_trip
from app.checks.run import run

_MARKS = {Level.OK: ("✓", "green"), Level.WARN: ("!", "yellow"), Level.FAIL: ("✗", "bold red")}


def run_doctor(*, as_json: bool, send: bool, wait_s: float) -> int:
    """Print what was found; the exit code: 1 when something fails."""
    console = Console(highlight=False, soft_wrap=True)
    findings = asyncio.run(_findings(Console(stderr=True) if send else None, wait_s))
    if as_json:
        checks = [{**asdict(finding), "level": str(finding.level)} for finding in findings]
        console.out(json.dumps({"ok": not _failed(findings), "checks": checks}, ensure_ascii=False))
    else:
        show(console, findings)
    return int(_failed(findings))


def show(console: Console, findings: Iterable[Finding]) -> None:
    """One line a finding: what it is about, what is so, what to do."""
    for finding in findings:
        mark, style = _MARKS[finding.level]
        fix = f" → {finding.fix}" if finding.fix else ""
        line = Text.assemble((mark, style), f" {finding.check}: {finding.says}", (fix, "bold"))
        console.print(line, soft_wrap=True)


async def _findings(asking: Console | None, wait_s: float) -> list[Finding]:
    """`asking`: where the owner is told what to do in a round trip; None = no round trip."""
    settings, broken = read_settings()
    async with open_subject(settings, broken, Lines(settings.owner_language)) as subject:
        findings = await run(subject)
        if asking is not None:
            findings.append(await round_trip(subject, asking, wait_s))
    return findings


def _failed(findings: Iterable[Finding]) -> bool:
    return any(finding.level is Level.FAIL for finding in findings)
