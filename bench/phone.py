"""The phone page: how soon something is on the screen, and how soon the chat is."""

import statistics
from pathlib import Path

from playwright.sync_api import Browser

from bench.figures import Figure
from tests.browser.chromium import launched
from tests.stack import Stack

OPENINGS = 15  # each with an empty cache; the first also waits for Chromium's own start
MESSAGES = 50  # in the chat that is shown
PAINT_MS = 500.0
PAINTED = """() => new Promise((done) => {
  const look = (list) => {
    for (const paint of list.getEntriesByName("first-contentful-paint")) done(paint.startTime);
  };
  new PerformanceObserver(look).observe({ type: "paint", buffered: true });
})"""


def run(folder: Path) -> list[Figure]:
    """Both figures, of a chat that has gone on for a while."""
    with Stack(folder) as stack, launched() as browser:
        for number in range(MESSAGES):
            stack.write(f"/recordar dato número {number}")
        stack.answers(MESSAGES)
        times = [_open(browser, stack.admin_port) for _ in range(OPENINGS)]
    painted, shown = (sorted(column) for column in zip(*times, strict=True))
    return [
        Figure(
            "phone page, first contentful paint, worst",
            painted[-1],
            "ms",
            f"< {PAINT_MS:.0f} ms",
            painted[-1] < PAINT_MS,
            note=f"{OPENINGS} openings, headless Chromium; median {statistics.median(painted):.0f}",
        ),
        Figure(
            f"phone page, {2 * MESSAGES} messages on the screen, median",
            statistics.median(shown),
            "ms",
            "",
            True,
            note=f"worst {shown[-1]:.0f}",
        ),
    ]


def _open(browser: Browser, port: int) -> tuple[float, float]:
    """Milliseconds from the request for the page to the first paint, and to the whole chat."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/phone")
        page.locator(".bubble").nth(2 * MESSAGES - 1).wait_for()
        shown = page.evaluate("performance.now()")
        return float(page.evaluate(PAINTED)), float(shown)
