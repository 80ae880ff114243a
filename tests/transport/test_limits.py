"""Time: how long a call may take, how often it is tried, and what a stream's deadline counts."""

import time

import anyio
import pytest
import stamina

from faxapi.errors import (
    AuthenticationError,
    ConnectFailed,
    DeadlineExceeded,
    Disconnected,
    FaxApiError,
    NotFound,
    ServiceUnavailable,
    TransportError,
)
from faxapi.transport.http import Call, Exchange, Transport
from tests.transport.server import Peer, Script, Server, always, once, reply, until


def read(
    url: str, *, retries: int = 0, deadline: float | None = None, silence: float = 5.0
) -> Call:
    return Call(
        "GET", url, idempotent=True, retries=retries, deadline=deadline, read_timeout=silence
    )


async def no_check(_: Exchange) -> None:
    """Whatever the head says."""


def cut(peer: Peer) -> None:
    peer.request()


def drip(pieces: int, seconds: float) -> Script:
    def script(peer: Peer) -> None:
        if peer.request():
            peer.send(reply(b"", "Connection: close", length=pieces))
            for _ in range(pieces):
                time.sleep(seconds)
                if not peer.send(b"x"):
                    break

    return script


class Failing:
    """A `read` that fails as told and then gives its number of calls."""

    def __init__(self, *errors: FaxApiError) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self, exchange: Exchange) -> int:
        await exchange.body()
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.calls


@pytest.mark.anyio
async def test_a_drip_resets_the_silence_but_not_the_deadline(transport: Transport) -> None:
    with Server(drip(8, 0.03)) as server:
        assert await transport.perform(read(server.url, silence=1), Exchange.body) == b"x" * 8
        with pytest.raises(TransportError, match=r"sent nothing for 0\.01 s"):
            await transport.perform(read(server.url, silence=0.01), Exchange.body)
        with pytest.raises(DeadlineExceeded, match=r"no whole answer within 0\.1 s"):
            await transport.perform(read(server.url, deadline=0.1), Exchange.body)


@pytest.mark.anyio
async def test_a_deadline_bounds_all_tries_and_tells_of_the_last(transport: Transport) -> None:
    begun = time.monotonic()
    with Server(cut) as server:
        with pytest.raises(DeadlineExceeded) as caught:
            await transport.perform(read(server.url, retries=1000, deadline=0.3), Exchange.body)
        assert len(server.requests) >= 1
    assert 0.3 <= time.monotonic() - begun < 2
    assert isinstance(caught.value, TimeoutError)
    assert "; the last try: localhost broke the connection" in str(caught.value)


@pytest.mark.anyio
async def test_a_deadline_of_ones_own_is_left_alone(transport: Transport) -> None:
    """A cancellation from outside is no DeadlineExceeded."""
    with Server(drip(50, 0.02)) as server, anyio.move_on_after(0.1) as scope:
        await transport.perform(read(server.url, deadline=5), Exchange.body)
    assert scope.cancelled_caught


@pytest.mark.usefixtures("no_waits")
@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.anyio
async def test_a_read_is_tried_again(transport: Transport, retries: int) -> None:
    with Server(cut) as server:
        with pytest.raises(Disconnected):
            await transport.perform(read(server.url, retries=retries), Exchange.body)
        assert len(server.requests) == retries + 1


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_a_read_recovers(transport: Transport) -> None:
    with Server(once(b"", reply(b"cut", length=9), reply(b"whole"))) as server:
        assert await transport.perform(read(server.url, retries=2), Exchange.body) == b"whole"
        assert server.connections == 3
        stream = await transport.open(read(server.url, retries=2), no_check)
        async with stream:
            assert await stream.body() == b"whole"


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_a_streams_head_is_tried_again(transport: Transport) -> None:
    check = Failing(ServiceUnavailable("one"), ServiceUnavailable("two"))

    async def run(exchange: Exchange) -> None:
        await check(exchange)

    with Server(always(reply())) as server:
        async with await transport.open(read(server.url, retries=2), run):
            assert len(server.requests) == 3
        check = Failing(NotFound("none"))
        with pytest.raises(NotFound):
            await transport.open(read(server.url, retries=2), run)
        assert len(server.requests) == 4


@pytest.mark.usefixtures("no_waits")
@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (ServiceUnavailable("down"), 3),
        (AuthenticationError("no"), 1),
        (NotFound("none"), 1),
        (ConnectFailed("not trusted", retryable=False), 1),
    ],
)
@pytest.mark.anyio
async def test_only_what_may_help_is_tried_again(
    transport: Transport, error: FaxApiError, tries: int
) -> None:
    failing = Failing(*[error] * 5)
    with Server(always(reply())) as server:
        with pytest.raises(type(error)) as caught:
            await transport.perform(read(server.url, retries=2, deadline=60), failing)
        assert len(server.requests) == tries
    assert caught.value is error


