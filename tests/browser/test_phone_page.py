"""The phone page: what a person does on it, and what reaches the assistant."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import NARROW, Phone
from tests.fake_ollama import say, tool_call
from tests.stack import OWNER, PHONE_NUMBER_ID, TOKEN, Stack

SERIOUS = ("serious", "critical")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def send(stack: Stack, **message: Any) -> str:
    """Something that the assistant sends, whoever made it; its id."""
    answer = httpx.post(
        f"{stack.meta.url}/v26.0/{PHONE_NUMBER_ID}/messages",
        json={"messaging_product": "whatsapp", "to": OWNER, **message},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    answer.raise_for_status()
    return str(answer.json()["messages"][0]["id"])


def inbound(stack: Stack) -> dict[str, Any]:
    """The newest message of the owner, as Meta's webhook holds it."""
    events = [event for event in stack.chat() if event["kind"] == "inbound"]
    message: dict[str, Any] = events[-1]["message"]
    return message


def complaints(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    found = Axe().run(page).response["violations"]
    return [f"{one['help']}: {one['nodes'][0]}" for one in found if one["impact"] in SERIOUS]


def test_a_message_takes_the_real_way_and_shows_its_ticks(phone: Phone) -> None:
    phone.stack.ollama.script(say("¡Hola, **Carla**! 2*3*4 son _24_."))
    phone.write("buenas")
    answer = phone.sees("¡Hola, Carla!")
    expect(answer.locator("strong")).to_have_text("Carla")
    expect(phone.sees("buenas").get_by_role("img", name="Leído")).to_be_visible()
    assert phone.stack.rows("SELECT text FROM inbox ORDER BY id DESC LIMIT 1") == [("buenas",)]


def test_what_the_assistant_says_is_never_html(phone: Phone) -> None:
    evil = "<img src=x onerror=alert(1)> <b>no</b> https://ejemplo.org/a_b."
    phone.stack.ollama.script(say(evil))
    phone.write("<script>alert(2)</script>")
    answer = phone.sees("<b>no</b>")
    assert answer.locator("img, b").count() == 0
    link = answer.get_by_role("link")
    assert link.get_attribute("href") == "https://ejemplo.org/a_b"
    phone.sees("<script>alert(2)</script>")


def test_the_dots_show_while_it_writes(phone: Phone) -> None:
    phone.stack.ollama.script(say("listo", delay_s=1.5))
    phone.write("¿estás?")
    expect(phone.page.get_by_role("status").first).to_have_text("escribiendo…")
    expect(phone.page.locator(".dots")).to_be_visible()
    phone.sees("listo")
    expect(phone.page.locator(".dots")).to_have_count(0)
    expect(phone.page.get_by_role("status").first).to_have_text("en línea")


def test_a_look_at_what_the_turn_did(phone: Phone) -> None:
    phone.stack.write("/recordar soy contadora")
    phone.sees("soy contadora")
    phone.stack.ollama.script(
        tool_call("calculator", expression="18% de 2350"),
        say("El 18 % es 423.", prompt_eval_count=1000, prompt_cached_count=900),
    )
    phone.write("¿Cuánto es el 18% de 2350? Soy contadora")
    row = phone.page.locator(".row", has=phone.sees("El 18 % es 423."))
    row.get_by_text("Qué hizo").click()
    told = row.locator(".told")
    for words in (
        "charla con el modelo",
        "soy contadora",
        "calculator",
        "18% de 2350",
        "423",
        "90 %",
    ):
        expect(told).to_contain_text(words)
    assert told.get_by_text("leídos").count() == 2  # two calls of the model
    expect(told).to_contain_text(" ms")


def test_a_command_takes_no_model(phone: Phone) -> None:
    phone.write("/ayuda")
    row = phone.page.locator(".row", has=phone.sees("/recordar"))
    row.get_by_text("Qué hizo").last.click()
    expect(row.locator(".told").last).to_contain_text("comando, sin modelo")


def remember(stack: Stack, *memories: str) -> None:
    for memory in memories:
        stack.write(f"/recordar {memory}")
    stack.replies(len(memories))


def test_reply_buttons_are_tapped_once(phone: Phone) -> None:
    remember(phone.stack, "mi gato es gris", "mi gato se llama Tito")
    phone.write("/olvidar mi gato")
    row = phone.page.locator(".row", has=phone.sees("mi gato se llama Tito"))
    buttons = row.get_by_role("group", name="Respuestas posibles").get_by_role("button")
    expect(buttons).to_have_count(2)
    buttons.last.click()
    phone.sees("Listo, lo olvidé")
    expect(buttons.first).to_be_disabled()
    expect(buttons.last).to_be_disabled()
    assert inbound(phone.stack)["interactive"]["type"] == "button_reply"
    phone.write("/memorias")
    left = phone.sees("Esto es lo que recuerdo").inner_text()
    assert "mi gato es gris" in left
    assert "Tito" not in left


def test_more_choices_are_a_list(phone: Phone) -> None:
    remember(phone.stack, *(f"mi perro número {number} ladra" for number in range(4)))
    phone.write("/olvidar mi perro")
    phone.page.get_by_role("button", name="Elegir").click()
    rows = phone.page.get_by_role("dialog").get_by_role("listitem")
    expect(rows).to_have_count(4)
    rows.filter(has_text="número 2").get_by_role("button").click()
    phone.sees("Listo, lo olvidé")
    assert "número 2" in inbound(phone.stack)["interactive"]["list_reply"]["description"]


def test_a_row_of_a_list_is_chosen_with_the_keyboard(phone: Phone) -> None:
    rows = [{"id": "uno", "title": "Lunes"}, {"id": "dos", "title": "Martes", "description": "9 h"}]
    content = {
        "type": "list",
        "body": {"text": "¿Qué día?"},
        "action": {"button": "Ver días", "sections": [{"title": "Días", "rows": rows}]},
    }
    wamid = send(phone.stack, type="interactive", interactive=content)
    phone.page.get_by_role("button", name="Ver días").press("Enter")
    dialog = phone.page.get_by_role("dialog", name="Ver días")
    assert complaints(phone.page) == []
    dialog.get_by_role("button", name="Martes").press("Enter")
    expect(dialog).to_have_count(0)
    phone.sees("Martes")
    chosen = inbound(phone.stack)
    assert chosen["interactive"]["list_reply"] == rows[1]
    assert chosen["context"]["id"] == wamid


def test_a_picture_goes_with_its_caption(phone: Phone) -> None:
    picture = {"name": "gato.png", "mimeType": "image/png", "buffer": PNG}
    phone.page.locator("#file").set_input_files([picture])
    phone.page.get_by_role("button", name="Quitar gato.png").wait_for()
    phone.write("¿qué es esto?")
    image = phone.sees("¿qué es esto?").locator("img")
    expect(image).to_have_js_property("naturalWidth", 1)
    sent = inbound(phone.stack)
    assert (sent["type"], sent["image"]["caption"]) == ("image", "¿qué es esto?")
    assert sent["image"]["mime_type"] == "image/png"


def test_any_other_file_is_a_document_and_a_page_in_it_never_runs(phone: Phone) -> None:
    page = {"name": "hoja.html", "mimeType": "text/html", "buffer": b"<script>alert(1)</script>"}
    phone.page.locator("#file").set_input_files([page])
    phone.page.get_by_role("button", name="Enviar", exact=True).click()
    link = phone.sees("hoja.html").get_by_role("link")
    assert inbound(phone.stack)["document"]["filename"] == "hoja.html"
    with phone.page.expect_download() as saved:
        link.click()
    assert Path(saved.value.path()).read_bytes() == page["buffer"]
    served = phone.page.request.get(
        f"http://127.0.0.1:{phone.stack.admin_port}{link.get_attribute('href')}"
    )
    assert served.headers["content-disposition"] == "attachment"
    assert "sandbox" in served.headers["content-security-policy"]


def test_a_file_that_is_taken_back_is_not_sent(phone: Phone) -> None:
    before = len(phone.stack.chat())
    note = {"name": "nota.txt", "mimeType": "text/plain", "buffer": b"hola"}
    phone.page.locator("#file").set_input_files([note])
    phone.page.get_by_role("button", name="Quitar nota.txt").click()
    expect(phone.page.get_by_role("button", name="Grabar una nota de voz")).to_be_visible()
    assert len(phone.stack.chat()) == before


def test_a_voice_note_is_recorded_and_sent(phone: Phone) -> None:
    phone.page.get_by_role("button", name="Grabar una nota de voz").click()
    expect(phone.page.locator("#clock")).to_have_text("0:01")
    phone.page.get_by_role("button", name="Enviar la nota de voz").click()
    phone.page.get_by_label("Nota de voz", exact=True).last.wait_for()
    sent = inbound(phone.stack)["audio"]
    assert sent["voice"] is True
    assert sent["mime_type"].startswith("audio/")


def test_a_recording_that_is_discarded_goes_nowhere(phone: Phone) -> None:
    before = len(phone.stack.chat())
    phone.page.get_by_role("button", name="Grabar una nota de voz").click()
    phone.page.get_by_role("button", name="Enviar la nota de voz").press("Escape")
    expect(phone.box).to_be_visible()
    assert len(phone.stack.chat()) == before


def test_a_reload_keeps_the_chat(phone: Phone) -> None:
    phone.stack.ollama.script(say("Acá seguimos los dos."))
    phone.write("esto tiene que quedar")
    phone.sees("Acá seguimos")
    before = phone.page.locator(".bubble").count()
    phone.page.reload()
    phone.sees("Acá seguimos")
    expect(phone.page.locator(".bubble")).to_have_count(before)
    expect(phone.sees("esto tiene que quedar").get_by_role("img", name="Leído")).to_be_visible()


def test_a_server_that_starts_again_is_found_again(phone: Phone) -> None:
    phone.stack.stop()
    expect(phone.page.get_by_role("alert")).to_contain_text("no responde")
    phone.write("no me pierdas")
    expect(phone.box).to_have_value("no me pierdas")
    phone.stack.start()
    expect(phone.page.get_by_role("status").first).to_have_text("en línea", timeout=15_000)
    phone.box.press("Enter")
    phone.sees("no me pierdas")
    phone.troubles.clear()  # the browser tells of each request that found nobody


def test_who_cannot_see_hears_what_is_new_and_not_the_history(phone: Phone) -> None:
    expect(phone.log).to_have_attribute("aria-live", "polite")
    phone.write("¿me oís?")
    phone.sees("¿me oís?")
    phone.page.reload()
    phone.page.get_by_text("en línea").wait_for()
    expect(phone.log).to_have_attribute("aria-live", "polite")
    assert phone.sees("¿me oís?").inner_text().startswith(("Vos:", "WasAP:"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(phone: Phone, scheme: Any) -> None:
    phone.page.emulate_media(color_scheme=scheme)
    phone.stack.ollama.script(tool_call("calculator", expression="6*7"), say("Son `42`."))
    phone.write("¿cuánto es 6 por 7?")
    row = phone.page.locator(".row", has=phone.sees("Son 42."))
    row.get_by_text("Qué hizo").last.click()
    row.get_by_text("calculator").last.wait_for()
    assert complaints(phone.page) == []


def test_a_narrow_screen_shows_it_all(phone: Phone) -> None:
    phone.page.set_viewport_size(NARROW)
    phone.stack.ollama.script(say("palabra " * 60 + "x" * 200))
    phone.write("contame algo largo")
    phone.sees("palabra palabra")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.page.evaluate(overflow) == 0
    assert phone.log.evaluate("log => log.scrollWidth - log.clientWidth") == 0
    expect(phone.box).to_be_in_viewport()
    expect(phone.page.get_by_role("button", name="Adjuntar un archivo")).to_be_in_viewport()
    assert complaints(phone.page) == []


def test_the_keyboard_reaches_everything_in_reading_order(phone: Phone) -> None:
    expect(phone.box).to_be_focused()
    phone.page.keyboard.press("Tab")
    expect(phone.page.get_by_role("button", name="Grabar una nota de voz")).to_be_focused()
    for _ in range(2):
        phone.page.keyboard.press("Shift+Tab")
    expect(phone.page.get_by_role("button", name="Adjuntar un archivo")).to_be_focused()


def test_it_speaks_english(context: BrowserContext, tmp_path: Path) -> None:
    with Stack(tmp_path, OWNER_LANGUAGE="en") as stack:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{stack.admin_port}/phone")
        page.get_by_text("online").wait_for()
        assert page.get_by_role("textbox", name="Message").count() == 1
        assert page.locator("html").get_attribute("lang") == "en"


def test_with_a_real_account_it_says_what_it_needs(context: BrowserContext, tmp_path: Path) -> None:
    # Nobody has this name: nothing could be sent.
    with Stack(tmp_path, GRAPH_API_URL="https://graph.facebook.invalid") as stack:
        page = context.new_page()
        answer = page.goto(f"http://127.0.0.1:{stack.admin_port}/phone")
        assert answer is not None
        assert answer.status == 404
        assert page.get_by_role("heading").inner_text() == "Esta página necesita el simulador"
        assert complaints(page) == []
        turns = page.request.get(f"http://127.0.0.1:{stack.admin_port}/phone/turns/x")
        assert turns.status == 404
