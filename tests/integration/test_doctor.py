"""Every wrong set-up that we know of is named by `wasap doctor`, in one line that says the fix."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from app.checks import storage, voice
from app.checks.finding import Lines
from app.checks.opening import open_subject, read_settings
from app.cli import cli
from app.media.speaker import config_of
from tests.spoiled_setups import (
    Spoil,
    account,
    broken_prompt,
    damaged,
    models,
    no_database,
    no_threads,
    on_disk,
    setting,
    switch,
    waiting,
)
from tests.wrong_setups import ACCOUNT, NOBODY, SECRET, SECRETS, TOKEN, House, house

__all__ = ["house"]

# What is wrong, how it is made, what doctor says of it, and a word of what to do.
WRONG: list[tuple[str, Spoil, str, str]] = [
    # The token
    ("expired token", account(token_subcode=463), "token_expired", "System users"),
    ("revoked token", account(token_subcode=460), "token_invalid", "System users"),
    ("half a token", setting(WHATSAPP_ACCESS_TOKEN="EAAcanaryAcc"), "token_invalid", "Copy all"),
    (
        "token of a day",
        account(token_kind="USER", token_lives_s=20 * 3600),
        "token_dies",
        "Expiration: never",
    ),
    (
        "token of two months",
        account(token_kind="USER", token_lives_s=60 * 86400),
        "token_ends",
        "Expiration: never",
    ),
    (
        "may not send",
        account(scopes=["whatsapp_business_management"]),
        "scope_messaging",
        "whatsapp_business_messaging",
    ),
    (
        "may not manage",
        account(scopes=["whatsapp_business_messaging"]),
        "scope_management",
        "whatsapp_business_management",
    ),
    # Values in each other's place
    (
        "number as id",
        setting(WHATSAPP_PHONE_NUMBER_ID="15550783881"),
        "phone_id_is_number_of",
        "106540352242922",
    ),
    (
        "own number as id",
        setting(WHATSAPP_PHONE_NUMBER_ID="5491122223333"),
        "phone_id_is_number_of",
        "106540352242922",
    ),
    (
        "number with spaces as id",
        setting(WHATSAPP_PHONE_NUMBER_ID="+54 9 11 2222-3333"),
        "phone_id_is_number",
        "API Setup",
    ),
    (
        "account as phone id",
        setting(WHATSAPP_PHONE_NUMBER_ID=ACCOUNT),
        "phone_id_is_waba",
        "106540352242922",
    ),
    (
        "id that the token cannot see",
        setting(WHATSAPP_PHONE_NUMBER_ID="998877665544332"),
        "phone_id_unknown",
        "106540352242922",
    ),
    (
        "phone id as account",
        setting(WHATSAPP_WABA_ID="106540352242922"),
        "waba_is_phone_id",
        ACCOUNT,
    ),
    ("another account", setting(WHATSAPP_WABA_ID="998877665544332"), "waba_wrong", ACCOUNT),
    (
        "number of another account",
        lambda house: (
            house.account(strangers=["998877665544332"]),
            {"WHATSAPP_PHONE_NUMBER_ID": "998877665544332"},
        )[1],
        "phone_id_elsewhere",
        "106540352242922",
    ),
    ("no account", setting(WHATSAPP_WABA_ID=None), "waba_found", "into .env"),
    (
        "token as secret",
        setting(WHATSAPP_APP_SECRET=TOKEN),
        "secret_is_token",
        "App settings > Basic",
    ),
    (
        "token in quotes",
        setting(WHATSAPP_ACCESS_TOKEN=f"“{TOKEN}”"),
        "token_spoilt",
        "alone",
    ),
    ("secret as token", setting(WHATSAPP_ACCESS_TOKEN=SECRET), "token_is_secret", "EAA"),
    (
        "own number among the owners",
        setting(ALLOWED_NUMBERS="+1 555 078 3881"),
        "owner_is_number",
        "write from",
    ),
    ("nobody allowed", setting(ALLOWED_NUMBERS=None), "setting_missing", "wasap setup"),
    # The app and its webhook
    (
        "wrong app secret",
        setting(WHATSAPP_APP_SECRET=SECRET[::-1]),
        "secret_wrong",
        "App settings > Basic",
    ),
    ("app not subscribed", switch(subscribed=False), "app_not_subscribed", "wasap setup"),
    ("field not subscribed", account(fields=["account_update"]), "field_missing", "messages"),
    ("no webhook", account(fields=[]), "webhook_unset", "callback URL"),
    ("webhook turned off", account(webhook_active=False), "webhook_inactive", "Save"),
    # The way in
    ("tunnel down", switch(webhook_url=f"{NOBODY}/webhook"), "public_down", "Start the tunnel"),
    (
        "other verify token",
        setting(WHATSAPP_VERIFY_TOKEN="another"),
        "public_refused",
        "Point the tunnel",
    ),
    (
        "other program",
        lambda house: {"PUBLIC_URL": f"{house.tunnel.url}/other"},
        "public_status",
        "PORT",
    ),
    (
        "Meta calls elsewhere",
        lambda house: (
            house.account(override_callback="https://old.example/webhook"),
            {"PUBLIC_URL": house.tunnel.url},
        )[1],
        "callback_elsewhere",
        "callback URL",
    ),
    (
        "callback without /webhook",
        lambda house: (
            house.account(override_callback=house.tunnel.url),
            {"PUBLIC_URL": house.tunnel.url},
        )[1],
        "callback_path",
        "/webhook as the callback URL",
    ),
    # The number
    ("not registered", account(platform="NOT_APPLICABLE"), "number_unregistered", "Register"),
    ("pending", account(number_status="PENDING"), "number_unregistered", "Register"),
    ("no payment", account(payment_trouble=True), "number_payment", "card"),
    ("bad quality", account(quality="RED"), "number_quality", "less"),
    # What Meta refused while nobody looked
    ("not on the list", waiting(131030), "refused_131030", "54 without the 9"),
    ("payment refused", waiting(131042), "refused_131042", "card"),
    ("number not registered", waiting(133010), "refused_133010", "Register"),
    ("stuck", waiting(None, age_s=3600), "queue_stuck", "running"),
    # The world around
    (
        "Graph API unreachable",
        setting(GRAPH_API_URL=NOBODY),
        "graph_unreachable",
        "firewall",
    ),
    ("old version", setting(GRAPH_API_VERSION="v17.0"), "version_gone", "v26.0"),
    ("version to come", setting(GRAPH_API_VERSION="v99.0"), "version_unknown", "v26.0"),
    ("clock an hour off", account(clock_skew_s=3600), "clock_off", "automatic time"),
    ("clock drifts", account(clock_skew_s=-90), "clock_drifts", "automatic time"),
    # Models
    ("Ollama down", setting(OLLAMA_BASE_URL=NOBODY), "ollama_down", "ollama serve"),
    ("model missing", models(chat=None), "model_missing", "ollama pull qwen3:8b"),
    ("model without tools", models(chat=("completion",)), "model_no_tools", "qwen3:8b"),
    ("window too large", setting(OLLAMA_NUM_CTX="65536"), "model_context", "OLLAMA_NUM_CTX=32768"),
    ("vision model missing", models(vision=None), "vision_missing", "ollama pull llava:7b"),
    ("blind vision model", models(vision=("completion",)), "vision_blind", "llava:7b"),
    (
        "embedding model missing",
        models(embedding=None),
        "embed_missing",
        "ollama pull embeddinggemma",
    ),
    ("no embedding model", models(embedding=("completion",)), "embed_incapable", "embeddinggemma"),
    (
        "built-in model not fetched",
        setting(EMBEDDED="always", MODELS_DIR="/proc/models"),
        "builtin_missing",
        "wasap model fetch",
    ),
    (
        "voice model not fetched",
        setting(WHISPER_MODEL="base", MODELS_DIR="/proc/models"),
        "voice_missing",
        "wasap model fetch whisper-base",
    ),
    ("voice folder empty", setting(WHISPER_MODEL="/proc/ears"), "voice_no_folder", "WHISPER_MODEL"),
    ("voice not there", setting(VOICE_MODEL="/proc/me.onnx"), "speaker_no_voice", "VOICE_MODEL"),
    # Prompts
    ("unknown variable", broken_prompt, "prompt_rejected", "last good version"),
    ("no prompts", setting(PROMPTS_DIR="/proc/prompts"), "prompts_unusable", "PROMPTS_DIR"),
    # This machine
    (
        "port of another program",
        lambda house: {"ADMIN_PORT": str(house.tunnel.port)},
        "port_taken",
        "ADMIN_PORT",
    ),
    ("folder that cannot be", setting(DATA_DIR="/proc/wasap"), "folder_read_only", "DATA_DIR"),
    ("no database", on_disk(no_database), "database_damaged", "earlier copy"),
    ("database damaged", on_disk(damaged), "database_damaged", "earlier copy"),
    ("threads damaged", on_disk(no_threads), "threads_damaged", "wasap rebuild"),
    ("key on a stick", setting(DATABASE_KEY_FILE="/mnt/no/key"), "key_unreadable", "mounted"),
]
# /proc can neither be written to nor has it room: two troubles, two lines.
TWICE = {"folder that cannot be": {"folder_read_only", "disk_full"}}


@pytest.mark.parametrize(
    ("spoil", "key", "fix"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_a_wrong_setup_is_named_in_one_line_that_says_the_fix(
    house: House, request: pytest.FixtureRequest, spoil: Spoil, key: str, fix: str
) -> None:
    report = house.doctor(**(spoil(house) or {}))
    named = {one["key"]: one for one in report.troubles}
    name = request.node.callspec.id
    assert set(named) == TWICE.get(name, {key})
    line = f"{named[key]['says']} {named[key]['fix']}"
    assert fix in named[key]["fix"]
    assert "\n" not in line
    assert "{" not in line
    failed = any(one["level"] == "fail" for one in report.checks)
    assert report.exit_code == int(failed)
    assert not [secret for secret in SECRETS if secret in report.output]


def test_all_is_well_when_nothing_is_wrong(house: House) -> None:
    report = house.doctor()
    assert report.troubles == []
    assert report.exit_code == 0
    assert {"token", "app_secret", "subscribed", "chat_model", "terms"} <= {
        one["check"] for one in report.checks
    }


def test_people_get_one_line_each_in_their_language(house: House) -> None:
    environment = {**house.environment, "OWNER_LANGUAGE": None, "OLLAMA_MODEL": "llama9"}
    result = CliRunner().invoke(cli, ["doctor"], env=environment, catch_exceptions=False)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    [line] = [line for line in lines if "llama9" in line]
    assert line.startswith("✗ chat_model: El modelo llama9 no está en Ollama")
    assert "→ ollama pull llama9" in line
    assert [line[0] for line in lines if line[:2] not in ("✓ ", "! ")] == ["✗"]


def test_others_who_can_read_the_secrets_are_named(house: House) -> None:
    env = house.folder / ".env"
    env.write_text("PORT=8000\n")
    env.chmod(0o644)
    report = house.doctor()
    assert [one["fix"] for one in report.troubles] == ["chmod 600 .env"]


@pytest.mark.parametrize(
    ("free_mb", "key"), [(5000, "disk_ok"), (900, "disk_low"), (150, "disk_full")]
)
async def test_a_disk_that_fills_up(house: House, free_mb: int, key: str) -> None:
    settings, broken = read_settings(data_dir=house.folder / "data")
    async with open_subject(settings, broken, Lines("es")) as subject:
        filling = replace(subject, free_bytes=lambda path: free_mb * 1_000_000)
        assert (await storage.disk(filling)).key == key


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ('{"espeak": {"voice": "es-419"}}', "speaker_ok"),
        ('{"espeak": {"voice": "en-us"}}', "speaker_foreign"),
        ("[]", "speaker_foreign"),
        (None, "speaker_no_config"),
    ],
)
async def test_what_a_voice_speaks(house: House, config: str | None, key: str) -> None:
    model = house.folder / "voice.onnx"
    model.touch()
    if config:
        config_of(model).write_text(config)
    settings, broken = read_settings(voice_model=model, owner_language="es")
    async with open_subject(settings, broken, Lines("es")) as subject:
        finding = await voice.speaking_voice(subject)
    assert finding is not None
    assert finding.key == key


def test_doctor_changes_nothing(house: House) -> None:
    house.doctor()
    assert not (house.folder / "data").exists()
    calls = house.http.get("/_control/requests").json()["requests"]
    assert {call["method"] for call in calls} == {"GET"}
