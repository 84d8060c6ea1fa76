"""The stand-in for Meta, driven over HTTP as WasAP and a phone would."""

import hashlib
import json
from typing import Any

import pytest

from app.simulator import SimulatorConfig, create_app
from app.simulator.serving import BackgroundServer
from tests.simulated import OWNER, Business, Sim, business, config, quiet_sim, sim

__all__ = ["business", "config", "quiet_sim", "sim"]


def test_a_text_reaches_the_chat_and_is_acknowledged(sim: Sim) -> None:
    answer = sim.text("¿Qué tal?")
    assert answer.status_code == 200
    body = answer.json()
    assert body["contacts"] == [{"input": f"+{OWNER}", "wa_id": OWNER}]
    event = next(event for event in sim.chat() if event["kind"] == "outbound")
    assert event["text"] == "¿Qué tal?"
    assert event["wamid"] == body["messages"][0]["id"]
    assert event["chat"] == OWNER


def test_every_message_has_its_own_id(sim: Sim) -> None:
    ids = {sim.text().json()["messages"][0]["id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}])
def test_without_the_token_nothing_is_sent(sim: Sim, header: dict[str, str]) -> None:
    path = f"/v26.0/{sim.config.phone_number_id}/messages"
    payload = {"messaging_product": "whatsapp", "to": OWNER, "text": {"body": "x"}}
    answer = sim.http.post(path, json=payload, headers=header)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == 190
    assert sim.chat() == []


def test_a_wrong_phone_number_id_says_so_as_meta_does(sim: Sim) -> None:
    answer = sim.graph("POST", "999/messages", json={"messaging_product": "whatsapp"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["error_subcode"]) == (400, 100, 33)
    assert "999" in error["message"]


def _buttons(*titles: str, body: str = "¿Seguro?", **parts: Any) -> dict[str, Any]:
    buttons = [
        {"type": "reply", "reply": {"id": str(number), "title": title}}
        for number, title in enumerate(titles)
    ]
    content = {"type": "button", "body": {"text": body}, "action": {"buttons": buttons}}
    return {"type": "interactive", "interactive": content | parts}


def _list(rows: int, **row: Any) -> dict[str, Any]:
    entries = [{"id": str(number), "title": f"Fila {number}"} | row for number in range(rows)]
    action = {"button": "Elegir", "sections": [{"title": "Todo", "rows": entries}]}
    content = {"type": "list", "body": {"text": "¿Cuál?"}, "action": action}
    return {"type": "interactive", "interactive": content}


def _template(*texts: str) -> dict[str, Any]:
    parameters = [{"type": "text", "text": text} for text in texts]
    components = [{"type": "body", "parameters": parameters}]
    named = {"name": "aviso", "language": {"code": "es_AR"}}
    return {"type": "template", "template": {**named, "components": components}}


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "text", "text": {"body": "x" * 4096}},
        # Type defaults to text.
        {"text": {"body": "hola"}},
        {"type": "text", "text": {"body": "hola"}, "context": {"message_id": "wamid.x"}},
        {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}},
        # Takes the reaction away.
        {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": ""}},
        _buttons("Sí", "No", "Después"),
        _list(10),
        {"type": "template", "template": {"name": "hi", "language": {"code": "es"}}},
        _template("pagar la luz    mañana"),
    ],
)
def test_what_whatsapp_takes(quiet_sim: Sim, payload: dict[str, Any]) -> None:
    assert quiet_sim.send(to=f"+{OWNER}", **payload).status_code == 200


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"type": "text", "text": {"body": "x" * 4097}}, 100),
        ({"type": "text", "text": {"body": "   "}}, 100),
        ({"type": "text"}, 100),
        ({"type": "template", "template": {"name": "hi"}}, 100),
        (_template("dos\nlíneas"), 132018),
        (_template("muchos     espacios"), 132018),
        (_template(""), 132018),
        ({"type": "poll", "poll": {}}, 100),
        ({"type": ["text"]}, 100),
        ({"text": {"body": "hola"}, "messaging_product": "sms"}, 100),
        ({"text": {"body": "hola"}, "context": {}}, 100),
        ({"text": {"body": "hola"}, "biz_opaque_callback_data": "x" * 513}, 100),
        # Four buttons, a long title, two alike, a long body.
        (_buttons("a", "b", "c", "d"), 131009),
        (_buttons("x" * 21), 131009),
        (_buttons("Sí", "Sí"), 131009),
        (_buttons("Sí", body="x" * 1025), 131009),
        (_buttons("Sí", footer={"text": "x" * 61}), 131009),
        (_list(11), 131009),
        (_list(0), 131009),
        (_list(1, description="x" * 73), 131009),
        (_list(2, id="same"), 131009),
        # Media that nobody uploaded; a caption too long.
        ({"type": "image", "image": {"id": "1"}}, 100),
        ({"type": "image", "image": {"id": "1", "caption": "x" * 1025}}, 100),
    ],
)
def test_what_whatsapp_refuses(quiet_sim: Sim, payload: dict[str, Any], code: int) -> None:
    before = quiet_sim.chat()
    answer = quiet_sim.send(**{"to": f"+{OWNER}"} | payload)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert quiet_sim.chat() == before


