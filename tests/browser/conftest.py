"""One browser and one stack for the tests of a file; a page of its own for each test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, ViewportSize

from tests.browser.chromium import launched
from tests.stack import Stack

WIDE = ViewportSize(width=1000, height=800)
NARROW = ViewportSize(width=320, height=568)  # the smallest phone still in use


@dataclass
class Phone:
    """An open page, and what must not happen while it is open."""

    page: Page
    stack: Stack
    troubles: list[str] = field(default_factory=list)
    """Lines of the console, exceptions, and requests that went to anybody but us."""

    def open(self) -> None:
        """Go to the page and wait until it is in touch with the stand-in."""
        self.page.on("console", lambda line: self._note(line.type, line.text))
        self.page.on("pageerror", lambda error: self._note("exception", str(error)))
        self.page.on("request", self._look_at)
        self.page.goto(f"http://127.0.0.1:{self.stack.admin_port}/phone")
        self.page.get_by_text("en línea").wait_for()

    @property
    def box(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("textbox", name="Mensaje")

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log")

    def write(self, text: str) -> None:
        """As a person with a keyboard does."""
        self.box.fill(text)
        self.box.press("Enter")

    def sees(self, text: str) -> Locator:
        """The bubble with a text, as soon as it is there."""
        bubble = self.page.locator(".bubble", has_text=text).last
        bubble.wait_for()
        return bubble

    def _note(self, kind: str, text: str) -> None:
        self.troubles.append(f"{kind}: {text}")

    def _look_at(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme != "blob" and where.netloc != f"127.0.0.1:{self.stack.admin_port}":
            self._note("request", request.url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with Stack(
        folder, MODELS_DIR=str(folder / "none")
    ) as running:  # a hum is not worth listening to
        yield running


@pytest.fixture
def stack(shared: Stack) -> Stack:
    shared.calm()
    return shared


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport=WIDE, locale="es-AR", permissions=["microphone"]) as opened:
        yield opened


@pytest.fixture
def phone(context: BrowserContext, stack: Stack) -> Iterator[Phone]:
    phone = Phone(context.new_page(), stack)
    phone.open()
    yield phone
    assert phone.troubles == []
