"""Kept connections that are no good: closed, dead, or with bytes on them that nobody asked for."""

import threading
from contextlib import suppress

import anyio
import pytest

from faxapi.errors import Disconnected
from faxapi.transport.http import Call, Exchange, Transport
from tests.transport.server import Peer, Server, reply, until


def read(url: str, *, retries: int = 0) -> Call:
    return Call("GET", url, idempotent=True, retries=retries)


@pytest.mark.anyio
async def test_a_connection_that_the_server_closed_is_not_used(transport: Transport) -> None:
    def one_each(peer: Peer) -> None:
        if peer.request():
            peer.send(reply())

    with Server(one_each) as server:
        for method in ("GET", "GET", "POST", "GET"):
            call = Call(method, server.url, retries=0, idempotent=method == "GET")
            await transport.perform(call, Exchange.body)
            await until(lambda: server.open == 0)
        assert len(server.requests) == 4


def dies_on_the_second(peer: Peer) -> None:
    """Close the connection when its second request arrives: too late for the client to see."""
    peer.request()
    peer.send(reply())
    if peer.request():
        peer.reset()


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_a_read_survives_a_stale_connection(transport: Transport) -> None:
    with Server(dies_on_the_second) as server:
        for _ in range(2):
            await transport.perform(read(server.url, retries=1), Exchange.body)
        assert (server.connections, len(server.requests)) == (2, 3)
        with pytest.raises(Disconnected):
            await transport.perform(read(server.url, retries=0), Exchange.body)


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_the_second_try_meets_no_stale_connection(transport: Transport) -> None:
    """However many died while they were idle: a router may have forgotten all of them."""
    together = threading.Barrier(4)

    def dies(peer: Peer) -> None:
        if peer.request():
            with suppress(threading.BrokenBarrierError):
                together.wait(10)
            peer.send(reply())
            if peer.request():
                peer.reset()

    with Server(dies) as server:
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(transport.perform, read(server.url), Exchange.body)
        assert len(transport._pool._idle) == 4
        together.abort()
        await transport.perform(read(server.url, retries=1), Exchange.body)
        assert (server.connections, len(server.requests)) == (5, 6)


@pytest.mark.anyio
async def test_what_nobody_asked_for_is_no_answer_to_the_next_request(
    transport: Transport,
) -> None:
    """It would be another account's, perhaps."""

    def twice(peer: Peer) -> None:
        while request := peer.request():
            peer.send(reply(request.target.encode()) * 2)

    with Server(twice) as server:
        for target in ("/one", "/two", "/three"):
            call = read(f"{server.url}{target}")
            assert await transport.perform(call, Exchange.body) == target.encode()
        assert server.connections == 3


@pytest.mark.anyio
async def test_a_change_never_meets_a_stale_connection(transport: Transport) -> None:
    with Server(dies_on_the_second) as server:
        await transport.perform(read(server.url), Exchange.body)
        await transport.perform(Call("POST", server.url, body=b"once"), Exchange.body)
        assert [request.body for request in server.requests] == [b"", b"once"]
        assert server.connections == 2
