"""Which requests to a loopback port come from pages of others."""

import httpx
import pytest
from starlette.responses import PlainTextResponse

from app.same_origin import SameOrigin

URL = "http://127.0.0.1:8001"


async def _ask(method: str, headers: dict[str, str], hosts: tuple[str, ...] | None = None) -> int:
    app = PlainTextResponse("ours")
    guarded = SameOrigin(app) if hosts is None else SameOrigin(app, hosts)
    transport = httpx.ASGITransport(guarded)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        answer = await client.request(method, "/phone", headers=headers)
    return answer.status_code


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "headers",
    [
        {},  # curl, Prometheus, the demo
        {"Host": "localhost:9001"},  # a port forwarded by ssh
        {"Host": "[::1]:8001"},
        {"Origin": URL, "Sec-Fetch-Site": "same-origin"},
        {"Host": "localhost", "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"},  # typed
    ],
)
async def test_ours(method: str, headers: dict[str, str]) -> None:
    assert await _ask(method, headers) == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},  # a browser of long ago
        {"Origin": "null"},  # a frame in a sandbox
        {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"},  # another port of ours
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"},  # no Origin for <img>
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"},
        {"Host": "evil.example:8001"},  # DNS rebinding: for the browser it is its own site
        {"Host": "127.0.0.1.evil.example", "Origin": "http://127.0.0.1.evil.example"},
        {"Host": "127.0.0.1@evil.example"},
        {"Host": "[::1"},
        {"Host": ""},
    ],
)
async def test_of_others(method: str, headers: dict[str, str]) -> None:
    assert await _ask(method, headers) == 403


async def test_a_link_opens_our_page_and_a_form_sends_nothing() -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    assert await _ask("GET", link) == 200
    assert await _ask("POST", link) == 403


async def test_a_port_that_others_reach_has_any_name_and_still_no_foreign_pages() -> None:
    assert await _ask("POST", {"Host": "simulator:9000"}, ()) == 200
    assert await _ask("POST", {"Host": "simulator:9000", "Origin": "http://x"}, ()) == 403
