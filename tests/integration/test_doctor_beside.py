"""`wasap doctor` beside a running server, and the message that it sends to the owner."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.stack import Stack
from tests.wrong_setups import ACCOUNT, NOBODY, Report, doctor, ears

ORDINARY = {"secret_odd"}  # the secret of the tests has not the shape of Meta's


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack"), OWNER_LANGUAGE="en") as running:
        running.until(lambda: running.health()["brain_ready"])
        yield running


@pytest.fixture
def stack(shared: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.chdir(tmp_path)
    shared.calm()
    return shared


def examine(stack: Stack, *options: str, **settings: str) -> Report:
    known = {
        "WHATSAPP_WABA_ID": ACCOUNT,
        "NGROK_API_URL": NOBODY,
        "WHISPER_MODEL": ears(stack.folder),
    }
    return doctor(*options, **{**stack.environment, **known, **settings})


def troubles(report: Report) -> set[str]:
    return {one["key"] for one in report.checks if one["level"] != "ok"} - ORDINARY


def trip(report: Report) -> str:
    [key] = [one["key"] for one in report.checks if one["check"] == "round_trip"]
    return key


def test_a_message_makes_the_round_and_all_is_well(stack: Stack) -> None:
    stack.write("hello")
    stack.replies(1)
    report = examine(stack, "--send", "--wait", "30")
    assert trip(report) == "trip_delivered"
    assert "wasap doctor" in stack.replies(1)[0]
    assert troubles(report) == set()
    assert report.exit_code == 0
    well = {one["key"] for one in report.checks}
    assert {"server_ok", "signature_ok", "verify_ok", "public_ok", "database_ok"} <= well


def test_the_owner_is_asked_to_write_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Stack(tmp_path, OWNER_LANGUAGE="en") as stack:
        stack.until(lambda: stack.health()["brain_ready"])
        report = examine(stack, "--send", "--wait", "0")
        assert trip(report) == "trip_nobody_wrote"
        assert report.exit_code == 1
        writing = threading.Thread(target=lambda: stack.write("hello"))
        writing.start()
        report = examine(stack, "--send", "--wait", "30")
        writing.join()
        assert trip(report) == "trip_delivered"


def test_a_refused_message_is_named(stack: Stack) -> None:
    stack.write("hello")
    stack.replies(1)
    stack.fault(kind="error", code=131030, status=400, times=9)
    report = examine(stack, "--send", "--wait", "30")
    assert trip(report) == "refused_131030"
    assert report.exit_code == 1
    stack.clear_faults()
    stack.stop()  # a new start tries at once
    without = examine(stack)
    assert {"server_down", "refused_131030"} <= troubles(without)
    stack.start()
    stack.until(lambda: stack.health()["brain_ready"])


def test_a_silent_webhook_is_named(stack: Stack) -> None:
    stack.write("hello")
    stack.replies(1)
    stack.switch(send_statuses=False)
    report = examine(stack, "--send", "--wait", "3")
    assert trip(report) == "trip_silent"
    assert report.exit_code == 1


def test_another_secret_than_the_server_has(stack: Stack) -> None:
    report = examine(stack, WHATSAPP_APP_SECRET="0123456789abcdef0123456789abcdef")
    assert troubles(report) == {"secret_wrong", "signature_refused"}


def test_another_verify_token_than_the_server_has(stack: Stack) -> None:
    report = examine(stack, WHATSAPP_VERIFY_TOKEN="another")
    assert troubles(report) == {"verify_refused", "public_refused"}


def test_the_tunnel_is_asked_of_ngrok(stack: Stack) -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from app.simulator.serving import BackgroundServer

    async def tunnels(request: Request) -> JSONResponse:
        return JSONResponse({"tunnels": [{"public_url": "https://wasap.invalid"}]})

    with BackgroundServer(Starlette(routes=[Route("/api/tunnels", tunnels)])) as ngrok:
        report = examine(stack, NGROK_API_URL=ngrok.url)
    assert troubles(report) == {"callback_elsewhere", "public_down"}
    [down] = [one for one in report.checks if one["key"] == "public_down"]
    assert "https://wasap.invalid" in down["says"]


@pytest.mark.parametrize("signature", [None, "sha256=" + "0" * 64])
def test_nobody_else_can_make_us_write(stack: Stack, signature: str | None) -> None:
    headers = {} if signature is None else {"X-Hub-Signature-256": signature}
    body = json.dumps({"nonce": "1"}).encode()
    url = f"http://127.0.0.1:{stack.admin_port}/round-trip"
    assert httpx.post(url, content=body, headers=headers).status_code == 401
