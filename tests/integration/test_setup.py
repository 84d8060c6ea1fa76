"""`wasap setup` at a terminal, from nothing to a .env that works."""

import os
import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.lives import ROOT
from tests.stack import PHONE_NUMBER_ID
from tests.terminal import Terminal
from tests.wrong_setups import ACCOUNT, SECRET, TOKEN, House, house

__all__ = ["house"]

KEPT = """\
# my own remark
FUTURE_SETTING='some thing'
PORT=8123
"""


def surroundings(house: House, language: str = "es_AR.UTF-8") -> dict[str, str]:
    """No settings but where the doubles are."""
    names = ("GRAPH_API_URL", "OLLAMA_BASE_URL", "NGROK_API_URL", "DATA_DIR")
    doubles = {name: house.environment[name] for name in names}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": language, **doubles}


def setup(house: House, **settings: str) -> Terminal:
    return Terminal(["setup"], house.folder, {**surroundings(house), **settings})


def answer_all(terminal: Terminal) -> None:
    """What a person does whose values are at hand."""
    terminal.until("no se ve): ")
    terminal.type(TOKEN)
    terminal.until(f"1) {ACCOUNT}")
    terminal.until(f"[{ACCOUNT}]: ")
    terminal.type("")
    terminal.until(f"1) {PHONE_NUMBER_ID}")
    terminal.until(f"[{PHONE_NUMBER_ID}]: ")
    terminal.type("1")
    terminal.until("no se ve): ")
    terminal.type(SECRET)
    terminal.until("comas: ")
    terminal.type("+54 9 11 2222-3333")


def values(folder: Path) -> dict[str, str | None]:
    return dict(dotenv_values(folder / ".env"))


def test_from_nothing_to_a_file_that_doctor_likes(house: House) -> None:
    with setup(house) as terminal:
        answer_all(terminal)
        assert terminal.end() == 0
    assert TOKEN not in terminal.seen
    assert SECRET not in terminal.seen
    assert f"…{TOKEN[-4:]}" in terminal.seen
    assert "URL de devolución de llamada: https://TU-DOMINIO/webhook" in terminal.seen
    written = values(house.folder)
    assert written["WHATSAPP_ACCESS_TOKEN"] == TOKEN
    assert written["WHATSAPP_WABA_ID"] == ACCOUNT
    assert written["WHATSAPP_PHONE_NUMBER_ID"] == PHONE_NUMBER_ID
    assert written["WHATSAPP_APP_SECRET"] == SECRET
    assert written["ALLOWED_NUMBERS"] == "+54 9 11 2222-3333"
    assert written["OWNER_LANGUAGE"] == "es"
    verify = written["WHATSAPP_VERIFY_TOKEN"] or ""
    assert len(verify) >= 24
    assert verify not in terminal.seen
    assert stat.S_IMODE((house.folder / ".env").stat().st_mode) == 0o600
    assert [path.name for path in house.folder.glob(".env*")] == [".env"]
    taken = dict.fromkeys(("WHATSAPP_APP_SECRET", "ALLOWED_NUMBERS"))
    report = house.doctor(**taken)  # these two come from the file
    assert {one["key"] for one in report.troubles} == set()


def test_a_wrong_value_is_told_at_once_and_asked_again(house: House) -> None:
    with setup(house) as terminal:
        terminal.until("no se ve): ")
        terminal.type(SECRET)
        said = terminal.until("¿Lo escribís de nuevo?")
        assert "la clave secreta de la app" in said
        terminal.type("s")
        terminal.until("no se ve)")
        terminal.type(TOKEN)
        terminal.until(f"[{ACCOUNT}]: ")
        terminal.type("")
        terminal.until(f"[{PHONE_NUMBER_ID}]: ")
        terminal.type("15550783881")
        assert PHONE_NUMBER_ID in terminal.until("¿Lo escribís de nuevo?")
        terminal.type("")
        terminal.until("]: ")
        terminal.type(PHONE_NUMBER_ID)
        terminal.until("no se ve): ")


