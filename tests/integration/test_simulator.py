"""The stand-in for Meta, driven over HTTP as WasAP and a phone would."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.simulator import SimulatorConfig, create_app
from app.simulator.serving import BackgroundServer
from tools.certificates import authorities

OWNER = "5491122223333"
DEADLINE_S = 10


class Business:
    """The other end: a webhook that answers what the test says and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []
        self.app = Starlette(
            routes=[
                Route("/webhook", self.take, methods=["POST"]),
                Route("/webhook", self.challenge, methods=["GET"]),
            ]
        )

    async def take(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.signatures.append(request.headers["x-hub-signature-256"])
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    async def challenge(self, request: Request) -> Response:
        if request.query_params["hub.verify_token"] != "simulator-verify":
            return Response(status_code=403)
        return PlainTextResponse(request.query_params["hub.challenge"])

    def values(self) -> list[dict[str, Any]]:
        return [json.loads(body)["entry"][0]["changes"][0]["value"] for body in self.bodies]


class Sim:
    """A running simulator and the calls the tests make to it."""

    def __init__(self, url: str, config: SimulatorConfig) -> None:
        self.config = config
        self.http = httpx.Client(
            base_url=url, timeout=DEADLINE_S, trust_env=False, verify=authorities()
        )
        self.token = {"Authorization": f"Bearer {config.access_token}"}

    def graph(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return self.http.request(method, f"/v26.0/{path}", headers=self.token, **kwargs)

    def send(self, **payload: Any) -> httpx.Response:
        base = {"messaging_product": "whatsapp", "recipient_type": "individual"}
        path = f"{self.config.phone_number_id}/messages"
        return self.graph("POST", path, json=base | payload)

    def text(self, body: str = "hola", **payload: Any) -> httpx.Response:
        return self.send(**{"to": f"+{OWNER}", "type": "text", "text": {"body": body}} | payload)

    def write(self, **message: Any) -> dict[str, Any]:
        answer = self.http.post("/_phone/messages", json={"wait": True} | message)
        assert answer.status_code == 202, answer.text
        return answer.json()["messages"][0]

    def chat(self, after: int = 0) -> list[dict[str, Any]]:
        return self.http.get("/_phone/chat", params={"after": after}).json()["events"]

    def fault(self, **rule: Any) -> None:
        self.http.post("/_control/faults", json=rule).raise_for_status()

    def deliveries(self, at_least: int) -> list[dict[str, Any]]:
        """All attempts so far, once there are this many."""
        params = {"after": at_least - 1, "wait_s": DEADLINE_S}
        assert self.http.get("/_control/deliveries", params=params).json()["deliveries"]
        return self.http.get("/_control/deliveries").json()["deliveries"]


@pytest.fixture
def business() -> Business:
    return Business()


@pytest.fixture
def config() -> SimulatorConfig:
    return SimulatorConfig(redelivery_backoff_s=(0.01,))


@pytest.fixture
def sim(business: Business, config: SimulatorConfig) -> Iterator[Sim]:
    with (
        BackgroundServer(business.app) as webhook,
        BackgroundServer(create_app(config)) as server,
    ):
        sim = Sim(server.url, config)
        sim.http.patch("/_control/switches", json={"webhook_url": f"{webhook.url}/webhook"})
        yield sim
        sim.http.close()


@pytest.fixture(scope="module")
def quiet_sim() -> Iterator[Sim]:
    """One for the many tests that only look at the answer of a send."""
    config = SimulatorConfig(send_statuses=False)
    with BackgroundServer(create_app(config)) as server:
        sim = Sim(server.url, config)
        yield sim
        sim.http.close()


# The Graph API


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


# Webhooks


def test_a_written_message_arrives_signed_over_its_exact_bytes(
    sim: Sim, business: Business
) -> None:
    sim.write(text="mañana a las 9 ☕", name="Carla")
    body = business.bodies[0]
    assert body.isascii()  # Meta escapes the rest as \uXXXX
    expected = hmac.new(sim.config.app_secret.encode(), body, "sha256").hexdigest()
    assert business.signatures == [f"sha256={expected}"]
    value = business.values()[0]
    message = value["messages"][0]
    assert message["text"] == {"body": "mañana a las 9 ☕"}
    assert message["from"] == value["contacts"][0]["wa_id"] == OWNER
    assert message["from_user_id"] == value["contacts"][0]["user_id"]
    assert value["contacts"][0]["profile"] == {"name": "Carla"}
    assert message["timestamp"].isdigit()
    assert value["metadata"]["phone_number_id"] == sim.config.phone_number_id


def test_the_signature_matches_the_published_vector() -> None:
    from app.simulator.envelopes import sign

    body = b'{"object":"whatsapp_business_account","entry":[]}'
    expected = "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"
    assert sign("test_app_secret", body) == f"sha256={expected}"


def test_a_message_is_delivered_again_until_it_is_taken(sim: Sim, business: Business) -> None:
    business.answers = [503, 500, 401]
    sim.write(text="hola")
    assert len(business.bodies) == 4
    assert len(set(business.bodies)) == 1
    attempts = sim.deliveries(at_least=4)
    assert [attempt["status"] for attempt in attempts] == [503, 500, 401, 200]


def test_a_server_that_is_not_up_yet_gets_the_message_later(business: Business) -> None:
    with BackgroundServer(business.app) as gone:
        pass
    config = SimulatorConfig(webhook_url=f"{gone.url}/webhook", redelivery_backoff_s=(0.01,))
    with BackgroundServer(create_app(config)) as server:
        sim = Sim(server.url, config)
        sim.write(text="hola", wait=False)
        assert sim.deliveries(at_least=2)[0]["error"] == "ConnectError"
        with BackgroundServer(business.app) as back:
            sim.http.patch("/_control/switches", json={"webhook_url": f"{back.url}/webhook"})
            sim.write(text="otra")
        texts = {value["messages"][0]["text"]["body"] for value in business.values()}
        assert "otra" in texts
        sim.http.close()


def test_delivered_twice_when_asked(sim: Sim, business: Business) -> None:
    sim.write(text="hola", twice=True)
    assert len(business.bodies) == 2
    assert business.bodies[0] == business.bodies[1]


def test_a_batch_is_one_post_and_a_count_is_many(sim: Sim, business: Business) -> None:
    sim.write(text="a", count=3, batch=True)
    sim.write(text="b", count=2)
    ids = [[message["id"] for message in value["messages"]] for value in business.values()]
    assert [len(post) for post in ids] == [3, 1, 1]
    assert len({wamid for post in ids for wamid in post}) == 5


def test_any_message_object_can_be_written(sim: Sim, business: Business) -> None:
    tap = {"type": "button_reply", "button_reply": {"id": "y", "title": "Sí"}}
    sim.write(
        type="interactive",
        message={"interactive": tap, "id": "wamid.mine"},
        context="wamid.earlier",
        timestamp=1_700_000_000,
        **{"from": "5215512345678"},
    )
    message = business.values()[0]["messages"][0]
    assert message["interactive"] == tap
    assert message["id"] == "wamid.mine"
    assert message["context"]["id"] == "wamid.earlier"
    assert (message["from"], message["timestamp"]) == ("5215512345678", "1700000000")


def test_a_person_with_a_username_shows_no_number(sim: Sim, business: Business) -> None:
    sim.write(text="hola", hide_number=True)
    value = business.values()[0]
    assert "from" not in value["messages"][0]
    assert "wa_id" not in value["contacts"][0]
    assert value["messages"][0]["from_user_id"].startswith("AR.")


def test_statuses_come_back_in_order_with_our_own_data(sim: Sim, business: Business) -> None:
    wamid = sim.text(biz_opaque_callback_data="outbox-7").json()["messages"][0]["id"]
    sim.deliveries(at_least=3)
    statuses = [value["statuses"][0] for value in business.values()]
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["id"] for status in statuses} == {wamid}
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"outbox-7"}
    assert {status["recipient_id"] for status in statuses} == {OWNER}


