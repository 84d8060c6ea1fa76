"""Connections over real sockets: who gets one, and what is left of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from tools.connections import KEPT, Connections

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Counts who connects; answers at once, or holds its answers back."""

    def __init__(self) -> None:
        self.opened = self.open = 0
        self.answers = asyncio.Event()
        self.answers.set()
        self.arrived: asyncio.Queue[None] = asyncio.Queue()
        self.left: asyncio.Queue[None] = asyncio.Queue()
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open += 1
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                self.arrived.put_nowait(None)
                await self.answers.wait()
                writer.write(ANSWER)
        self.open -= 1
        self.left.put_nowait(None)
        self._writers.discard(writer)
        writer.close()

    async def hang_up(self) -> None:
        """Close every connection, as a server does that tires of idle ones."""
        for writer in tuple(self._writers):
            writer.close()
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def talking() -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with (
        listening,
        httpx.AsyncClient(
            base_url=url, trust_env=False, transport=Connections(verify=False)
        ) as client,
    ):
        yield server, client
        await server.hang_up()


async def test_a_connection_is_used_again() -> None:
    async with talking() as (server, client):
        for _ in range(3):
            assert (await client.get("/")).text == "ok"
        assert server.opened == 1


async def test_requests_do_not_wait_for_each_other() -> None:
    async with talking() as (server, client):
        server.answers.clear()
        asked = [asyncio.ensure_future(client.get("/")) for _ in range(KEPT + 5)]
        for _ in asked:
            await server.arrived.get()  # all are there before any is answered
        server.answers.set()
        assert [answer.text for answer in await asyncio.gather(*asked)] == ["ok"] * len(asked)
        for _ in asked[KEPT:]:
            await server.left.get()  # those above are not kept
        assert server.open == KEPT


async def test_a_connection_that_the_server_closed_is_not_used() -> None:
    async with talking() as (server, client):
        await client.get("/")
        await server.hang_up()
        assert (await client.get("/")).text == "ok"
        assert server.opened == 2


async def test_who_gives_up_leaves_nothing_behind() -> None:
    async with talking() as (server, client):
        server.answers.clear()
        asked = asyncio.ensure_future(client.get("/"))
        await server.arrived.get()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        server.answers.set()
        assert (await client.get("/")).text == "ok"  # not the answer to the first one
        assert server.opened == 2


@pytest.mark.parametrize("steps", range(1, 12))
async def test_wherever_it_is_cancelled_the_next_one_is_answered(steps: int) -> None:
    async with talking() as (_, client):
        asked = asyncio.ensure_future(client.get("/"))
        for _ in range(steps):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        assert (await client.get("/")).text == "ok"


async def test_what_is_in_use_when_the_client_is_closed_is_closed_after_it() -> None:
    async with talking() as (server, client):
        response = await client.send(client.build_request("GET", "/"), stream=True)
        await client.aclose()
        assert await response.aread() == b"ok"
        await server.left.get()
        assert server.open == 0


async def test_a_body_that_is_left_closes_its_connection() -> None:
    async with talking() as (server, client):
        async with client.stream("GET", "/"):
            pass
        assert (await client.get("/")).text == "ok"
        assert server.opened == 2


async def test_closing_the_client_closes_them() -> None:
    async with talking() as (server, client):
        await client.get("/")
        await client.aclose()
        await server.left.get()
        assert server.open == 0


async def test_nobody_there_is_a_connect_error() -> None:
    async with httpx.AsyncClient(trust_env=False, transport=Connections(verify=False)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://127.0.0.1:1/")