@pytest.mark.parametrize("how", ["Ctrl-C", "kill"])
def test_it_goes_on_where_it_was_stopped(house: House, how: str) -> None:
    with setup(house) as terminal:
        terminal.until("no se ve): ")
        terminal.type(TOKEN)
        terminal.until(f"[{ACCOUNT}]: ")
        if how == "kill":
            terminal.kill()
            terminal.end()
        else:
            assert terminal.interrupt() == 130
            assert ".env.partial" in terminal.seen
    assert not (house.folder / ".env").exists()
    partial = house.folder / ".env.partial"
    assert stat.S_IMODE(partial.stat().st_mode) == 0o600
    with setup(house) as terminal:
        terminal.until(f"…{TOKEN[-4:]}")
        terminal.until(f"[{ACCOUNT}]: ")
        assert "no se ve): " not in terminal.seen  # the token is not asked for again


def test_a_file_that_is_there_is_changed_only_with_a_yes_and_keeps_the_rest(house: House) -> None:
    env = house.folder / ".env"
    env.write_text(KEPT + "WHATSAPP_ACCESS_TOKEN=EAAoldToken0123456789\n")
    with setup(house) as terminal:
        terminal.until("[…6789]: ")
        terminal.type(TOKEN)
        terminal.until(f"[{ACCOUNT}]: ")
        terminal.type("")
        terminal.until(f"[{PHONE_NUMBER_ID}]: ")
        terminal.type("")
        terminal.until("no se ve): ")
        terminal.type(SECRET)
        terminal.until("comas: ")
        terminal.type("+54 9 11 2222-3333")
        terminal.until("Esto cambia en .env: WHATSAPP_ACCESS_TOKEN.")
        assert "EAAoldToken" in env.read_text()
        terminal.type("n")
        assert terminal.end() == 1
    assert env.read_text().startswith(KEPT)
    assert "EAAoldToken" in env.read_text()
    with setup(house) as terminal:  # all is answered: nothing is asked but this
        terminal.until("Esto cambia en .env: WHATSAPP_ACCESS_TOKEN.")
        terminal.type("s")
        assert terminal.end() == 0
    assert env.read_text().startswith(KEPT)
    assert values(house.folder)["WHATSAPP_ACCESS_TOKEN"] == TOKEN
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


def test_it_subscribes_the_app_and_pulls_what_is_missing(house: House) -> None:
    house.switch(subscribed=False)
    del house.ollama.models["qwen3:8b"], house.ollama.models["llava:7b"]
    house.ollama.library["qwen3:8b"] = ("completion", "tools")
    with setup(house) as terminal:
        answer_all(terminal)
        terminal.until("¿Suscribo la app a la cuenta?")
        terminal.type("")
        terminal.until("La app está suscripta a la cuenta.")
        terminal.until("¿Bajo qwen3:8b con Ollama?")
        terminal.type("s")
        assert "4.0" in terminal.until("qwen3:8b ya está.")  # megabytes, in the bar
        terminal.until("¿Bajo llava:7b con Ollama?")
        terminal.type("s")
        terminal.until("No se pudo bajar llava:7b: pull model manifest")
        assert terminal.end() == 0
    assert "qwen3:8b" in house.ollama.models
    report = house.doctor()
    assert {one["key"] for one in report.troubles} == {"vision_missing"}


def test_it_speaks_english_to_an_english_terminal(house: House) -> None:
    with setup(house, LANG="en_GB.UTF-8") as terminal:
        terminal.until("Business settings > Users > System users")
        terminal.until("not shown): ")


def test_without_a_terminal_it_says_what_to_do_instead(house: House) -> None:
    from typer.testing import CliRunner

    from app.cli import cli
    from app.errors import WasapError

    result = CliRunner().invoke(cli, ["setup"], env=surroundings(house))
    assert isinstance(result.exception, WasapError)
    assert ".env.example" in str(result.exception)
