"""What docker-compose.yml promises, read as text: no engine runs where tests do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values

from app.errors import SettingsError
from app.settings import Settings

ROOT = Path(__file__).parents[2]
ENV_EXAMPLE = (ROOT / ".env.example").read_text()
REQUIRED = {
    "WHATSAPP_ACCESS_TOKEN": "token",
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_VERIFY_TOKEN": "verify",
    "WHATSAPP_APP_SECRET": "secret",
    "ALLOWED_NUMBERS": "+54 9 11 2222-3333",
}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - compared, not bound
TUNNELS = {"ngrok", "cloudflared"}
VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")  # without a default Compose warns

Json = dict[str, Any]


def read(name: str = "docker-compose.yml", **env: str) -> Json:
    """The file as Compose reads it with this .env."""
    text = (ROOT / name).read_text()
    filled = VARIABLE.sub(lambda found: env.get(found[1]) or found[2], text)
    assert "$" not in filled
    read: Json = yaml.safe_load(filled)
    return read


SERVICES: Json = read()["services"]
WASAP: Json = SERVICES["wasap"]


def networks(service: str) -> set[str]:
    return set(SERVICES[service].get("networks", ["default"]))


def container(monkeypatch: pytest.MonkeyPatch, folder: Path, env: dict[str, str | None]) -> None:
    """Puts us where `wasap serve` is in its container: this .env, then the file's own values."""
    monkeypatch.chdir(folder)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {**env, **WASAP["environment"]}.items():
        monkeypatch.setenv(name, value or "")


def test_each_variable_is_in_the_example() -> None:
    names = {name for name, _ in VARIABLE.findall((ROOT / "docker-compose.yml").read_text())}
    assert {name for name in names if f" {name}=" not in ENV_EXAMPLE} == set()
    assert {"PORT", "OLLAMA_MODEL", "NGROK_DOMAIN", "CLOUDFLARED_TOKEN"} <= names


def test_an_example_that_was_only_copied_is_answered_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    container(monkeypatch, tmp_path, dotenv_values(ROOT / ".env.example"))
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    assert {problem.split()[0] for problem in caught.value.problems} == set(REQUIRED)
    assert all(" is missing (" in problem for problem in caught.value.problems)


def test_the_first_block_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    container(monkeypatch, tmp_path, {**dotenv_values(ROOT / ".env.example"), **REQUIRED})
    assert Settings.load().host == EVERYWHERE


def test_nothing_in_env_turns_the_container_inside_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on = tmp_path / "env"  # every default of the example written down
    on.write_text(re.sub(r"^# (?=[A-Z_]+=)", "", ENV_EXAMPLE, flags=re.M))
    container(monkeypatch, tmp_path, {**dotenv_values(on), **REQUIRED})
    settings = Settings.load()
    assert (settings.host, settings.port, settings.embedded) == (EVERYWHERE, 8000, "never")
    assert str(settings.ollama_base_url) == "http://ollama:11434/"
    assert str(settings.ngrok_api_url) == "http://ngrok:4040/"  # the doctor asks it
    for folder in (settings.data_dir, settings.models_dir):
        assert folder.is_relative_to("/data")


@pytest.mark.parametrize(("env", "published"), [({}, "8000"), ({"PORT": "9000"}, "9000")])
def test_one_port_is_published_the_public_one_to_this_machine_alone(
    env: dict[str, str], published: str
) -> None:
    services = read(**env)["services"]
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports == {"wasap": [f"127.0.0.1:{published}:{WASAP['environment']['PORT']}"]}


def test_a_tunnel_can_reach_wasap_and_nothing_else() -> None:
    for tunnel in TUNNELS:
        met = {name for name in SERVICES if networks(name) & networks(tunnel)}
        assert met == {"wasap"} | TUNNELS
    assert networks("wasap") & networks("ollama")


def test_tunnels_are_there_when_asked_for() -> None:
    profiles = {name: service.get("profiles") for name, service in SERVICES.items()}
    assert profiles == {
        **dict.fromkeys(("wasap", "ollama", "models", "voice")),
        "ngrok": ["ngrok"],
        "cloudflared": ["cloudflared"],
    }


def test_ngrok_leads_to_the_public_port_from_a_domain_that_stays() -> None:
    domain = "https://your-name.ngrok-free.app"
    ngrok = read(NGROK_DOMAIN=domain, NGROK_AUTHTOKEN="token")["services"]["ngrok"]
    assert ngrok["command"][:2] == ["http", f"wasap:{WASAP['environment']['PORT']}"]
    assert f"--url={domain}" in ngrok["command"]
    assert "--inspect=false" in ngrok["command"]  # it would keep the messages
    assert ngrok["environment"] == {"NGROK_AUTHTOKEN": "token"}


def test_cloudflared_takes_its_token_and_tells_how_it_is() -> None:
    tunnel = read(CLOUDFLARED_TOKEN="token")["services"]["cloudflared"]
    assert tunnel["environment"]["TUNNEL_TOKEN"] == "token"
    assert tunnel["environment"]["TUNNEL_METRICS"] in tunnel["healthcheck"]["test"]


@pytest.mark.parametrize(
    ("service", "waits_for"),
    [
        ("ollama", []),
        ("models", ["ollama"]),
        ("wasap", ["ollama"]),  # not for gigabytes of models
        ("voice", []),
        ("ngrok", ["wasap"]),
        ("cloudflared", ["wasap"]),
    ],
)
def test_the_order_of_the_start(service: str, waits_for: list[str]) -> None:
    waits = SERVICES[service].get("depends_on", {})
    assert waits == {name: {"condition": "service_healthy"} for name in waits_for}
    for name in waits_for:  # or they would wait for ever
        assert "healthcheck" in SERVICES[name] or SERVICES[name].get("build") == "."


def test_what_runs_once_is_tried_until_it_worked_and_the_rest_always_runs() -> None:
    assert SERVICES["models"]["command"] == ["wasap", "pull"]
    for name, service in SERVICES.items():
        once = name in ("models", "voice")
        assert service["restart"] == ("on-failure" if once else "unless-stopped")
        assert service.get("healthcheck", {}).get("disable", False) is once


def test_what_lasts_is_in_two_volumes() -> None:
    assert set(read()["volumes"]) == {"wasap_data", "ollama_data"}
    assert WASAP["volumes"] == [f"wasap_data:{WASAP['environment']['DATA_DIR']}"]
    assert SERVICES["voice"]["volumes"] == WASAP["volumes"]
    assert SERVICES["voice"]["environment"]["MODELS_DIR"] == WASAP["environment"]["MODELS_DIR"]
    assert SERVICES["ollama"]["volumes"] == ["ollama_data:/root/.ollama"]


def test_the_gpu_is_for_ollama() -> None:
    gpu = read("docker-compose.gpu.yml")["services"]
    assert set(gpu) == {"ollama"}
    (device,) = gpu["ollama"]["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])
