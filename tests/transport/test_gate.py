"""The login gate: one wrong password is sent once, however many calls wait to send it."""

import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
import pytest

from faxapi.errors import (
    AccountBlocked,
    AuthenticationError,
    ConnectFailed,
    DecodeError,
    Disconnected,
    FaxApiError,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServiceUnavailable,
)
from faxapi.transport.gate import LoginGate
from faxapi.transport.http import Transport
from tests.transport.probe import Probe, answer
from tests.transport.server import Peer, Script, Server, reply

GOOD = reply(answer(), kind="text/xml")
REJECTED = reply(b"", status="401 Unauthorized")


@pytest.fixture
async def connect(transport: Transport) -> AsyncIterator[Callable[..., Probe]]:
    accounts: list[Probe] = []

    def attach(server: Server, username: str = "user1") -> Probe:
        name = f"account{len(accounts)}"
        accounts.append(Probe(server.url, username, name=name, retries=0, timeout=5))
        accounts[-1].attach(transport, "the test")
        return accounts[-1]

    yield attach
    for gate in transport.gates.values():
        assert gate._lock.statistics().locked is False


Connect = Callable[..., Probe]


def slowly(*answers: bytes) -> Script:
    """Give the answers in turn, over all connections; the last one is repeated."""

    def script(peer: Peer) -> None:
        while peer.request():
            number = len(peer.server.requests) - 1
            time.sleep(0.02)
            peer.send(answers[min(number, len(answers) - 1)])

    return script


async def gather(*calls: Callable[[], Awaitable[object]]) -> list[object]:
    results: list[object] = [None] * len(calls)

    async def run(number: int) -> None:
        try:
            results[number] = await calls[number]()
        except FaxApiError as error:
            results[number] = error

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for number in range(len(calls)):
                group.start_soon(run, number)
    return results


@pytest.mark.anyio
async def test_a_wrong_password_is_sent_once(connect: Connect) -> None:
    with Server(slowly(REJECTED)) as server:
        probe = connect(server)
        results = await gather(*[probe.ask] * 10)
        with pytest.raises(AuthenticationError):
            await probe.change()
        assert len(server.requests) == 1
    assert {type(result) for result in results} == {AuthenticationError}
    assert len({id(result) for result in results}) == 10
    for error in results:
        assert str(error).startswith(
            "probe 'account0' probe.Ask: the login was rejected [HTTP 401]"
        )


@pytest.mark.anyio
async def test_accounts_of_one_login_share_its_gate(connect: Connect) -> None:
    with Server(slowly(REJECTED)) as server, Server(slowly(GOOD)) as other:
        one, two, stranger, elsewhere = (
            connect(server),
            connect(server),
            connect(server, "user2"),
            connect(other),
        )
        results = await gather(one.ask, two.ask, stranger.ask, elsewhere.ask)
        assert len(server.requests) == 2
    assert [str(result).partition(":")[0] for result in results] == [
        "probe 'account0' probe.Ask",
        "probe 'account1' probe.Ask",
        "probe 'account2' probe.Ask",
        "42",
    ]


@pytest.mark.anyio
async def test_a_good_login_opens_the_gate_for_all(connect: Connect) -> None:
    with Server(slowly(GOOD)) as server:
        probe = connect(server)
        assert await gather(*[probe.ask] * 10) == ["42"] * 10
        assert 1 < server.most_open <= 9


@pytest.mark.anyio
async def test_until_a_login_is_known_calls_go_one_by_one(connect: Connect) -> None:
    """A server that is down says nothing of the login, and must not let the others loose."""
    down = reply(b"", status="503 Service Unavailable")
    cut = reply(b"x", length=9, kind="text/xml")
    page = reply(b"<html>", kind="text/html")
    most = 0

    def script(peer: Peer) -> None:
        nonlocal most
        number = len(peer.server.requests)
        if peer.request():
            most = max(most, peer.server.open if number < 4 else 0)
            time.sleep(0.02)
            peer.send([down, cut, page, REJECTED][number])

    with Server(script) as server:
        probe = connect(server)
        results = await gather(*[probe.ask] * 8)
        assert len(server.requests) == 4
    assert sorted(type(result).__name__ for result in results) == [
        *["AuthenticationError"] * 5,
        "DecodeError",
        "Disconnected",
        "ServiceUnavailable",
    ]
    assert most == 1