def test_24_hours_after_the_last_message_only_templates_are_taken(business: Business) -> None:
    now = [1_795_400_000.0]
    config = SimulatorConfig(clock=lambda: now[0])
    with (
        BackgroundServer(business.app) as webhook,
        BackgroundServer(create_app(config)) as server,
    ):
        sim = Sim(server.url, config)
        sim.http.patch("/_control/switches", json={"webhook_url": f"{webhook.url}/webhook"})
        assert sim.text().status_code == 200  # of who never wrote nothing is known
        sim.write(text="hola")
        now[0] += 24 * 3600
        assert sim.text("a tiempo").status_code == 200
        now[0] += 1
        sim.write(text="de antes", timestamp=int(now[0]) - 25 * 3600)
        refused = sim.text("tarde")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, 131047)
        assert sim.send(to=f"+{OWNER}", **_template("regar")).status_code == 200
        sim.write(text="volví")
        assert sim.text("hola de nuevo").status_code == 200
        shown = [event["text"] for event in sim.chat() if event["kind"] == "outbound"]
        assert shown == ["hola", "a tiempo", "regar", "hola de nuevo"]
        sim.deliveries(at_least=3 + 4 * 3)
        paid = [
            status["pricing"]["category"]
            for value in business.values()
            for status in value.get("statuses", [])
            if status["status"] == "delivered"
        ]
        assert sorted(paid) == ["service"] * 3 + ["utility"]
        sim.http.close()


def test_a_bsuid_is_a_recipient_and_the_number_wins_over_it(sim: Sim) -> None:
    by_id = sim.send(recipient="AR.15021502", text={"body": "hola"}).json()
    assert by_id["contacts"] == [{"input": "AR.15021502", "user_id": "AR.15021502"}]
    both = sim.send(recipient="AR.15021502", to=f"+{OWNER}", text={"body": "hola"}).json()
    assert both["contacts"][0]["wa_id"] == OWNER
    assert sim.send(text={"body": "hola"}).json()["error"]["code"] == 100


def test_reading_and_typing_show_on_the_phone(sim: Sim) -> None:
    wamid = sim.write(text="hola")["id"]
    mark = {"status": "read", "message_id": wamid, "typing_indicator": {"type": "text"}}
    assert sim.send(**mark).json() == {"success": True}
    shown = [(event["kind"], event["wamid"]) for event in sim.chat()[1:]]
    assert shown == [("delivered", wamid), ("read", wamid), ("typing", wamid)]


def test_only_an_inbound_message_can_be_read(sim: Sim) -> None:
    assert sim.send(status="read", message_id="wamid.none").json()["error"]["code"] == 131009


