"""Refusals: who waits for how long, and what is asked again."""

import time

import anyio
import pytest

from faxapi import FaxApi, Pace
from faxapi.errors import RateLimited, ServiceUnavailable
from tests.providers.interfax.peer import fax, interfax, page
from tests.transport.paced import GOOD, Paced, Watch, ask, passes, refused
from tests.transport.server import until

BUSY = refused("503 Service Unavailable")
AN_HOUR = refused("429 Too Many Requests", "Retry-After: 3600")
NOW = ("Retry-After: 0", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT")


@pytest.mark.anyio
async def test_without_a_pace_nothing_waits_but_for_a_pause(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(*[GOOD] * 9, refused(), GOOD) as server:
        async with Paced(server.url, pace=None) as account:
            with anyio.fail_after(1):
                await ask(account, 9)
            # A refusal that names no time closes for a minute, where there is no rule.
            with anyio.move_on_after(0.1) as scope:
                await account.ask()
            assert scope.cancelled_caught
            assert not await passes(account)
            assert await account.free() == "42"
        assert len(server.calls) == 11


@pytest.mark.anyio
async def test_a_refused_page_is_asked_for_again(anyio_backend: str) -> None:
    assert anyio_backend
    faxes = [page(fax(9), total=2), page(result=-1011), page(result=-1011), page(fax(8), total=2)]
    with interfax(*faxes, pace=Pace(50, per=0.1), deadline=1) as (client, server):
        begun = time.monotonic()
        async with client:
            pages = client.outbound.iter_fax_items(page_size=1)
            assert [(await anext(pages)).transaction_id for _ in range(2)] == [9, 8]
        assert time.monotonic() - begun >= 0.2
    bodies = [request.body for request in server.requests]
    assert len(bodies) == 4
    assert bodies[1] == bodies[2] == bodies[3] != bodies[0]


@pytest.mark.anyio
@pytest.mark.parametrize("refusal", [page(result=-1011), refused()])
async def test_three_refusals_in_a_row_are_an_error(anyio_backend: str, refusal: bytes) -> None:
    assert anyio_backend
    with interfax(refusal, pace=Pace(50, per=0.05)) as (client, server):
        async with client:
            with pytest.raises(RateLimited) as caught:
                await client.outbound.fax_status_ex()
        assert len(server.requests) == 3
    assert caught.value.retry_after == 0.05
    assert caught.value.operation == "outbound.FaxStatusEx"


@pytest.mark.asyncio
async def test_a_pause_that_the_provider_names_is_kept_by_all() -> None:
    with Watch(refused("503 Service Unavailable", "Retry-After: 1"), GOOD) as server:
        one, two = (Paced(server.url, name=name, pace=Pace(9, per=0.1)) for name in ("one", "two"))
        async with one, two, anyio.create_task_group() as group:
            group.start_soon(one.ask)
            await until(lambda: len(server.calls) == 1)
            await anyio.sleep(0.3)
            group.start_soon(two.ask)
        assert len(server.calls) == 3
        assert all(begun - server.calls[0][1] >= 1 for begun, _ in server.calls[1:])


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_a_failure_that_names_no_pause_is_tried_again_shortly(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(BUSY, GOOD) as server:
        async with Paced(server.url, pace=None, retries=1) as account:
            with anyio.fail_after(2):
                assert await account.ask() == "42"
        assert len(server.calls) == 2
    with Watch(BUSY) as server:
        async with Paced(server.url, pace=None) as account:
            for _ in range(2):
                with pytest.raises(ServiceUnavailable), anyio.fail_after(2):
                    await account.ask()
        assert len(server.calls) == 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "kind"),
    [("429 Too Many Requests", RateLimited), ("503 Service Unavailable", ServiceUnavailable)],
)
async def test_a_pause_beyond_the_deadline_is_not_waited_for(
    anyio_backend: str, status: str, kind: type[Exception]
) -> None:
    assert anyio_backend
    with Watch(refused(status, "Retry-After: 90")) as server:
        one = Paced(server.url, name="one", deadline=60, retries=5)
        two = Paced(server.url, name="two", deadline=60)
        async with one, two:
            with pytest.raises(kind, match=f"probe 'one' .*HTTP {status[:3]}") as first:
                await one.ask()
            with pytest.raises(RateLimited, match=r"probe 'two' .* nothing was sent") as second:
                await two.ask()
        patient = Paced(server.url, name="patient", deadline=None)
        async with patient:
            assert not await passes(patient)
        assert len(server.calls) == 1
    assert getattr(first.value, "retry_after", None) == 90
    assert 80 < (second.value.retry_after or 0) < 90


@pytest.mark.anyio
async def test_a_pause_longer_than_five_minutes_is_for_nobody(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(refused("429 x", "Retry-After: 301")) as server:
        async with Paced(server.url, deadline=None) as account:
            with pytest.raises(RateLimited):
                await account.ask()
        assert len(server.calls) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_refused_change_is_not_sent_again(anyio_backend: str, status: str) -> None:
    assert anyio_backend
    with Watch(refused(status, "Retry-After: 0")) as server:
        async with Paced(server.url) as account:
            with pytest.raises(Exception, match=f"HTTP {status[:3]}"):
                await account.change()
        assert len(server.calls) == 1


@pytest.mark.anyio
async def test_a_pause_keeps_nobody_out_of_the_login_gate(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(refused(), GOOD) as server:
        account = Paced(server.url, pace=Pace(9, per=0.3))
        async with account, anyio.create_task_group() as group:
            group.start_soon(ask, account, 3)
            await until(lambda: len(server.calls) == 1)
            await anyio.sleep(0.05)
            with anyio.fail_after(0.2):
                assert await account.free() == "42"
        assert len(server.calls) == 5


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answers", "rule", "places"),
    [
        pytest.param([AN_HOUR], None, 9, id="at the login gate"),
        pytest.param([GOOD, AN_HOUR, GOOD], Pace(2, per=30), 9, id="for a slot"),
        pytest.param([GOOD, AN_HOUR, GOOD], None, 1, id="for a place"),
    ],
)
async def test_a_long_pause_sends_those_away_who_wait_already(
    anyio_backend: str, answers: list[bytes], rule: Pace | None, places: int
) -> None:
    assert anyio_backend
    waits: list[float | None] = []

    async def refuse() -> None:
        with pytest.raises(RateLimited) as caught:
            await account.ask()
        waits.append(caught.value.retry_after)

    with Watch(*answers, pause=0.1) as server:
        account = Paced(server.url, pace=rule, deadline=5)
        async with FaxApi(account, max_connections=places):
            for _ in answers[2:]:
                await account.ask()
            with anyio.fail_after(2):
                async with anyio.create_task_group() as group:
                    for _ in range(4):
                        group.start_soon(refuse)
        assert len(server.calls) == len(answers[:2])
    assert len(waits) == 4
    assert all(wait and 3590 < wait <= 3600 for wait in waits)


@pytest.mark.anyio
async def test_who_meets_a_pause_on_the_way_spends_no_slot(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anyio_backend
    monkeypatch.setattr("faxapi.transport.retry._SHORTEST_PAUSE", 0.1)
    with Watch(GOOD, refused("429 x", "Retry-After: 0"), GOOD, pause=0.05) as server:
        account = Paced(server.url, pace=Pace(4, per=30))
        async with FaxApi(account, max_connections=1):
            await account.ask()
            with anyio.fail_after(2):
                await ask(account, 2)
        assert len(server.calls) == 4


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
@pytest.mark.parametrize("header", NOW)
async def test_a_failure_that_may_be_tried_at_once_is_tried_as_usual(
    anyio_backend: str, header: str
) -> None:
    assert anyio_backend
    with Watch(*[refused("503 Service Unavailable", header)] * 4, GOOD) as server:
        async with Paced(server.url, retries=4) as account:
            assert await account.ask() == "42"
        assert len(server.calls) == 5


@pytest.mark.anyio
@pytest.mark.parametrize("header", NOW)
async def test_after_a_refusal_there_is_a_pause_even_if_it_names_none(
    anyio_backend: str, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anyio_backend
    with Watch(refused("429 Too Many Requests", header)) as server:
        async with Paced(server.url, deadline=0.9) as account:
            with pytest.raises(RateLimited) as caught:
                await account.ask()
        assert caught.value.retry_after == 1
        monkeypatch.setattr("faxapi.transport.retry._SHORTEST_PAUSE", 0.15)
        async with Paced(server.url, "user2") as account:
            with pytest.raises(RateLimited):
                await account.ask()
        assert len(server.calls) == 4
        assert min(server.gaps()[1:]) >= 0.15