@pytest.mark.anyio
async def test_waits_grow_from_a_fifth_of_a_second(transport: Transport) -> None:
    waits: list[float] = []
    stamina.instrumentation.set_on_retry_hooks([lambda details: waits.append(details.wait_for)])
    try:
        with Server(always(reply())) as server:
            failing = Failing(Disconnected("cut"))
            assert await transport.perform(read(server.url, retries=1), failing) == 2
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    assert len(waits) == 1
    assert 0.2 <= waits[0] <= 0.7


@pytest.mark.anyio
async def test_a_streams_deadline_counts_the_network_only(transport: Transport) -> None:
    with Server(drip(4, 0.02)) as server:
        whole = b""
        async with await transport.open(read(server.url, deadline=1), no_check) as exchange:
            while piece := await exchange.chunk():
                whole += piece
                await anyio.sleep(0.3)
    assert whole == b"xxxx"


@pytest.mark.anyio
async def test_a_streams_deadline_ends_a_drip(transport: Transport) -> None:
    begun = time.monotonic()
    with Server(drip(100, 0.02)) as server:
        async with await transport.open(read(server.url, deadline=0.2), no_check) as exchange:
            with pytest.raises(DeadlineExceeded, match=r"within 0\.2 s"):
                await exchange.body()
    assert time.monotonic() - begun < 1.9


@pytest.mark.anyio
async def test_a_streams_deadline_counts_its_head(transport: Transport) -> None:
    def slow_head(peer: Peer) -> None:
        peer.request()
        time.sleep(0.3)
        peer.send(reply(b"", length=2))
        time.sleep(1)
        peer.send(b"xx")

    with Server(slow_head) as server:
        async with await transport.open(read(server.url, deadline=1), no_check) as exchange:
            with pytest.raises(DeadlineExceeded):
                await exchange.body()
        with pytest.raises(DeadlineExceeded):
            await transport.open(read(server.url, deadline=0.05), no_check)


@pytest.mark.anyio
async def test_a_deadline_starts_when_the_limit_lets_the_call_through(anyio_backend: str) -> None:
    assert anyio_backend
    transport = Transport(max_connections=1)
    with Server(drip(1, 0.4)) as server:
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(transport.perform, read(server.url, deadline=1.2), Exchange.body)
        assert len(server.requests) == 4
    await transport.aclose()


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_no_wait_for_a_place_counts_for_the_deadline(anyio_backend: str) -> None:
    """Neither a new try's wait, nor a stream's."""
    assert anyio_backend
    transport = Transport(max_connections=1)

    tries = 0

    async def fail_once(exchange: Exchange) -> bytes:
        nonlocal tries
        tries += 1
        if tries == 1:
            await until(lambda: transport._slots.statistics().tasks_waiting == 2)
            raise Disconnected("cut")
        return await exchange.body()

    async def again() -> None:
        call = read(quick.url, retries=1, deadline=1)
        assert await transport.perform(call, fail_once) == b"ok"

    async def go_on() -> None:
        assert await stream.body() == b"ok"

    with Server(always(reply())) as quick, Server(drip(1, 1.2)) as slow:
        stream = await transport.open(read(quick.url, deadline=1), no_check)
        async with stream, anyio.create_task_group() as group:
            group.start_soon(again)
            await until(lambda: tries == 1)
            group.start_soon(transport.perform, read(slow.url), Exchange.body)
            await until(lambda: transport._slots.statistics().tasks_waiting == 1)
            group.start_soon(go_on)
        assert (len(quick.requests), len(slow.requests)) == (3, 1)
    await transport.aclose()


@pytest.mark.anyio
async def test_a_call_that_waits_to_try_again_keeps_nobody_out(anyio_backend: str) -> None:
    assert anyio_backend
    transport = Transport(max_connections=1)
    tried = anyio.Event()

    async def refuse(_exchange: Exchange) -> bytes:
        tried.set()
        raise ServiceUnavailable("not now")

    async def whole(exchange: Exchange) -> bytes:
        return await exchange.body()

    with Server(always(reply())) as sick, Server(always(reply())) as healthy:

        async def fail() -> None:
            with pytest.raises(ServiceUnavailable):
                await transport.perform(Call("GET", sick.url, idempotent=True), refuse)

        async with anyio.create_task_group() as group:
            group.start_soon(fail)
            await tried.wait()
            call = Call("GET", healthy.url, idempotent=True)
            assert await transport.perform(call, whole) == b"ok"
            assert len(sick.requests) < 3
        assert len(sick.requests) == 3
    assert transport._slots.value == 1
    await transport.aclose()
