"""What the log and the metrics of a full run say, and what they must not say."""

import base64
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from app.channels.cloud_api.signature import sign
from app.simulator.config import user_id_of
from tests.drawing import halves, saved
from tests.fake_ollama import Answer, echo, fail, tool_call
from tests.stack import OWNER, SECRET, TOKEN, VERIFY, Stack

# Meta's message ids begin like this: the sender's number is in them.
ID_FRONT = "wamid." + base64.b64encode(b"\x1c\x18\x0d" + OWNER.encode() + b"\x15\x02\x00").decode()

SECRETS = [TOKEN, SECRET, VERIFY]
PRIVATE = [
    *(OWNER, f"54{OWNER[3:]}", OWNER[3:], "5491199998888", user_id_of(OWNER), ID_FRONT),
    "canario",  # in every text below
]


@dataclass
class Run:
    """What a run left behind."""

    info: str
    debug: str
    metrics: str
    stack: Stack


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("logs")
    with Stack(folder, SEND_SETTLE_S="0.2", SEND_RETRY_S="0.2") as stack:
        work(stack)
        metrics = stack.metrics()
        stack.stop()
        info = stack.log.read_text()
        stack.settings["LOG_LEVEL"] = "DEBUG"
        stack.start()
        stack.fault(code=131016, status=503)
        stack.write("canario")
        stack.replies(1)
        noise(stack)
        stack.stop()
        yield Run(info, stack.log.read_text()[len(info) :], metrics, stack)


def work(stack: Stack) -> None:
    """A bit of everything that can go well or wrong, with a canary in each text."""
    stack.ollama.fallback = echo
    stack.write("canario uno", name="canario Carla", message={"id": f"{ID_FRONT}GBQzQQ=="})
    stack.replies(1)
    stack.ollama.script(
        *[fail(500, "canario del modelo")] * 2,
        tool_call("calculator", expression="canario + 1"),
        tool_call("clock", place="canario"),
        tool_call("canario", x=1),
        "canario respuesta",
        Answer(content='{"name": "calculator", "arguments": {"expression": "canario'),
    )
    for text in ("canario dos", "canario tres", "/recordar canario", "/canario"):
        stack.write(text)
    wa_id = stack.write("canario que se borra")
    stack.ollama.sees = "canario en la foto"
    stack.send("image", saved(halves()), "image/jpeg", caption="canario")
    stack.write("canario", context=wa_id)
    stack.replies(7)
    meta_in_trouble(stack)
    deleted = {"revoke": {"original_message_id": wa_id}}
    stack.write("", type="revoke", message=deleted)
    stack.write("canario ajeno", **{"from": "5491199998888"})
    noise(stack)
    stack.calm()


def meta_in_trouble(stack: Stack) -> None:
    faults = (
        {"code": 131016, "status": 503, "message": "canario"},
        {"kind": "html", "status": 502},
        {"code": 190, "status": 401},
        {"kind": "close"},
        {"kind": "failed_status", "code": 131042},
        {"code": 131030},
        {"code": 131047},
        {"code": 131026},
    )
    for fault in faults:
        stack.fault(**fault)
        stack.write("canario en apuros")
        stack.until(stack.is_idle)


def noise(stack: Stack) -> None:
    """What anybody on the internet can send."""
    verify = {"hub.mode": "subscribe", "hub.challenge": "1"}
    for token in (VERIFY, "canario"):
        httpx.get(f"{stack.url}/webhook", params=verify | {"hub.verify_token": token})
    httpx.get(f"{stack.url}/canario?token={TOKEN}")
    for body in (b'"canario', b'{"entry": "canario"}'):
        for signature in ("sha256=canario", sign(body, SECRET)):
            headers = {"X-Hub-Signature-256": signature}
            httpx.post(f"{stack.url}/webhook", content=body, headers=headers)
    with socket.create_connection(("127.0.0.1", stack.port)) as raw:
        raw.sendall(b"canario\r\n\r\n")
        raw.recv(100)


@pytest.mark.parametrize("canary", [*SECRETS, *PRIVATE])
def test_the_log_gives_nothing_away(run: Run, canary: str) -> None:
    assert canary not in run.info
    assert canary not in run.metrics


@pytest.mark.parametrize("canary", SECRETS)
def test_secrets_are_in_no_log_at_all(run: Run, canary: str) -> None:
    assert canary not in run.debug


def test_every_line_has_an_action(run: Run) -> None:
    lines = [json.loads(line) for line in (run.info + run.debug).splitlines()]
    assert all(line["action"] and line["level"] and line["timestamp"] for line in lines)
    actions = {line["action"] for line in lines}
    assert actions >= {
        "turn_started",
        "turn_finished",
        "tool_ran",
        "model_failed",
        "part_sent",
        "send_retry",
        "send_unknown",
        "send_held",
        "send_failed",
        "messages_not_taken",
        "message_taken_back",
        "webhook_unsigned",
        "serving",
        "stopped",
    }


def test_metrics_count_turns_sends_and_what_waits(run: Run) -> None:
    values = dict(re.findall(r"^(wasap_\S+) (\S+)$", run.metrics, re.MULTILINE))
    assert values["wasap_outbox_depth"] == values["wasap_inbox_depth"] == "0.0"
    for outcome in ("sent", "retry", "operator", "unknown", "window", "message"):
        assert float(values[f'wasap_sends_total{{outcome="{outcome}"}}']) >= 1
    for outcome in ("stored", "strangers"):
        assert float(values[f'wasap_messages_total{{outcome="{outcome}"}}']) >= 1
    answered = float(values['wasap_turns_total{outcome="answered"}'])
    assert answered == float(values["wasap_turn_seconds_count"]) >= 16
    assert float(values["wasap_send_seconds_count"]) > answered
    assert float(values["wasap_turn_seconds_sum"]) > 0
