"""Every option, with its default, unit and description; `.env.example` is made from this."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator

from app.embedded.settings import EmbeddedSettings
from app.errors import SettingsError
from app.identity import Whitelist, region_of_zone
from app.media.settings import MediaSettings
from graph.settings import GraphSettings
from tools.settings import Names


class Settings(GraphSettings, EmbeddedSettings, MediaSettings):
    """The whole configuration. Names are a contract: scripts outside the project use them."""

    whatsapp_access_token: Annotated[
        SecretStr, Field(description="Token of the system user, from Meta Business settings.")
    ]
    whatsapp_phone_number_id: Annotated[
        str, Field(pattern=r"^\d{5,20}$", description="Phone number ID: not the number itself.")
    ]
    whatsapp_verify_token: Annotated[
        SecretStr, Field(description="Any string of yours; the same one goes into Meta's portal.")
    ]
    whatsapp_app_secret: Annotated[
        SecretStr, Field(description="App secret: webhooks are signed with it.")
    ]
    whatsapp_waba_id: Annotated[
        str, Field(description="WhatsApp Business Account ID, for the set-up checks.")
    ] = ""
    allowed_numbers: Annotated[
        Names,
        Field(
            min_length=1,
            description="Who may talk to the assistant, comma separated: phone numbers in any"
            " spelling, or Meta's user ids (AR.1502...).",
        ),
    ]
    whatsapp_reminder_template: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9_]{1,512}(:[a-z]{2,3}(_[A-Z]{2,3})?)?)?$",
            description="Approved template for reminders that are due more than 24 hours after your"
            " last message: name or name:language (aviso:es_AR; else OWNER_LANGUAGE), with one"
            " variable, in its body. Meta charges for each. Empty = they wait for your next one.",
        ),
    ] = ""
    graph_api_url: Annotated[HttpUrl, Field(description="Meta's Graph API.")] = HttpUrl(
        "https://graph.facebook.com"
    )
    graph_api_version: Annotated[
        str, Field(pattern=r"^v\d+\.\d+$", description="Version of the Graph API.")
    ] = "v26.0"
    public_url: Annotated[
        HttpUrl | None,
        Field(
            description="Where the internet reaches the public port (https://YOUR-DOMAIN), for the"
            " checks; empty = ngrok is asked."
        ),
    ] = None
    ngrok_api_url: Annotated[
        HttpUrl, Field(description="ngrok's own API, where the checks ask for the tunnel.")
    ] = HttpUrl("http://127.0.0.1:4040")
    embedded: Annotated[
        Literal["auto", "always", "never"],
        Field(
            description="The built-in model: auto = when OLLAMA_BASE_URL is not set and no Ollama"
            " answers on this machine."
        ),
    ] = "auto"
    host: Annotated[str, Field(description="Address of the public port.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65535, description="Public port: /webhook and /health.")
    ] = 8000
    admin_port: Annotated[
        int, Field(ge=0, le=65535, description="Port for the owner, always on 127.0.0.1.")
    ] = 8001
    burst_window_s: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            description="Messages this close together get one answer; 0 = no merging.",
        ),
    ] = 1.0
    send_settle_s: Annotated[
        float,
        Field(
            ge=0,
            description="When nobody knows whether Meta took a message: seconds to wait for its"
            " status before it is sent once more.",
        ),
    ] = 30.0
    send_retry_s: Annotated[
        float,
        Field(
            gt=0,
            description="Seconds between tries while Meta refuses messages until you change"
            " something (token, payment), or drops one that it had taken.",
        ),
    ] = 60.0
    graph_api_timeout_s: Annotated[
        float, Field(gt=0, description="Seconds to wait for an answer of the Graph API.")
    ] = 20.0
    diary_after_s: Annotated[
        float,
        Field(
            ge=0,
            description="Seconds of quiet after which a conversation is written into the diary;"
            " 0 = no diary.",
        ),
    ] = 1800.0
    rate_limit_per_minute: Annotated[
        int, Field(ge=0, description="Messages a minute one sender may send; 0 = no limit.")
    ] = 0
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field(description="DEBUG shows message texts."),
    ] = "INFO"
    log_format: Annotated[
        Literal["json", "console"], Field(description="One JSON object a line, or for reading.")
    ] = "json"

    @field_validator(
        "whatsapp_access_token", "whatsapp_verify_token", "whatsapp_app_secret", mode="after"
    )
    @classmethod
    def _not_blank(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().strip():
            raise ValueError("must not be blank")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    def whitelist(self) -> Whitelist:
        """ALLOWED_NUMBERS, ready to compare with. ValueError names an entry that is no number."""
        return Whitelist.parse(self.allowed_numbers, region_of_zone(self.owner_timezone))

    @classmethod
    def load(cls) -> Self:
        """Read the environment and .env. SettingsError lists, in words, all that must be fixed."""
        try:
            settings = cls()
            settings.whitelist()
        except ValidationError as error:
            raise SettingsError([in_words(item) for item in error.errors()]) from None
        except ValueError as error:
            raise SettingsError([f"ALLOWED_NUMBERS: {error}"]) from None
        return settings


def graph_settings() -> GraphSettings:
    """What commands need that run without WhatsApp's settings. Raises SettingsError."""
    try:
        return GraphSettings()
    except ValidationError as error:
        raise SettingsError([in_words(one) for one in error.errors()]) from None


def in_words(item: Any) -> str:
    """One problem of a ValidationError, without the value: it may be a secret."""
    name = str(item["loc"][0]).upper()
    field = Settings.model_fields.get(name.lower())
    about = f" ({field.description})" if field and field.description else ""
    if item["type"] == "missing":
        return f"{name} is missing{about}"
    if item["type"] == "string_pattern_mismatch":
        return f"{name} has the wrong shape{about}"
    return f"{name}: {item['msg'].removeprefix('Value error, ')}{about}"
