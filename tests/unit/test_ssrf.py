"""Nothing but the public internet: not one connection goes inside, however the address is spelt."""

import asyncio
import itertools
import re
import ssl
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.web import PUBLIC_V4, PUBLIC_V6, Dialler, Web, lookup
from tools.addresses import IPAddress, is_public
from tools.errors import BadArgument, ToolError
from tools.fetching import Fetcher, PublicOnly
from tools.pages import read_page

PRIVATE_V4 = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",  # noqa: S104
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16",
    "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
)  # fmt: skip
PRIVATE_V6 = (
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1",
    "2001::1", "2001:db8::1", "2001:20::1", "3fff::1", "5f00::1", "4000::1",
)  # fmt: skip


def octets(address: IPv4Address) -> list[int]:
    return list(address.packed)


# Every way to write an IPv4 address that some resolver or parser takes for it.
SPELLINGS: dict[str, Callable[[IPv4Address], str]] = {
    "dotted": str,
    "trailing dot": lambda a: f"{a}.",
    "dword": lambda a: str(int(a)),
    "hex": lambda a: hex(int(a)),
    "octal": lambda a: f"0{int(a):o}",
    "hex parts": lambda a: ".".join(map(hex, octets(a))),
    "octal parts": lambda a: ".".join(f"0{part:o}" for part in octets(a)),
    "mixed": lambda a: "{:#x}.{}.0{:o}.{}".format(*octets(a)),
    "two parts": lambda a: f"{octets(a)[0]}.{int(a) & 0xFFFFFF}",
    "three parts": lambda a: "{}.{}.{}".format(*octets(a)[:2], int(a) & 0xFFFF),
    "full width stops": lambda a: str(a).replace(".", "。"),
    "percent": lambda a: "".join(f"%{ord(sign):02x}" for sign in str(a)),
    "mapped": lambda a: f"[::ffff:{a}]",
    "mapped, long": lambda a: f"[0:0:0:0:0:ffff:{int(a) >> 16:x}:{int(a) & 0xFFFF:x}]",
    "compatible": lambda a: f"[::{a}]",
    "translated": lambda a: f"[::ffff:0:{a}]",
    "NAT64": lambda a: f"[64:ff9b::{a}]",
    "local NAT64": lambda a: f"[64:ff9b:1::{a}]",
    "6to4": lambda a: f"[2002:{int(a) >> 16:x}:{int(a) & 0xFFFF:x}::1]",
    "Teredo": lambda a: f"[2001:0:{int(a) >> 16:x}:{int(a) & 0xFFFF:x}::1]",
}

SPELT = {
    name: [f"http://{spell(IPv4Address(address))}/" for address in PRIVATE_V4]
    for name, spell in SPELLINGS.items()
}
OTHERS = [
    *(f"http://[{address}]/" for address in PRIVATE_V6),
    # Zone ids, with and without the escape.
    "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[fe80::1%1]/",
    "http://[::1%25lo]/",
    # Names that lead inside.
    "http://localhost/", "http://LOCALHOST/", "http://localhost./", "https://localhost:8443/",
    "http://interno.example/", "http://loopback.example/", "http://loopback.example./",
    "http://loopback6.example/", "http://metadata.example/latest/meta-data/",
    "http://mapped.example/", "http://nat64.example/",
    # One private address among public ones is enough.
    "http://mezcla.example/", "http://mezcla6.example/",
    # Names that lead nowhere, or are none.
    "http://nada.example/", "http://no-existe.example/", "http://.", "http://..", "http://-/",
    f"http://{'a' * 70}.example/", f"http://{'a.' * 130}example/", "http://xn--/",
    "http://publico.example%00.interno.example/", "http://localhost%00.publico.example/",
    "http://ｌｏｃａｌｈｏｓｔ/", "http://①②⑦.⓪.⓪.①/", "http://[::1", "http://[v1.fe80::a]/",
    "http://exa mple/", "http://0/", "http://1/", "http://127.000.000.001/", "http://127.1/", "http://0x7f.1/",
    # Credentials, alone and as a disguise of the host.
    "http://juan:clave@publico.example/", "http://juan@publico.example/",
    "http://:clave@publico.example/", "http://:@publico.example/",
    "http://publico.example@127.0.0.1/", "http://publico.example:80@127.0.0.1/",
    "http://publico.example\\@127.0.0.1/", "http://publico.example%40@127.0.0.1/",
    "http://127.0.0.1#@publico.example/", "http://127.0.0.1?@publico.example/",
    "http://127.0.0.1\\@publico.example/", "http://@127.0.0.1/", "http://1.1.1.1 &@127.0.0.1/",
    # Ports of something that is no page, and what is no port.
    "http://publico.example:22/", "http://publico.example:25/", "http://publico.example:6379/",
    "http://publico.example:11434/", "http://publico.example:8000/", "http://publico.example:0/",
    "http://publico.example:65535/", "http://publico.example:65536/",
    "http://publico.example:-80/", "http://publico.example:80:80/", "http://127.0.0.1:8080/",
    # Other schemes, and none.
    "file:///etc/passwd", "file://publico.example/etc/passwd", "ftp://publico.example/",
    "gopher://127.0.0.1:80/_GET", "dict://127.0.0.1:80/", "data://text/html,hola",
    "ws://publico.example/", "unix:///var/run/docker.sock", "http:///etc/passwd", "http://",
    "https://", "://publico.example/", "//127.0.0.1/", "127.0.0.1", "localhost:8080", "",
    "http://\n127.0.0.1/", "http://127.0.0.1\r\nHost: publico.example/", "http://\x00/",
    f"http://publico.example/{'a' * 3000}",
]  # fmt: skip

