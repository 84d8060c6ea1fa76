"""What the stand-in for Meta delivers, spoils when told to, and keeps."""

import asyncio
import hmac
import json
from pathlib import Path

import httpx
import pytest

from app.simulator import SimulatorConfig, create_app
from app.simulator.serving import BackgroundServer
from tests.simulated import DEADLINE_S, OWNER, Business, Sim, business, config, quiet_sim, sim
from tools.certificates import authorities

__all__ = ["business", "config", "quiet_sim", "sim"]


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
