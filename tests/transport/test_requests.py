"""What is sent: each account's own and no more, whole, and past every proxy."""

import time
from collections.abc import Awaitable

import pytest

from faxapi.errors import FaxApiError, Unconfirmed
from faxapi.transport.http import Call, Exchange, Transport
from tests.transport.probe import PASSWORD, Probe, answer
from tests.transport.server import Peer, Server, always, reply


def read(url: str) -> Call:
    return Call("GET", url, idempotent=True, retries=0)


async def status(exchange: Exchange) -> int:
    return exchange.status


@pytest.mark.anyio
async def test_two_accounts_on_one_host_share_no_cookie(transport: Transport) -> None:
    cookie = reply(answer(), "Set-Cookie: session=stolen; Path=/", kind="text/xml")
    with Server(always(cookie)) as server:
        accounts = [Probe(server.url, "user1", name="a"), Probe(server.url, "user2", name="b")]
        for account in accounts:
            account.attach(transport, "the test")
        for account in accounts * 2:
            assert await account.ask() == "42"
        assert server.connections == 1
        users = [b"user1" in request.body for request in server.requests]
        assert users == [True, False, True, False]
        for request in server.requests:
            assert request.header("cookie") == []


@pytest.mark.anyio
async def test_no_header_stays_for_the_next_call(transport: Transport) -> None:
    with Server(always(reply())) as server:
        first = Call("GET", server.url + "/a?b=c", headers={"Authorization": "Basic x", "X": "y"})
        await transport.perform(first, Exchange.body)
        await transport.perform(Call("POST", server.url, body=b"z"), Exchange.body)
        one, two = server.requests
    host = ("host", server.url.removeprefix("http://"))
    own = [("accept", "*/*"), ("user-agent", "faxapi"), ("accept-encoding", "gzip")]
    assert one.target == "/a?b=c"
    assert set(one.headers) == {
        host,
        *own,
        ("connection", "keep-alive"),
        ("authorization", "Basic x"),
        ("x", "y"),
    }
    assert set(two.headers) == {host, *own, ("connection", "keep-alive"), ("content-length", "1")}
    assert two.body == b"z"


@pytest.mark.anyio
async def test_the_environment_has_no_say(
    monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    assert anyio_backend
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://localhost:1")
        monkeypatch.setenv(name.lower(), "http://localhost:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    transport = Transport()
    with Server(always(reply())) as server:
        assert await transport.perform(read(server.url), Exchange.body) == b"ok"
    await transport.aclose()


@pytest.mark.anyio
async def test_a_large_request_arrives_whole(transport: Transport) -> None:
    body = PASSWORD.encode() * 100_000
    with Server(always(reply())) as server:
        await transport.perform(Call("POST", server.url, body=body), Exchange.body)
        assert server.requests[0].body == body


@pytest.mark.anyio
async def test_an_answer_may_come_before_the_request_was_read(transport: Transport) -> None:
    """A server that refuses a large request says so and closes."""

    def refuses(peer: Peer) -> None:
        peer.socket.recv(100)
        peer.send(reply(b"no", status="413 Content Too Large"))
        time.sleep(0.05)

    with Server(refuses) as server:
        call = Call("POST", server.url, body=b"x" * (1 << 24))
        assert await outcome(transport.perform(call, status)) in {413, Unconfirmed}


async def outcome(call: Awaitable[object]) -> object:
    """The result, or the error's type: a reset may overtake an answer."""
    try:
        return await call
    except FaxApiError as error:
        return type(error)
