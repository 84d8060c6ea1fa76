"""Settings: a wrong one is named in words, and no secret is shown."""

import pytest

from app.env_example import render
from app.errors import SettingsError
from app.settings import Settings

GOOD = {
    "WHATSAPP_ACCESS_TOKEN": "canary-token",
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_VERIFY_TOKEN": "canary-verify",
    "WHATSAPP_APP_SECRET": "canary-secret",
    "ALLOWED_NUMBERS": "+54 9 11 2222-3333, AR.15020001",
}


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)  # no .env of the developer's
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def problems() -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    return str(caught.value)


def test_the_defaults_of_the_contract() -> None:
    settings = Settings.load()
    assert settings.allowed_numbers == ("+54 9 11 2222-3333", "AR.15020001")
    assert str(settings.graph_api_url) == "https://graph.facebook.com/"
    assert settings.graph_api_version == "v26.0"
    assert settings.ollama_model == "qwen3:8b"
    assert (settings.ollama_num_ctx, settings.port, settings.admin_port) == (8192, 8000, 8001)
    assert (settings.owner_language, settings.burst_window_s) == ("es", 1.0)
    assert settings.owner_timezone == "America/Argentina/Buenos_Aires"
    assert settings.rate_limit_per_minute == 0


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(name)
    text = problems()
    for name in GOOD:
        assert f"{name} is missing" in text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WHATSAPP_PHONE_NUMBER_ID", "+54 11 canary", "WHATSAPP_PHONE_NUMBER_ID has the wrong"),
        ("ALLOWED_NUMBERS", "mi número", "ALLOWED_NUMBERS: entry 1"),
        ("ALLOWED_NUMBERS", " , ", "ALLOWED_NUMBERS"),
        ("PORT", "canary", "PORT: Input should be a valid integer"),
        ("PORT", "70000", "PORT: Input should be less than"),
        ("BURST_WINDOW_S", "-1", "BURST_WINDOW_S"),
        ("OWNER_TIMEZONE", "Marte/Olympus", "OWNER_TIMEZONE: not an IANA time zone"),
        ("OWNER_LANGUAGE", "fr", "OWNER_LANGUAGE"),
        ("GRAPH_API_URL", "canary", "GRAPH_API_URL"),
        ("GRAPH_API_VERSION", "26", "GRAPH_API_VERSION has the wrong shape"),
        ("WHATSAPP_APP_SECRET", "   ", "WHATSAPP_APP_SECRET: must not be blank"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL"),
        (
            "WHATSAPP_REMINDER_TEMPLATE",
            "Mi aviso",
            "WHATSAPP_REMINDER_TEMPLATE has the wrong shape",
        ),
        ("WHATSAPP_REMINDER_TEMPLATE", "aviso:es-AR", "WHATSAPP_REMINDER_TEMPLATE has the wrong"),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    text = problems()
    assert said in text
    assert "canary" not in text


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_MODEL", "")
    assert Settings.load().ollama_model == "qwen3:8b"


def test_repr_shows_no_secret() -> None:
    assert "canary" not in repr(Settings.load())


def test_env_example_names_every_setting() -> None:
    text = render()
    for name in Settings.model_fields:
        assert f"{name.upper()}=" in text


@pytest.mark.parametrize(
    ("value", "good"), [("base", True), ("small", True), ("/my/own", True), ("enormous", False)]
)
def test_what_writes_down_voice_notes_is_known(
    monkeypatch: pytest.MonkeyPatch, value: str, good: bool
) -> None:
    monkeypatch.setenv("WHISPER_MODEL", value)
    if good:
        assert Settings.load().whisper_model == value
    else:
        assert "WHISPER_MODEL: neither base nor small" in problems()
