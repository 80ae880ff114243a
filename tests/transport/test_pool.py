"""Connections: kept, used again, given back on every path, and private to one account's calls."""

import asyncio
import gc
import random
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack

import anyio
import pytest

from faxapi.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    Disconnected,
)
from faxapi.transport.http import Call, Exchange, Transport
from faxapi.transport.tls import Tls
from tests.transport.conftest import MAX_CONNECTIONS
from tests.transport.server import Peer, Server, always, reply, until

BIG = 1 << 20


def read(url: str, *, retries: int = 0, tls: Tls | None = None) -> Call:
    return Call("GET", url, idempotent=True, retries=retries, tls=tls or Tls())


async def no_check(_: Exchange) -> None:
    """Whatever the head says."""


async def many(count: int, work: Callable[[], Awaitable[object]]) -> None:
    async def run() -> None:
        await work()

    async with anyio.create_task_group() as group:
        for _ in range(count):
            group.start_soon(run)


@pytest.mark.anyio
async def test_a_connection_is_used_again(transport: Transport) -> None:
    with Server(always(reply())) as server:
        for _ in range(5):
            await transport.perform(read(server.url), Exchange.body)
        assert server.connections == 1
        assert len(transport._pool._idle) == 1


@pytest.mark.anyio
async def test_a_server_that_wants_no_reuse_is_heard(transport: Transport) -> None:
    with Server(always(reply(b"ok", "Connection: close"))) as server:
        for _ in range(3):
            await transport.perform(read(server.url), Exchange.body)
        assert server.connections == 3
        assert transport._pool._idle == []


@pytest.mark.anyio
async def test_calls_wait_for_a_place_and_share_connections(transport: Transport) -> None:
    all_busy = threading.Barrier(MAX_CONNECTIONS, timeout=30)

    def answer_when_all_are_busy(peer: Peer) -> None:
        while peer.request():
            all_busy.wait()
            peer.send(reply())

    with Server(answer_when_all_are_busy) as server:
        await many(4 * MAX_CONNECTIONS, lambda: transport.perform(read(server.url), Exchange.body))
        assert len(server.requests) == 4 * MAX_CONNECTIONS
        assert server.connections == MAX_CONNECTIONS


@pytest.mark.anyio
async def test_held_streams_do_not_block_others(transport: Transport) -> None:
    """A task may hold several streams, and make calls meanwhile."""
    with Server(always(reply(b"x" * BIG))) as server:
        async with AsyncExitStack() as held:
            for _ in range(MAX_CONNECTIONS + 10):
                stream = await transport.open(read(server.url), no_check)
                await held.enter_async_context(stream)
                assert await stream.chunk()
            with anyio.fail_after(30):
                await many(60, lambda: transport.perform(read(server.url), Exchange.body))
        assert transport._slots.value == MAX_CONNECTIONS
        await until(lambda: server.open == len(transport._pool._idle))


class Halves:
    """Sends the first half of each answer, and the second once it may."""

    def __init__(self) -> None:
        self.may = threading.Event()

    def __call__(self, peer: Peer) -> None:
        peer.request()
        peer.send(reply(b"x", length=2))
        self.may.wait(5)
        peer.send(b"x")


@pytest.mark.anyio
async def test_a_stream_needs_a_place_to_read(anyio_backend: str) -> None:
    assert anyio_backend
    transport = Transport(max_connections=1)
    halves = Halves()

    async def call() -> bytes:
        return await transport.perform(read(other.url), Exchange.body)

    async def rest() -> None:
        assert await stream.chunk() == b"x"

    with Server(halves) as server, Server(always(reply())) as other:
        async with await transport.open(read(server.url), no_check) as stream:
            assert await stream.chunk() == b"x"
            assert await call() == b"ok"
            async with anyio.create_task_group() as group:
                group.start_soon(rest)
                await until(lambda: transport._slots.value == 0)
                with anyio.move_on_after(0.05) as scope:
                    await call()
                assert scope.cancelled_caught
                halves.may.set()
            assert await call() == b"ok"
        assert len(other.requests) == 2
    assert transport._slots.value == 1
    await transport.aclose()