def test_statuses_can_be_switched_off(sim: Sim, business: Business) -> None:
    sim.http.patch("/_control/switches", json={"send_statuses": False})
    sim.text()
    sim.write(text="hola")  # deliveries are in order: a status would have come before
    assert ["messages" in value for value in business.values()] == [True]


def test_the_challenge_of_the_callback(sim: Sim) -> None:
    answer = sim.http.post("/_control/verify").json()
    assert answer["success"] is True
    assert answer["status"] == 200


def test_any_body_can_be_posted_signed(sim: Sim, business: Business) -> None:
    strange = {"object": "page", "entry": [{"ñ": None}]}
    sim.http.post("/_phone/webhooks", params={"wait": True}, json=strange)
    assert json.loads(business.bodies[0]) == strange


# Faults


def test_the_next_sends_fail_as_told_and_then_it_works(sim: Sim) -> None:
    sim.fault(times=2, status=429, code=130429, retry_after_s=3, message="Rate limit hit")
    answers = [sim.text() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].json()["error"]["code"] == 130429
    assert answers[0].headers["retry-after"] == "3"
    assert [event["kind"] for event in sim.chat()].count("outbound") == 1


def test_a_proxy_page_instead_of_json(sim: Sim) -> None:
    sim.fault(kind="html", status=502)
    answer = sim.text()
    assert answer.status_code == 502
    assert "<html>" in answer.text


