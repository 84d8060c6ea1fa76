"""The calls of the phone page, without a browser; tests/browser has the page itself."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.stack import Stack

FOREIGN = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def port(stack: Stack) -> Iterator[httpx.Client]:
    """The owner's port."""
    url = f"http://127.0.0.1:{stack.admin_port}"
    with httpx.Client(base_url=url, trust_env=False, timeout=40) as client:
        yield client


def test_nobody_elses_page_writes_or_reads_here(stack: Stack, port: httpx.Client) -> None:
    before = stack.chat()
    for calls in (f"{port.base_url}/phone", f"{stack.meta.url}/_phone"):
        written = port.post(f"{calls}/messages", json={"text": "x"}, headers=FOREIGN)
        assert written.status_code == 403
        read = port.get(f"{calls}/chat", headers={"Host": "evil.example"})
        assert read.status_code == 403
    assert port.get("/health", headers=FOREIGN).status_code == 403
    assert stack.chat() == before
    assert "access-control-allow-origin" not in port.get("/phone").headers


def test_the_page_may_load_nothing_from_elsewhere(port: httpx.Client) -> None:
    for path in ("/phone", "/phone/page/phone.js", "/phone/page/phone.css", "/phone/me"):
        answer = port.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
    for path in ("/phone/page/phone.html", "/phone/page/..%2frouter.py", "/phone/page/none.js"):
        assert port.get(path).status_code == 404


def test_it_knows_nothing_of_messages_that_are_not_there(port: httpx.Client) -> None:
    assert port.get("/phone/turns/wamid.none").status_code == 404
    assert port.get("/phone/media/1").status_code == 404
    assert port.get("/phone/media/..%2Fchat").status_code in (404, 422)


def test_a_page_that_waits_for_news_holds_no_shutdown_up(stack: Stack, port: httpx.Client) -> None:
    stack.write("hola")  # where nothing has happened, the next line waits for the first news
    newest = port.get("/phone/chat").json()["last_seq"]
    waiting = threading.Event()

    def wait_for_news() -> None:
        with httpx.Client(base_url=port.base_url, trust_env=False, timeout=40) as page:
            waiting.set()
            try:
                page.get("/phone/chat", params={"after": newest + 1000})
            except httpx.TransportError:
                return

    page = threading.Thread(target=wait_for_news)
    page.start()
    waiting.wait()
    assert stack.stop() == 0
    page.join(10)
    assert not page.is_alive()
    assert not stack.logged("turn_failed")
    stack.start()


def test_a_stand_in_that_is_away_is_a_bad_gateway(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("alone")
    with Stack(folder, GRAPH_API_URL="http://127.0.0.1:9") as alone:
        base = f"http://127.0.0.1:{alone.admin_port}/phone"
        assert httpx.get(base, trust_env=False).status_code == 200
        for path in ("me", "chat"):
            assert httpx.get(f"{base}/{path}", trust_env=False).status_code == 502
