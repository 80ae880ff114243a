"""Which calls count, by which rule, and what is kept of them."""

import time
from typing import Any

import anyio
import pytest

from faxapi import Imagicle, InterFax, Openfax, Pace
from faxapi.errors import ConfigurationError, DecodeError
from faxapi.providers.interfax.operations import OPERATIONS
from faxapi.transport import pace
from faxapi.transport.pace import Lane
from tests.providers.interfax.peer import fax, interfax, page, soap
from tests.transport.paced import CUT, LISTING, NEVER, PER, Paced, Watch, refused
from tests.transport.server import reply


@pytest.mark.anyio
async def test_administration_does_not_count(anyio_backend: str) -> None:
    assert anyio_backend
    code = "<GetAccountPPCardsBalanceResult>0</GetAccountPPCardsBalanceResult>"
    balance = soap("GetAccountPPCardsBalance", f"{code}<Balance>1</Balance>")
    with interfax(page(fax(1)), balance, pace=NEVER) as (client, server):
        async with client:
            await client.outbound.fax_status_ex()
            for _ in range(3):
                with anyio.fail_after(1):
                    assert await client.admin.get_account_pp_cards_balance() == 1
            with anyio.move_on_after(0.1) as scope:
                await client.outbound.fax_status_ex()
            assert scope.cancelled_caught
        assert len(server.requests) == 4


def test_what_counts_at_interfax() -> None:
    assert {operation.label for operation in OPERATIONS if operation.counted} == {
        *("outbound.FaxStatusEx", "outbound.FaxQuery", "outbound.FaxQuery2"),
        *("inbound.GetList", "inbound.GetList2"),
    }


@pytest.mark.anyio
async def test_a_rule_counts_every_call_where_the_vendor_has_none(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(reply(b'{"faxList": []}', kind="application/json")) as server:
        async with Imagicle(server.url, "user1", "x", pace=NEVER) as account:
            await account.list_outbound_faxes()
            with anyio.move_on_after(0.1):
                await account.list_outbound_faxes()
    with Watch(reply(b"<html>", kind="text/html")) as other:
        async with Openfax("key", base_url=other.url, pace=NEVER) as openfax:
            with pytest.raises(DecodeError):
                await openfax.get_realtime()
            with anyio.move_on_after(0.1):
                await openfax.get_recent_history()
    assert (len(server.calls), len(other.calls)) == (1, 1)


@pytest.mark.anyio
async def test_a_stream_counts_until_it_is_closed(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(LISTING) as server:
        async with Paced(server.url, pace=Pace(1, per=PER)) as account:
            async with account.counted_rows() as rows:
                assert (await anext(rows)).number == 0
                with anyio.move_on_after(2 * PER) as scope:
                    await account.all()
                assert scope.cancelled_caught
            closed = time.monotonic()
            await account.all()
        assert server.calls[1][0] - closed >= PER
        assert len(server.calls) == 2


@pytest.mark.anyio
async def test_a_stream_that_nobody_closes_gives_its_slot_back_with_the_account(
    anyio_backend: str,
) -> None:
    assert anyio_backend
    with Watch(LISTING) as server:
        async with Paced(server.url, pace=Pace(1, per=PER)) as account:
            rows = account.counted_rows()
            await anext(rows)
        async with Paced(server.url, pace=Pace(1, per=PER)) as account:
            with anyio.fail_after(2):
                await account.all()
            await rows.aclose()
            await account.all()
        assert server.most(PER) == 1


@pytest.mark.usefixtures("no_waits")
@pytest.mark.asyncio
async def test_a_stream_that_is_refused_is_asked_for_again() -> None:
    with Watch(refused(), CUT, LISTING) as server:
        async with Paced(server.url, pace=Pace(1, per=PER), retries=1) as account:
            assert [row.number async for row in account.counted_rows()] == list(range(9))
        assert min(server.gaps()) >= PER
        assert len(server.calls) == 3


def test_the_vendors_limit_is_kept_unless_another_is_given() -> None:
    assert InterFax("acme", "x").settings.pace == Pace(6, per=60)
    assert InterFax("acme", "x", pace=None).settings.pace is None
    assert InterFax("acme", "x", pace={"calls": 2}).settings.pace == Pace(2)
    assert InterFax("acme", "x", pace={"calls": 2, "per": 5}).settings.pace == Pace(2, per=5)
    assert Openfax("key").settings.pace is None


@pytest.mark.parametrize(
    ("pace", "text"),
    [
        ({"calls": 0}, "calls is 0"),
        ({"calls": -1}, "calls is -1"),
        ({"calls": 1.5}, "calls is 1.5"),
        ({"calls": True}, "calls is True"),
        ({"calls": 1, "per": 0}, "per is 0"),
        ({"calls": 1, "per": float("inf")}, "per is inf"),
        ({"calls": 1, "per": float("nan")}, "per is nan"),
        ({"calls": 1, "per": "60"}, "per is '60'"),
        ({"calls": 1, "per": True}, "per is True"),
        ({"per": 60}, "calls and per"),
        ({"calls": 1, "every": 60}, "calls and per"),
        ({}, "calls and per"),
        (6, "pace cannot be of type int"),
    ],
)
def test_a_bad_pace_is_refused(pace: Any, text: str) -> None:  # noqa: ANN401 - what a file may hold
    with pytest.raises(ConfigurationError, match=f"interfax 'east': .*{text}"):
        InterFax("acme", "x", name="east", pace=pace)


@pytest.mark.anyio
async def test_what_is_over_is_forgotten(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anyio_backend
    monkeypatch.setattr(pace, "_purge_at", 64)
    for number in range(300):
        lane = Lane(number, Pace(1, per=0.001))
        await lane.take()
        lane.give_back(spent=True)
    await anyio.sleep(0.01)
    for number in range(300, 600):
        lane = Lane(number)
        await lane.take()
        lane.give_back(spent=True)
    assert len(pace._BUCKETS) < 150


@pytest.mark.anyio
async def test_what_is_not_over_is_kept(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anyio_backend
    monkeypatch.setattr(pace, "_purge_at", 64)
    await Lane("in flight").take()
    done = Lane("done", NEVER)
    await done.take()
    done.give_back(spent=True)
    Lane("closed").close(30)
    async with anyio.create_task_group() as group:
        group.start_soon(done.take)
        await anyio.wait_all_tasks_blocked()
        for number in range(300):
            Lane(number).close(0)
        assert {"in flight", "done", "closed"} <= pace._BUCKETS.keys()
        group.cancel_scope.cancel()


@pytest.mark.anyio
async def test_no_secret_is_kept(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(reply(b"<html>", kind="text/html")) as server:
        for key in ("Key-1234", "Key-1234", "Key-5678"):
            async with Openfax(key, base_url=server.url, pace=Pace(9)) as account:
                with pytest.raises(DecodeError):
                    await account.get_realtime()
    assert len(pace._BUCKETS) == 2
    assert sorted(len(bucket.ended) for bucket in pace._BUCKETS.values()) == [1, 2]
    assert "Key" not in repr(pace._BUCKETS)