AIM = re.compile(r"(?=.{8,300}$)\w+://[^/]", re.DOTALL)

# What looks odd and is public all the same: it must be read.
READABLE = [
    "http://publico.example/", "http://publico.example", "HTTP://PUBLICO.EXAMPLE/",
    "publico.example", "publico.example/", "publico.example:8443", "http://publico.example./",
    "http://publico.example:80/", "https://publico.example/", "https://publico.example:443/",
    "http://publico.example:8080/", "https://publico.example:8443/", "http://publico.example:443/",
    "http://dual.example/", "http://ñandú.example/", "http://xn--and-6ma2c.example/",
    "http://93.184.216.34/", "http://1572395042/", "http://0x5db8d822/",
    "http://[2606:2800:220:1:248:1893:25c8:1946]/",
    "http://[2606:2800:0220:0001:0248:1893:25C8:1946]:8080/",
    # The zone of a public address says nothing.
    "http://[2606:2800:220:1:248:1893:25c8:1946%251]/",
    # What is private in the path, the query or the fragment leads nowhere.
    "http://publico.example/?u=http://127.0.0.1/", "http://publico.example/#@127.0.0.1/",
    "http://publico.example?@127.0.0.1/", "http://publico.example/?a=1&b=%00",
    # Redirects: to another name, port and path, relative, five in a row.
    "http://publico.example/to?url=http://www.publico.example:8080/",
    "http://publico.example/to?url=https://dual.example/&status=307",
    "http://publico.example/to?url=//www.publico.example/&status=301",
    "http://publico.example/to?url=/", "http://publico.example/hops/5",
]  # fmt: skip


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


def test_there_are_enough_forms() -> None:
    assert len({*OTHERS, *itertools.chain(*SPELT.values())}) >= 400


@pytest.mark.parametrize("spelling", SPELT)
async def test_no_spelling_of_a_private_address_is_connected_to(web: Web, spelling: str) -> None:
    for url in SPELT[spelling]:
        with pytest.raises(BadArgument):
            await web.fetcher().get(url)
    assert web.trap.connections() == 0


@pytest.mark.parametrize("url", OTHERS)
async def test_nor_is_any_other_form(web: Web, url: str) -> None:
    with pytest.raises(BadArgument):
        await web.fetcher().get(url)
    assert web.trap.connections() == 0


# What has a host: the rest of a Location is relative, and leads back to the site.
AIMS = [url for url in [*(urls[0] for urls in SPELT.values()), *OTHERS] if AIM.match(url)]


@pytest.mark.parametrize("url", AIMS)
async def test_nor_is_it_as_the_aim_of_a_redirect(web: Web, url: str) -> None:
    """A Location is an address of its own; one that is none ends the reading."""
    web.dialler.dialled.clear()
    with pytest.raises(ToolError):
        await web.fetcher().get(f"http://publico.example/to?url={quote(url)}")
    assert set(web.dialler.dialled) == {str(PUBLIC_V4)}
    assert web.trap.connections() == 0


@pytest.mark.parametrize("url", READABLE)
async def test_every_public_form_is_read(web: Web, url: str) -> None:
    page = await web.fetcher().get(url)
    assert b"La pileta abre" in page.body
    assert web.trap.connections() == 0


async def test_the_trap_catches_what_no_policy_holds_back() -> None:
    """So that a trap nobody fell into means something."""
    with Web() as web:
        for host in ("127.0.0.1", "[::1]", "10.0.0.5"):
            with pytest.raises(httpx.HTTPError):
                await Fetcher(web.dialler)._get(f"http://{host}/")
        assert web.trap.connections() == 3


async def test_the_tool_itself_holds_them_back() -> None:
    """As the model calls it: the system's own resolver, the real network."""
    with Web() as web:
        for host in ("127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]"):
            for port in ("", ":8080", f":{web.trap.port}"):
                with pytest.raises(BadArgument):
                    await read_page.ainvoke({"url": f"http://{host}{port}/"})
        assert web.trap.connections() == 0


class Rebinding:
    """A name server that answers something else each time."""

    def __init__(self, *answers: str) -> None:
        self._answers = deque(answers)

    async def __call__(self, host: str, port: int) -> Sequence[IPAddress]:
        return [ip_address(self._answers.popleft())]