@pytest.mark.anyio
async def test_a_stream_that_is_closed_while_it_waits_for_a_place_says_so(
    anyio_backend: str,
) -> None:
    assert anyio_backend
    transport = Transport(max_connections=1)
    halves = Halves()

    async def waits() -> None:
        with pytest.raises(ClientClosed, match="closed before it was read to its end"):
            await second.body()

    with Server(halves) as server:
        first, second = [await transport.open(read(server.url), no_check) for _ in range(2)]
        async with first, second, anyio.create_task_group() as group:
            group.start_soon(first.body)
            await until(lambda: transport._slots.value == 0)
            group.start_soon(waits)
            await until(lambda: transport._slots.statistics().tasks_waiting == 1)
            await second.aclose()
            halves.may.set()
    assert transport._slots.value == 1
    await transport.aclose()


@pytest.mark.anyio
async def test_a_transport_may_close_while_a_stream_begins(anyio_backend: str) -> None:
    assert anyio_backend
    transport = Transport(max_connections=2)

    async def close(_: Exchange) -> None:
        await transport.aclose()

    with Server(always(reply(b"x" * BIG))) as server:
        async with await transport.open(read(server.url), close) as stream:
            with pytest.raises(Disconnected):
                await stream.body()
    assert transport._slots.value == 2


@pytest.mark.anyio
async def test_a_half_read_stream_leaves_nothing_behind(transport: Transport) -> None:
    """No open socket at either end, no warning of a socket or a generator."""
    with Server(always(reply(b"x" * BIG))) as server:
        for pieces in (0, 1, 2):
            async with await transport.open(read(server.url), no_check) as stream:
                for _ in range(pieces):
                    assert await stream.chunk()
            await stream.aclose()
            with pytest.raises(ClientClosed):
                await stream.body()
            del stream
        await until(lambda: server.open == 0)
        assert server.connections == 3
    gc.collect()


@pytest.mark.anyio
async def test_a_stream_read_to_its_end_keeps_the_connection(transport: Transport) -> None:
    with Server(always(reply(b"x" * BIG))) as server:
        for _ in range(3):
            async with await transport.open(read(server.url), no_check) as stream:
                assert len(await stream.body()) == BIG
        assert server.connections == 1


@pytest.mark.anyio
async def test_an_answer_that_is_not_read_closes_the_connection(transport: Transport) -> None:
    with Server(always(reply(b"x" * BIG))) as server:
        assert await transport.perform(read(server.url), _status) == 200
        await until(lambda: server.open == 0)


async def _status(exchange: Exchange) -> int:
    return exchange.status


@pytest.mark.anyio
async def test_idle_connections_of_many_hosts_are_closed(anyio_backend: str) -> None:
    assert anyio_backend
    transport = Transport(max_connections=3)
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(always(reply()))) for _ in range(8)]
        for server in servers:
            await transport.perform(read(server.url), Exchange.body)
        await until(lambda: sum(server.open for server in servers) == 3)
        assert [server.open for server in servers] == [0] * 5 + [1] * 3
        await transport.aclose()
        await until(lambda: sum(server.open for server in servers) == 0)


@pytest.mark.anyio
async def test_a_connection_that_failed_is_not_kept(transport: Transport) -> None:
    with pytest.raises(ConnectFailed):
        await transport.perform(read("http://localhost:1"), Exchange.body)
    assert transport._pool._idle == []


