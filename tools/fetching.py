"""Gets a page of the public internet, and nothing else, within limits of size and time."""

import asyncio
import socket
import zlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

import httpx

from tools.addresses import IPAddress, is_public
from tools.certificates import authorities
from tools.errors import BadArgument, ToolError

MAX_BYTES = 2_000_000  # of a page, as it comes and again once unpacked; the rest is left unread
MAX_REDIRECTS = 5
MAX_ADDRESSES = 3  # of a site, tried in turn
MAX_URL = 2_000  # characters
TIME_LIMIT_S = 12.0  # for all of it, redirects included
CONNECT_TIMEOUT_S = 4.0
# The web's own ports and their usual twins. Any other is the door of something that is no page.
PORTS = {80, 443, 8080, 8443}
DEFAULT_PORTS = {"http": 80, "https": 443}
AGENT = "Mozilla/5.0 (compatible; WasAP)"
TEXTUAL = ("text/", "application/xhtml", "application/xml", "application/json")

Resolve = Callable[[str, int], Awaitable[Sequence[IPAddress]]]


@dataclass(frozen=True)
class Fetched:
    """A page as it came."""

    url: str  # where it was found, redirects followed
    body: bytes  # unpacked; MAX_BYTES at most
    media_type: str  # "text/html", in lower case
    charset: str | None  # as the site names it


async def resolve(host: str, port: int) -> Sequence[IPAddress]:
    """Every address of a host, in the system's order of preference."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(at[0]) for *_, at in found]


def direct() -> httpx.AsyncHTTPTransport:
    """One connection a request. Kept ones go by address, and would mix up the sites of a CDN."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(limits=limits, trust_env=False, verify=authorities())


class PublicOnly(httpx.AsyncBaseTransport):
    """Lets a request out only to a public address, and to the very address that was checked.

    A host is resolved once for each request, so that a name cannot change its mind between check
    and connection; with one private address among its own it is refused altogether. Host header,
    SNI and certificate check stay with the name. How a URL spells its host does not matter: what
    counts is the address at the end.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport | None = None, resolve: Resolve = resolve
    ) -> None:
        self._inner = inner or direct()
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises BadArgument for an address that may not be read, httpx's errors for the rest."""
        url = request.url
        host = url.raw_host.decode("ascii")
        port = DEFAULT_PORTS.get(url.scheme) if url.port is None else url.port
        if not host or url.userinfo or url.scheme not in DEFAULT_PORTS or port not in PORTS:
            raise BadArgument("page_bad_address", url=str(url)[:80])
        try:
            addresses = list(dict.fromkeys(await self._resolve(host, port)))
        except (OSError, ValueError) as error:
            raise BadArgument("page_unknown_site", host=host[:80]) from error
        if not addresses or not all(map(is_public, addresses)):
            raise BadArgument("page_not_public", host=host[:80])
        return await self._send(request, host.rstrip("."), addresses[:MAX_ADDRESSES])

    async def _send(
        self, request: httpx.Request, name: str, addresses: Sequence[IPAddress]
    ) -> httpx.Response:
        for address in addresses[:-1]:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._dial(request, name, address)
        return await self._dial(request, name, addresses[-1])

    async def _dial(self, request: httpx.Request, name: str, address: IPAddress) -> httpx.Response:
        return await self._inner.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": name},
            )
        )


class Fetcher:
    """GET for pages. A test brings a transport whose public addresses lie on loopback."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport | None = None, *, limit_s: float = TIME_LIMIT_S
    ) -> None:
        self._transport = transport or PublicOnly()
        self._limit_s = limit_s

    async def get(self, url: str) -> Fetched:
        """The page at an address, which may leave its scheme out.

        Raises:
            ToolError: it may not be read, does not answer in time, or is no text.
        """
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._get(url)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise ToolError("page_timeout") from error
        except (httpx.InvalidURL, ValueError) as error:  # idna's errors are ValueErrors
            raise BadArgument("page_bad_address", url=url[:80]) from error
        except httpx.HTTPError as error:
            raise ToolError("page_unreachable") from error

    async def _get(self, url: str) -> Fetched:
        # Not closed: it would close the transport, which other calls are using.
        client = httpx.AsyncClient(
            transport=self._transport,
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(self._limit_s, connect=CONNECT_TIMEOUT_S),
            trust_env=False,
        )
        request = client.build_request("GET", url if "://" in url else f"https://{url}")
        # Step by step: httpx would read the whole body of a redirect, however long.
        for _ in range(MAX_REDIRECTS + 1):
            if len(str(request.url)) > MAX_URL:
                raise BadArgument("page_bad_address", url=str(request.url)[:80])
            response = await client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return await _read(response)
                request = response.next_request
            finally:
                await response.aclose()
        raise ToolError("page_redirects")


async def _read(response: httpx.Response) -> Fetched:
    if response.is_error:
        raise ToolError("page_status", status=str(response.status_code))
    media_type = response.headers.get("Content-Type", "text/html").partition(";")[0].strip().lower()
    if not media_type.startswith(TEXTUAL):
        raise ToolError("page_no_text")
    packed = bytearray()
    async for chunk in response.aiter_raw():
        packed += chunk
        if len(packed) >= MAX_BYTES:
            break
    body = _unpack(bytes(packed[:MAX_BYTES]), response.headers.get("Content-Encoding", ""))
    return Fetched(str(response.url), body, media_type, response.charset_encoding)


def _unpack(packed: bytes, encoding: str) -> bytes:
    """By ourselves: httpx unpacks without a limit, and 2 MB of gzip can hold 2 GB."""
    if encoding.strip().lower() in ("", "identity"):
        return packed
    try:
        return zlib.decompressobj(zlib.MAX_WBITS + 32).decompress(packed, MAX_BYTES)
    except zlib.error as error:
        raise ToolError("page_unreachable") from error