@pytest.mark.parametrize(
    ("error", "proof"),
    [
        (None, True),
        (PermissionDenied("no"), True),
        (NotFound("none"), True),
        (InvalidRequest("what"), False),
        (ServiceUnavailable("down"), False),
        (RateLimited("slowly"), False),
        (ConnectFailed("no"), False),
        (Disconnected("cut"), False),
        (DecodeError("what"), False),
        (ZeroDivisionError(), False),
    ],
)
@pytest.mark.anyio
async def test_what_proves_a_login_good(
    anyio_backend: str, error: Exception | None, *, proof: bool
) -> None:
    assert anyio_backend
    gate = LoginGate()

    async def call() -> None:
        async with gate.turn():
            if error:
                raise error

    if error:
        with pytest.raises(type(error)):
            await call()
    else:
        await call()
    assert await passes_beside_another(gate) is proof


async def passes_beside_another(gate: LoginGate) -> bool:
    """Whether a second call may go while a first one is on its way."""
    inside = anyio.Event()

    async def second() -> None:
        async with gate.turn():
            inside.set()

    passed = False
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group, gate.turn():
            group.start_soon(second)
            with anyio.move_on_after(0.05):
                await inside.wait()
            passed = inside.is_set()
    return passed


@pytest.mark.anyio
async def test_a_cancelled_first_call_lets_the_next_go(connect: Connect) -> None:
    with Server(slowly(GOOD)) as server:
        probe = connect(server)

        async def impatient() -> str:
            with anyio.move_on_after(0.005):
                return await probe.ask()
            return "cancelled"

        assert await gather(impatient, probe.ask, impatient, probe.ask) == [
            "cancelled",
            "42",
            "cancelled",
            "42",
        ]


@pytest.mark.anyio
async def test_a_password_that_stops_working_closes_the_gate(connect: Connect) -> None:
    with Server(slowly(GOOD, REJECTED, GOOD)) as server:
        probe = connect(server)
        assert await probe.ask() == "42"
        for _ in range(3):
            with pytest.raises(AuthenticationError):
                await probe.ask()
        assert len(server.requests) == 2


@pytest.mark.anyio
async def test_calls_that_are_rejected_together_close_the_gate_once(connect: Connect) -> None:
    together = threading.Barrier(2, timeout=10)

    def script(peer: Peer) -> None:
        while peer.request():
            if len(peer.server.requests) == 1:
                peer.send(GOOD)
            else:
                together.wait()
                peer.send(REJECTED)

    with Server(script) as server:
        probe = connect(server)
        assert await probe.ask() == "42"
        both = await gather(*[lambda: rejected(probe)] * 2)
        assert await rejected(probe) == both[0] == both[1]
        assert len(server.requests) == 3


async def rejected(probe: Probe) -> str:
    with pytest.raises(AuthenticationError) as caught:
        await probe.ask()
    return str(caught.value)


@pytest.mark.anyio
async def test_a_lock_out_opens_again_for_one_call_at_a_time(anyio_backend: str) -> None:
    assert anyio_backend
    gate = LoginGate()
    inside = most = calls = 0

    async def call() -> None:
        nonlocal inside, most, calls
        async with gate.turn():
            inside, calls = inside + 1, calls + 1
            most = max(most, inside)
            await anyio.sleep(0.01)
            inside -= 1
            if calls == 1:
                raise AccountBlocked("locked", code="-1876", retry_after=1)

    results = await gather(*[call] * 5)
    assert calls == 1
    waits = [error.retry_after for error in results if isinstance(error, AccountBlocked)]
    assert len(waits) == 5
    assert all(wait is not None and 0 < wait <= 1 for wait in waits)
    assert min(wait for wait in waits if wait) < 1
    await anyio.sleep(1)
    assert await gather(*[call] * 5) == [None] * 5
    assert calls == 6
    async with gate.turn():
        await gather(*[call] * 2)
    assert most > 1


@pytest.mark.anyio
async def test_after_a_lock_out_a_login_is_unknown_again(anyio_backend: str) -> None:
    assert anyio_backend
    gate = LoginGate()
    async with gate.turn():
        """A good login, before it is locked out."""
    with pytest.raises(AccountBlocked):
        async with gate.turn():
            raise AccountBlocked("locked", retry_after=0.02)
    await anyio.sleep(0.05)
    assert not await passes_beside_another(gate)


@pytest.mark.anyio
async def test_a_lock_out_without_an_end_stays(anyio_backend: str) -> None:
    assert anyio_backend
    gate = LoginGate()
    for _ in range(2):
        with pytest.raises(AccountBlocked) as caught:
            async with gate.turn():
                raise AccountBlocked("locked")
        assert caught.value.retry_after is None
    with pytest.raises(AccountBlocked):
        async with gate.turn():
            pytest.fail("nothing may be sent")
