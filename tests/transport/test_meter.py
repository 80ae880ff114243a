"""The meter: what a piece of work cost on the network."""

import gzip
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from faxapi import Pace
from faxapi.transport.meter import Meter, count, waiting
from tests.transport.paced import CUT, GOOD, LISTING, NEVER, Paced, Watch, ask, refused
from tests.transport.probe import answer
from tests.transport.server import reply, until


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_every_try_is_a_request(anyio_backend: str) -> None:
    assert anyio_backend
    meter = Meter()
    with Watch(CUT, refused("503 x"), GOOD) as server:
        async with Paced(server.url, retries=2) as account:
            with meter.measured():
                await account.ask()
            await account.ask()
        assert len(server.calls) == 4
    assert meter.requests == 3


@pytest.mark.anyio
async def test_bytes_are_those_that_came(anyio_backend: str) -> None:
    assert anyio_backend
    meter = Meter()
    body = gzip.compress(answer(inner=f"<Answer>{'x' * 5000}</Answer>"))
    rows = LISTING.partition(b"\r\n\r\n")[2]
    packed = reply(body, "Content-Encoding: gzip", kind="text/xml")
    with Watch(packed, LISTING) as server:
        async with Paced(server.url) as account:
            with meter.measured():
                assert len(await account.ask()) == 5000
                assert meter.bytes == len(body) < 1000
                assert len([row async for row in account.counted_rows()]) == 9
    assert meter.bytes == len(body) + len(rows)
    assert (meter.requests, meter.waited, meter.waits) == (2, 0.0, [])


@pytest.mark.anyio
async def test_a_wait_is_told_while_it_lasts(anyio_backend: str) -> None:
    assert anyio_backend
    meter = Meter()
    with Watch() as server:
        async with Paced(server.url, pace=Pace(1, per=0.25)) as account:
            await account.ask()
            async with anyio.create_task_group() as group:
                with meter.measured():
                    group.start_soon(account.ask)
                await anyio.sleep(0.05)
                (wait,) = meter.waits
                left = wait.until - datetime.now(UTC)
                assert wait.reason == "rate limit"
                assert wait.until.tzinfo is UTC
                assert timedelta() < left <= timedelta(seconds=0.25)
            assert meter.waits == []
    assert 0.1 < meter.waited < 2
    assert meter.requests == 1


@pytest.mark.anyio
async def test_a_refusals_wait_says_so(anyio_backend: str) -> None:
    assert anyio_backend
    meter = Meter()
    with Watch(refused("429 x", "Retry-After: 40"), GOOD) as server:
        async with Paced(server.url, pace=NEVER) as account, anyio.create_task_group() as group:
            with meter.measured():
                group.start_soon(account.ask)
            await until(lambda: meter.waits != [])
            (wait,) = meter.waits
            assert wait.reason == "refused by the provider"
            assert 30 < (wait.until - datetime.now(UTC)).total_seconds() <= 40
            group.cancel_scope.cancel()
    assert meter.waits == []


@pytest.mark.anyio
async def test_a_refusal_holds_those_up_who_wait_already(anyio_backend: str) -> None:
    assert anyio_backend
    meter = Meter()

    def reasons() -> list[str]:
        return [wait.reason for wait in meter.waits]

    with Watch(GOOD, refused(), GOOD, pause=0.1) as server:
        async with Paced(server.url, pace=Pace(2, per=0.3)) as account:
            await account.ask()
            async with anyio.create_task_group() as group:
                with meter.measured():
                    group.start_soon(ask, account, 2)
                await until(lambda: len(server.calls) == 2)
                assert reasons() == ["rate limit"]
                await until(lambda: reasons() == ["refused by the provider"] * 2, 1)
            assert reasons() == []
    assert meter.waited >= 0.5


@pytest.mark.anyio
async def test_each_task_has_its_own_meter(anyio_backend: str) -> None:
    assert anyio_backend
    one, two = Meter(), Meter()

    async def work(meter: Meter, account: Paced, times: int) -> None:
        with meter.measured():
            await ask(account, times)

    with Watch() as server:
        async with Paced(server.url) as account, anyio.create_task_group() as group:
            group.start_soon(work, one, account, 2)
            group.start_soon(work, two, account, 3)
    assert (one.requests, two.requests) == (2, 3)
    assert one.bytes * 3 == two.bytes * 2 > 0


def test_without_a_meter_nothing_is_counted() -> None:
    meter = Meter()
    with meter.measured(), pytest.raises(ZeroDivisionError), waiting("a wait", 5):
        raise ZeroDivisionError
    assert 0 < meter.waited < 1
    with waiting("a wait", 5):
        count(requests=1, received=1)
    assert (meter.requests, meter.bytes, meter.waits) == (0, 0, [])