def test_a_body_of_the_tests_own(sim: Sim) -> None:
    sim.fault(status=200, body="[]")
    assert sim.text().text == "[]"


@pytest.mark.parametrize("accept", [False, True])
def test_the_connection_closes_before_the_answer(sim: Sim, accept: bool) -> None:
    sim.fault(kind="close", accept=accept)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        sim.text()
    assert any(event["kind"] == "outbound" for event in sim.chat()) is accept
    assert sim.text().status_code == 200


def test_a_call_that_hangs_until_the_caller_gives_up(sim: Sim) -> None:
    sim.fault(kind="hang", accept=True)
    with pytest.raises(httpx.ReadTimeout):
        sim.http.post(
            f"/v26.0/{sim.config.phone_number_id}/messages",
            headers=sim.token,
            json={"messaging_product": "whatsapp", "to": OWNER, "text": {"body": "x"}},
            timeout=0.2,
        )
    params = {"after": 0, "wait_s": DEADLINE_S}  # it may give up before we have read it all
    events = sim.http.get("/_phone/chat", params=params).json()["events"]
    assert events[0]["kind"] == "outbound"


async def test_a_slow_call_answers_in_the_end(sim: Sim) -> None:
    sim.fault(kind="slow", delay_s=0.2)
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await asyncio.to_thread(sim.text)
    assert answer.status_code == 200
    assert loop.time() - began >= 0.2


def test_a_message_that_fails_later_by_webhook(sim: Sim, business: Business) -> None:
    sim.fault(kind="failed_status", code=131047, message="Re-engagement message")
    assert sim.text().status_code == 200
    sim.deliveries(at_least=1)
    value = business.values()[0]
    assert value["statuses"][0]["status"] == "failed"
    assert value["statuses"][0]["errors"][0]["code"] == 131047
    assert "contacts" not in value


def test_rules_can_be_listed_and_lifted_and_spare_other_calls(sim: Sim) -> None:
    sim.fault(on="read", times=5)
    sim.fault(on="send", times=5)
    wamid = sim.write(text="hola")["id"]
    assert sim.send(status="read", message_id=wamid).status_code == 400
    listed = sim.http.get("/_control/faults").json()["faults"]
    assert [(rule["on"], rule["times"]) for rule in listed] == [("read", 4), ("send", 5)]
    sim.http.delete("/_control/faults")
    assert sim.text().status_code == 200


# The conversation


async def test_a_long_poll_wakes_at_the_next_event(sim: Sim) -> None:
    async with httpx.AsyncClient(
        base_url=str(sim.http.base_url), trust_env=False, verify=authorities()
    ) as http:
        params = {"after": 0, "wait_s": DEADLINE_S}
        poll = asyncio.create_task(http.get("/_phone/chat", params=params))
        await asyncio.to_thread(sim.text, "ya llegué")
        answer = (await asyncio.wait_for(poll, DEADLINE_S)).json()
    assert answer["events"][0]["text"] == "ya llegué"
    assert answer["last_seq"] >= 1


def test_the_conversation_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "data" / "chat.jsonl"
    config = SimulatorConfig(chat_file=file, send_statuses=False)
    with BackgroundServer(create_app(config)) as server:
        sim = Sim(server.url, config)
        sim.text("Hola, Ñandú")
        sim.http.close()
    with file.open("a") as torn:
        torn.write('{"seq": 9, "ki')  # killed while writing
    with BackgroundServer(create_app(config)) as server:
        sim = Sim(server.url, config)
        assert [event["text"] for event in sim.chat() if event["kind"] == "outbound"] == [
            "Hola, Ñandú"
        ]
        before = sim.chat()[-1]["seq"]
        sim.text("otra")
        assert next(event["seq"] for event in sim.chat(after=before)) == before + 1
        sim.http.close()