async def test_a_name_cannot_change_its_mind_after_the_check(web: Web) -> None:
    fetcher = web.fetcher(Rebinding(str(PUBLIC_V4), "127.0.0.1"))
    page = await fetcher.get("http://cambiante.example/")
    assert b"La pileta abre" in page.body  # the answer that was checked is the one dialled
    with pytest.raises(BadArgument) as refused:
        await fetcher.get("http://cambiante.example/")
    assert refused.value.text == "page_not_public"
    assert web.trap.connections() == 0


async def test_a_name_is_checked_again_at_every_redirect(web: Web) -> None:
    fetcher = web.fetcher(Rebinding(str(PUBLIC_V4), str(PUBLIC_V6), "192.168.0.1"))
    with pytest.raises(BadArgument):
        await fetcher.get("http://cambiante.example/hops/5")
    assert web.trap.connections() == 0


class OldNetwork(Dialler):
    """One without IPv6."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if ":" in request.url.host:
            raise httpx.ConnectError("Network is unreachable")
        return await super().handle_async_request(request)


async def test_the_next_address_is_tried_when_one_is_dead(web: Web) -> None:
    network = OldNetwork(web.dialler.site, web.trap.port)
    page = await Fetcher(PublicOnly(network, lookup)).get("http://dual.example/")
    assert b"La pileta abre" in page.body
    with pytest.raises(ToolError) as refused:
        await Fetcher(PublicOnly(network, lookup)).get(f"http://[{PUBLIC_V6}]/")
    assert refused.value.text == "page_unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "http://publico.example/?q=" + "a" * 2_000,
        "http://publico.example/to?url=/?q=" + "+" * 700 + "!",  # 700 times %20 where it leads
    ],
)
async def test_no_address_is_longer_than_a_page_needs(web: Web, url: str) -> None:
    with pytest.raises(BadArgument) as refused:
        await web.fetcher().get(url)
    assert refused.value.text == "page_bad_address"


async def test_the_sixth_redirect_is_one_too_many(web: Web) -> None:
    with pytest.raises(ToolError) as refused:
        await web.fetcher().get("http://publico.example/hops/6")
    assert refused.value.text == "page_redirects"


async def test_the_host_stays_what_the_address_said(web: Web) -> None:
    web.seen.clear()
    page = await web.fetcher().get("http://publico.example:8080/?q=1")
    assert (str(web.seen[0]), page.url) == ("http://publico.example:8080/?q=1",) * 2


@pytest.mark.parametrize("name", ["publico.example", "publico.example.", "ñandú.example"])
async def test_tls_is_checked_against_the_name(tmp_path: Path, name: str) -> None:
    """Not against the address that is dialled: the certificate must be the name's own."""
    asked: list[str | None] = []
    hosts = ("publico.example", "xn--and-6ma2c.example")
    async with await _tls_site(tmp_path, hosts, asked) as site:
        trusting = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        fetcher = Fetcher(PublicOnly(_Tls(site, trusting), _everything_is_public))
        page = await fetcher.get(f"https://{name}/")
        assert page.body == b"hola"
        assert asked == [httpx.URL(f"https://{name}").raw_host.decode().rstrip(".")]
        with pytest.raises(ToolError) as refused:
            await fetcher.get("https://otro.example/")
        assert refused.value.text == "page_unreachable"


async def _everything_is_public(host: str, port: int) -> Sequence[IPAddress]:
    return [PUBLIC_V4]


class _Tls(httpx.AsyncBaseTransport):
    """Like `Dialler`, with TLS to the end."""

    def __init__(self, site: asyncio.Server, trusting: ssl.SSLContext) -> None:
        self._port = site.sockets[0].getsockname()[1]
        self._wire = httpx.AsyncHTTPTransport(verify=trusting, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == str(PUBLIC_V4)
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return await self._wire.handle_async_request(request)


async def _tls_site(folder: Path, hosts: Sequence[str], asked: list[str | None]) -> asyncio.Server:
    """Answers "hola" over TLS, with a certificate for `hosts`; `asked` gets the names of SNI."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1))
    builder = builder.not_valid_after(now + timedelta(hours=1))
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    context.sni_callback = lambda _socket, name, _context: asked.append(name)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nhola"
        )
        await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "126.255.255.255",
     "128.0.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1",
     "223.255.255.255", "2606:2800:220:1:248:1893:25c8:1946", "2001:4860:4860::8888",
     "2001:200::1", "2400:cb00::1", "2a00:1450:4003::1", "2003::1"],
)  # fmt: skip
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", [*PRIVATE_V4, *PRIVATE_V6])
def test_what_is_reserved_is_not(address: str) -> None:
    assert not is_public(ip_address(address))
    if isinstance(ip_address(address), IPv6Address):
        assert not is_public(ip_address(f"{address}%eth0"))
