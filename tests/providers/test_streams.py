"""A streamed list holds a connection: when it gives it back, and what it says when it breaks."""

import gc
import time

import anyio
import pytest

from faxapi import FaxApi
from faxapi.errors import (
    AuthenticationError,
    ClientClosed,
    DeadlineExceeded,
    Disconnected,
    FaxApiError,
    ProviderError,
)
from tests.transport.probe import Probe, answer
from tests.transport.server import Peer, Script, Server, always, once, reply, until

ROW = "<Row><Number>{}</Number></Row>"


def listing(rows: int, code: int = 0) -> bytes:
    inner = "".join(map(ROW.format, range(rows)))
    body = answer("List", f"<Rows>{inner}</Rows><Code>{code}</Code>")
    return reply(body, kind="text/xml")


def in_parts(whole: bytes, parts: int, pause: float) -> Script:
    size = -(-len(whole) // parts)

    def script(peer: Peer) -> None:
        while peer.request():
            for start in range(0, len(whole), size):
                if not peer.send(whole[start : start + size]):
                    return
                time.sleep(pause)

    return script


def slots(probe: Probe) -> bool:
    transport = probe._session.require()
    return transport._slots.value == transport._slots.max_value and not transport._pool._busy


@pytest.mark.anyio
async def test_a_stream_gives_its_rows_and_its_connection_back(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(always(listing(5000))) as server:
        async with Probe(server.url) as probe:
            for _ in range(2):
                async with probe.rows() as rows:
                    assert [row.number async for row in rows] == list(range(5000))
                    assert slots(probe)
                    await rows.aclose()
                    assert [row.number async for row in rows] == []
            assert [row.number async for row in probe.rows()] == list(range(5000))
            assert server.connections == 1


@pytest.mark.anyio
async def test_leaving_a_stream_early_closes_its_connection(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(always(listing(50_000))) as server:
        async with Probe(server.url) as probe:
            async with probe.rows() as rows:
                async for row in rows:
                    if row.number == 3:
                        break
                assert not slots(probe)
            assert slots(probe)
            await until(lambda: server.open == 0)
            # It is not empty: nobody knows what else there was.
            with pytest.raises(
                ClientClosed, match=r"probe probe\.List: the list was closed before"
            ):
                await anext(rows)
            await rows.aclose()
            async with probe.rows() as rows:
                """Not begun at all."""
            with pytest.raises(ClientClosed, match="closed before it was read to its end"):
                await anext(rows)
            assert len(server.requests) == 1
    del rows
    gc.collect()


@pytest.mark.anyio
async def test_a_reader_may_ask_for_something_else_meanwhile(anyio_backend: str) -> None:
    assert anyio_backend

    def script(peer: Peer) -> None:
        while request := peer.request():
            lists = b"<List " in request.body
            peer.send(listing(50_000) if lists else reply(answer(), kind="text/xml"))

    with Server(script) as server:
        probe = Probe(server.url)
        async with FaxApi(probe, max_connections=1), probe.rows() as rows:
            with anyio.fail_after(2):
                async for row in rows:
                    if row.number == 3:
                        break
                assert await probe.ask() == "42"
                assert (await anext(rows)).number == 4
            assert server.most_open == 2


@pytest.mark.anyio
async def test_cancelling_a_stream_closes_its_connection(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(in_parts(listing(1000), 10, 0.05)) as server:
        async with Probe(server.url) as probe:
            with anyio.move_on_after(0.12) as scope:
                async for _ in probe.rows():
                    """Until it is cancelled."""
            assert scope.cancelled_caught
            assert slots(probe)
            await until(lambda: server.open == 0)
    gc.collect()


@pytest.mark.anyio
async def test_the_consumers_time_does_not_count(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(in_parts(listing(8), 4, 0.01)) as server:
        async with Probe(server.url, deadline=0.3) as probe:
            async for _ in probe.rows():
                await anyio.sleep(0.05)
    with Server(in_parts(listing(1000), 50, 0.02)) as server:
        async with Probe(server.url, deadline=0.2) as probe:
            with pytest.raises(DeadlineExceeded, match=r"probe probe\.List: no whole answer"):
                _ = [row async for row in probe.rows()]
            assert slots(probe)


@pytest.mark.anyio
async def test_a_stream_that_breaks_says_so_and_ends(anyio_backend: str) -> None:
    assert anyio_backend

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(listing(5000)[:-10])

    with Server(script) as server:
        async with Probe(server.url, retries=5) as probe:
            rows = probe.rows()
            for number in range(5000):
                assert (await anext(rows)).number == number
            with pytest.raises(Disconnected, match=r"probe probe\.List: localhost broke"):
                await anext(rows)
            with pytest.raises(ClientClosed, match="closed before it was read to its end"):
                await anext(rows)
            assert slots(probe)
            # Rows were handed on, so the list cannot be begun again.
            assert len(server.requests) == 1


def cut(before: str, rows: int = 1) -> bytes:
    """An answer that breaks off before a part of it."""
    head, mark, _ = listing(rows).partition(before.encode())
    assert mark
    return head


@pytest.mark.anyio
@pytest.mark.parametrize("before", ["HTTP", "<soap:Body", "</Number>", "</Row>"])
async def test_up_to_its_first_row_a_stream_is_tried_again(anyio_backend: str, before: str) -> None:
    assert anyio_backend
    with Server(once(cut(before), listing(3))) as server:
        async with Probe(server.url, retries=1) as probe:
            async with probe.rows() as rows:
                assert [row.number async for row in rows] == [0, 1, 2]
            assert slots(probe)
        assert len(server.requests) == 2


@pytest.mark.anyio
async def test_a_list_of_no_rows_that_breaks_off_is_tried_again(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(once(cut("</Rows>", 0), listing(0))) as server:
        async with Probe(server.url, retries=1) as probe:
            assert [row async for row in probe.rows()] == []
            assert slots(probe)
        assert len(server.requests) == 2


@pytest.mark.anyio
async def test_new_tries_of_a_stream_come_to_an_end(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(once(cut("</Row>"))) as server:
        async with Probe(server.url, retries=1) as probe:
            with pytest.raises(Disconnected):
                await anext(probe.rows())
            assert slots(probe)
        assert len(server.requests) == 2
        async with Probe(server.url, retries=50, deadline=0.4) as probe:
            with pytest.raises(DeadlineExceeded, match="the last try: localhost broke"):
                await anext(probe.rows())
            assert slots(probe)


@pytest.mark.anyio
async def test_a_login_rejected_at_a_new_try_is_rejected_for_all(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(once(cut("</Row>"), reply(b"", status="401 Unauthorized"))) as server:
        async with Probe(server.url, retries=5) as probe:
            for _ in range(2):
                with pytest.raises(AuthenticationError):
                    await anext(probe.rows())
            assert slots(probe)
        assert len(server.requests) == 2


@pytest.mark.anyio
async def test_a_result_code_behind_the_rows_counts(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(always(listing(5, code=-7))) as server:
        async with Probe(server.url) as probe:
            with pytest.raises(ProviderError, match="code -7"):
                _ = [row async for row in probe.rows()]
            assert slots(probe)


@pytest.mark.anyio
async def test_streams_go_through_the_login_gate(anyio_backend: str) -> None:
    assert anyio_backend
    errors: list[FaxApiError] = []

    async def read() -> None:
        try:
            async for _ in probe.rows():
                pytest.fail("the login is wrong")
        except FaxApiError as error:
            errors.append(error)

    with Server(always(reply(b"", status="401 Unauthorized"))) as server:
        async with Probe(server.url) as probe, anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(read)
        assert len(server.requests) == 1
    assert {type(error) for error in errors} == {AuthenticationError}
    assert len(errors) == 4


@pytest.mark.anyio
async def test_a_stream_needs_an_open_account(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(in_parts(listing(2000), 10, 0.02)) as server:
        probe = Probe(server.url)
        with pytest.raises(ClientClosed, match=r"probe probe\.List: the client is not open yet"):
            await anext(probe.rows())
        async with probe:
            rows = probe.rows()
            assert (await anext(rows)).number == 0
        with pytest.raises(Disconnected):
            _ = [row async for row in rows]
        with pytest.raises(ClientClosed, match=r"probe probe\.List: the client is closed"):
            await anext(probe.rows())
    gc.collect()
