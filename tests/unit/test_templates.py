"""Reminders outside the 24 hours: what goes over the wire, and what its failures mean."""

from collections.abc import Iterator

import httpx
import pytest

from app.channels.cloud_api.client import CloudApi, Template
from app.channels.cloud_api.events import iter_events
from app.simulator import SimulatorConfig, create_app
from app.simulator.envelopes import encode, envelope, status_value
from app.simulator.serving import BackgroundServer
from store.statuses import Status
from tools.certificates import authorities

CONFIG = SimulatorConfig(send_statuses=False)
CARLA = "5491122223333"


@pytest.fixture(scope="module")
def meta() -> Iterator[str]:
    with BackgroundServer(create_app(CONFIG)) as server:
        yield server.url


@pytest.mark.parametrize(
    ("setting", "template"),
    [
        ("", None),
        ("aviso", Template("aviso", "es")),
        ("aviso_2:es_AR", Template("aviso_2", "es_AR")),
    ],
)
def test_the_setting_names_a_template_and_maybe_its_language(
    setting: str, template: Template | None
) -> None:
    assert Template.parse(setting, "es") == template


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("pagar la luz", "pagar la luz"),
        ("regar\n\tlas      plantas \n", "regar las plantas"),  # Meta: 132018
    ],
)
async def test_the_text_stands_in_the_one_variable(meta: str, text: str, variable: str) -> None:
    template = Template("aviso", "es_AR")
    token, number = CONFIG.access_token, CONFIG.phone_number_id
    channel = CloudApi(meta, "v26.0", number, token, timeout_s=10, template=template)
    assert (await channel.send_template(CARLA, text, callback="7-1")).startswith("wamid.")
    await channel.aclose()
    async with httpx.AsyncClient(base_url=meta, trust_env=False, verify=authorities()) as http:
        sent = (await http.get("/_control/requests")).json()["requests"][-1]["body"]
    assert sent == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": f"+{CARLA}",
        "type": "template",
        "template": {
            "name": "aviso",
            "language": {"code": "es_AR"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": variable}]}],
        },
        "biz_opaque_callback_data": "7-1",
    }


def test_a_template_that_fails_after_it_was_taken_leaves_its_text_for_later() -> None:
    paused = [{"code": 132015, "title": "Template is Paused"}]
    value = status_value(
        CONFIG, status="failed", wamid="wamid.1", recipient=CARLA, opaque="7-1", errors=paused
    )
    (status,) = iter_events(encode(envelope(CONFIG, [value])), CONFIG.phone_number_id)
    assert isinstance(status, Status)
    assert (status.status, status.when_failed) == ("failed", "held")
