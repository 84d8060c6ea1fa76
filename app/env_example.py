"""`.env.example`, made from the settings so that the two cannot drift apart."""

from pathlib import Path

from pydantic.fields import FieldInfo

from app.settings import Settings
from graph.settings import HOME

_HEADER = """\
# WasAP settings. Copy this file to .env and fill in the first block; the rest has good defaults.
# Made by `wasap env-example`.
"""

_FOOTER = """
# Only for Docker (docs/deploy.md). The tunnel that starts with it: ngrok or cloudflared.
# COMPOSE_PROFILES=ngrok
# NGROK_AUTHTOKEN=
# NGROK_DOMAIN=https://your-name.ngrok-free.app
# CLOUDFLARED_TOKEN=

# With an NVIDIA card:
# COMPOSE_FILE=docker-compose.yml:docker-compose.gpu.yml
"""


def render() -> str:
    """The whole file: required settings first, then the optional ones with their defaults."""
    fields = Settings.model_fields
    # Our own order: `Settings` names first what a newcomer must fill in.
    own = [name for name in Settings.__annotations__ if name in fields]
    names = own + [name for name in fields if name not in own]
    required = [name for name in names if fields[name].is_required()]
    optional = [name for name in names if not fields[name].is_required()]
    blocks = [f"{_comment(fields[name])}\n{name.upper()}=" for name in required]
    blocks += [
        f"{_comment(fields[name])}\n# {name.upper()}={default_of(fields[name])}"
        for name in optional
    ]
    return _HEADER + "\n" + "\n\n".join(blocks) + "\n" + _FOOTER


def _comment(field: FieldInfo) -> str:
    return f"# {field.description}"


def default_of(field: FieldInfo) -> str:
    """The default as it stands in .env; "" where there is none."""
    value = field.get_default(call_default_factory=True)
    if value is None:
        return ""
    if isinstance(value, Path) and value.is_relative_to(HOME):
        return str(value.relative_to(HOME))
    if isinstance(value, Path) and value.is_relative_to(Path.home()):
        return f"~/{value.relative_to(Path.home())}"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).rstrip("/")