def test_media_go_up_and_down(sim: Sim) -> None:
    phone = sim.config.phone_number_id
    voice = b"OggS not really"
    up = sim.graph(
        "POST",
        f"{phone}/media",
        data={"messaging_product": "whatsapp", "type": "audio/ogg"},
        files={"file": ("voz.ogg", voice, "audio/ogg")},
    ).json()
    assert sim.send(to=f"+{OWNER}", type="audio", audio={"id": up["id"]}).status_code == 200
    found = sim.graph("GET", up["id"]).json()
    assert found["sha256"] == hashlib.sha256(voice).hexdigest()
    assert (found["mime_type"], found["file_size"]) == ("audio/ogg", str(len(voice)))
    assert sim.http.get(found["url"]).status_code == 401
    assert sim.http.get(found["url"], headers=sim.token).content == voice
    assert sim.graph("DELETE", up["id"]).json() == {"success": True}
    assert sim.graph("GET", up["id"]).json()["error"]["code"] == 100


def test_a_type_whatsapp_does_not_know_is_not_uploaded(sim: Sim) -> None:
    answer = sim.graph(
        "POST",
        f"{sim.config.phone_number_id}/media",
        data={"messaging_product": "whatsapp"},
        files={"file": ("x.bin", b"x", "application/x-unknown")},
    )
    assert answer.json()["error"]["code"] == 131053


def test_a_download_url_dies_after_five_minutes(business: Business) -> None:
    now = [1_000_000.0]
    config = SimulatorConfig(clock=lambda: now[0])
    with BackgroundServer(create_app(config)) as server:
        sim = Sim(server.url, config)
        sent = sim.http.post("/_phone/media", files={"file": ("a.jpg", b"jpg", "image/jpeg")})
        url = sim.graph("GET", sent.json()["id"]).json()["url"]
        now[0] += 299
        assert sim.http.get(url, headers=sim.token).content == b"jpg"
        now[0] += 2
        assert sim.http.get(url, headers=sim.token).status_code == 404
        sim.http.close()


def test_what_the_set_up_checks_ask(sim: Sim) -> None:
    number = sim.graph("GET", sim.config.phone_number_id).json()
    assert number["display_phone_number"] == sim.config.display_phone_number
    assert number["verified_name"] == "WasAP"
    apps = sim.graph("GET", f"{sim.config.waba_id}/subscribed_apps").json()["data"]
    assert apps[0]["whatsapp_business_api_data"]["id"] == sim.config.app_id
    params = {"input_token": sim.config.access_token}
    assert sim.graph("GET", "debug_token", params=params).json()["data"]["is_valid"] is True
    params = {"input_token": "another"}
    assert sim.graph("GET", "debug_token", params=params).json()["data"]["is_valid"] is False


def test_an_account_nobody_subscribed_to() -> None:
    config = SimulatorConfig(subscribed=False)
    with BackgroundServer(create_app(config)) as server:
        sim = Sim(server.url, config)
        path = f"{config.waba_id}/subscribed_apps"
        assert sim.graph("GET", path).json() == {"data": []}
        assert sim.graph("POST", path).json() == {"success": True}
        assert len(sim.graph("GET", path).json()["data"]) == 1
        sim.http.close()


def test_a_test_number_only_writes_to_its_list() -> None:
    # The Argentine trap: the list holds 54 11..., webhooks say 549 11...
    config = SimulatorConfig(test_recipients=("541122223333",), send_statuses=False)
    with BackgroundServer(create_app(config)) as server:
        sim = Sim(server.url, config)
        assert sim.text().json()["error"]["code"] == 131030
        assert sim.text(to="+541122223333").status_code == 200
        sim.http.close()


def test_every_call_is_kept_for_the_tests_without_the_token(sim: Sim) -> None:
    sim.text("hola")
    call = sim.http.get("/_control/requests").json()["requests"][0]
    assert call["path"].endswith("/messages")
    assert call["body"]["text"] == {"body": "hola"}
    assert (call["status"], call["authorized"]) == (200, True)
    assert sim.config.access_token not in json.dumps(call)
