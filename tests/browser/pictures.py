"""`python -m tests.browser.pictures`: the pictures of the phone page in docs/.

A scripted model talks; all else is the product as it runs.
"""

import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

from tests.browser.chromium import launched
from tests.fake_ollama import say, tool_call
from tests.lives import ROOT
from tests.stack import Stack

SCREEN = ViewportSize(width=760, height=900)
PICTURES: dict[Literal["light", "dark"], str] = {"light": "phone.png", "dark": "phone-dark.png"}


def talk(page: Page, stack: Stack) -> None:
    """A short chat with a tool, a reminder, and two buttons."""
    stack.ollama.script(
        say("¡Hola! Decime qué necesitás: *recordatorios*, notas, listas, cuentas, el tiempo…"),
        tool_call("calculator", expression="18% de 2350"),
        say("El *18 %* de 2350 es *423*."),
    )
    lines = {
        "Hola, ¿qué sabés hacer?": "¡Hola!",
        "/recordar mi gato es gris": "lo recuerdo: mi gato es gris",
        "/recordar mi gato se llama Tito": "lo recuerdo: mi gato se llama Tito",
        "¿Cuánto es el 18% de 2350?": "2350 es 423",
        "/olvidar mi gato": "2. mi gato",
    }
    for line, answer in lines.items():
        box = page.get_by_role("textbox")
        box.fill(line)
        box.press("Enter")
        page.locator(".row:not(.mine) .bubble", has_text=answer).last.wait_for()
    sum_ = page.locator(".row", has=page.locator(".bubble", has_text="2350 es 423")).last
    sum_.get_by_text("Qué hizo").click()
    sum_.get_by_text("calculator").wait_for()
    page.get_by_role("log").evaluate("log => log.scrollTop = log.scrollHeight")
    page.mouse.move(0, 0)


def main() -> None:
    """Take both."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder)) as stack,
        launched() as browser,
        browser.new_context(locale="es-AR", viewport=SCREEN) as context,
    ):
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{stack.admin_port}/phone")
        page.get_by_text("en línea").wait_for()
        talk(page, stack)
        for scheme, name in PICTURES.items():
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=ROOT / "docs" / name)


if __name__ == "__main__":
    main()