@pytest.mark.anyio
async def test_an_expired_connection_is_closed(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faxapi.transport.pool._KEEP_ALIVE", 0.02)
    with Server(always(reply())) as server, Server(always(reply())) as other:
        await transport.perform(read(server.url), Exchange.body)
        await anyio.sleep(0.05)
        await transport.perform(read(other.url), Exchange.body)
        await until(lambda: server.open == 0)
        await anyio.sleep(0.05)
        await transport.perform(read(other.url), Exchange.body)
        assert other.connections == 2


@pytest.mark.anyio
async def test_tls_settings_do_not_share_connections(
    transport: Transport, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    lax = ssl.create_default_context()
    lax.check_hostname, lax.verify_mode = False, ssl.CERT_NONE
    with Server(always(reply()), server_tls) as server:
        for context in (lax, client_tls, lax, client_tls):
            tls = Tls(ssl_context=context)
            await transport.perform(read(server.url, tls=tls), Exchange.body)
        assert server.connections == 2


@pytest.mark.anyio
async def test_closing_takes_the_busy_connections_too(anyio_backend: str) -> None:
    assert anyio_backend
    transport = Transport(max_connections=2)

    async def reads_on() -> None:
        async with stream:
            with pytest.raises(Disconnected):
                await stream.body()

    def stuck(peer: Peer) -> None:
        peer.request()
        peer.send(reply(b"x", length=2))
        peer.gone()

    with Server(stuck) as server:
        stream = await transport.open(read(server.url), no_check)
        async with anyio.create_task_group() as group:
            group.start_soon(reads_on)
            await anyio.sleep(0.02)
            await transport.aclose()
        await until(lambda: server.open == 0)
        with pytest.raises(ClientClosed):
            await transport.perform(read(server.url), Exchange.body)
    assert transport._slots.value == 2


@pytest.mark.anyio
async def test_a_connection_made_while_closing_is_not_kept(
    anyio_backend: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    assert anyio_backend
    transport = Transport()

    def slow_handshake(peer: Peer) -> None:
        time.sleep(0.05)
        peer.socket = server_tls.wrap_socket(peer.socket, server_side=True)
        always(reply())(peer)

    async def call() -> None:
        url = f"https://localhost:{server.port}"
        await transport.perform(read(url, tls=Tls(ssl_context=client_tls)), Exchange.body)

    with Server(slow_handshake) as server:
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            await until(lambda: server.open == 1)
            await transport.aclose()
        assert len(server.requests) == 1
        await until(lambda: server.open == 0)


@pytest.mark.anyio
async def test_a_stream_may_be_closed_by_another_task(transport: Transport) -> None:
    def stuck(peer: Peer) -> None:
        peer.request()
        peer.send(reply(b"x", length=2))
        peer.gone()

    async def reads_on() -> None:
        with pytest.raises(Disconnected):
            await stream.body()

    with Server(stuck) as server:
        stream = await transport.open(read(server.url), no_check)
        async with anyio.create_task_group() as group:
            group.start_soon(reads_on)
            await anyio.sleep(0.02)
            await stream.aclose()
        await until(lambda: server.open == 0)
    gc.collect()


@pytest.mark.anyio
async def test_a_broken_setting_gives_the_place_back(transport: Transport) -> None:
    tls = Tls(ca_file=__file__)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        await transport.perform(read("https://localhost:1", tls=tls), Exchange.body)
    with pytest.raises(ConfigurationError):
        await transport.open(read("https://localhost:1", tls=tls), no_check)


@pytest.mark.anyio
async def test_cancelled_calls_leave_no_place_taken(
    transport: Transport, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    dice = random.Random(7)  # noqa: S311 - it picks moments, not secrets
    outcomes = {"done": 0, "cut": 0}

    def drip(peer: Peer) -> None:
        while peer.request():
            peer.send(reply(b"x", length=2))
            time.sleep(0.002)
            peer.send(b"x")

    async def one(call: Call) -> None:
        seconds = dice.random() * 0.2 if dice.random() < 0.7 else 10
        with anyio.move_on_after(seconds) as scope:
            if dice.random() < 0.5:
                await transport.perform(call, Exchange.body)
            else:
                async with await transport.open(call, no_check) as stream:
                    await stream.body()
        outcomes["cut" if scope.cancelled_caught else "done"] += 1

    with Server(drip, server_tls) as server:
        call = read(server.url, tls=Tls(ssl_context=client_tls))
        for _ in range(3):
            await many(100, lambda: one(call))
        assert min(outcomes.values()) > 20
        await clean_and_working(transport, call)
        await until(lambda: server.open == len(transport._pool._idle))


@pytest.mark.asyncio
async def test_tasks_cancelled_by_asyncio_leave_no_place_taken(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """As `asyncio.timeout` does it: such a cancellation passes through anyio's shields."""
    dice = random.Random(7)  # noqa: S311 - it picks moments, not secrets
    transport = Transport(max_connections=MAX_CONNECTIONS)

    async def stream(call: Call) -> bytes:
        async with await transport.open(call, no_check) as exchange:
            return await exchange.body()

    async def one(call: Call) -> None:
        work = stream(call) if dice.random() < 0.5 else transport.perform(call, Exchange.body)
        task = asyncio.ensure_future(work)
        await asyncio.sleep(dice.random() * 0.15)
        task.cancel()
        if dice.random() < 0.3:
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.wait([task])

    with Server(always(reply()), server_tls) as server:
        call = read(server.url, tls=Tls(ssl_context=client_tls))
        for _ in range(3):
            await many(100, lambda: one(call))
        await clean_and_working(transport, call)
        await until(lambda: server.open == len(transport._pool._idle))
        await transport.aclose()
    gc.collect()


async def clean_and_working(transport: Transport, call: Call) -> None:
    assert transport._slots.value == MAX_CONNECTIONS
    assert transport._pool._busy == set()
    with anyio.fail_after(5):
        await many(50, lambda: transport.perform(call, Exchange.body))
