"""The feed of sent faxes where it is of all of an account's users."""

from datetime import timedelta

import pytest

from faxapi import FaxApi, InterFax, Status, Window
from faxapi.errors import DecodeError, PermissionDenied
from faxapi.providers.feed import Ask
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import ResultCode
from tests.providers.interfax.peer import interfax, soap
from tests.providers.interfax.test_outbound_feed import (
    DISORDERED,
    MARCH_10,
    NOW,
    WEEK,
    add,
    gaps,
    queries,
    run,
    sent,
    state_of,
)
from tests.providers.interfax.test_queries import answer2
from tests.providers.recorder import Gathered

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("scope", ["user", "account"])
async def test_a_scope_says_whose_faxes(sandbox: Sandbox, scope: str) -> None:
    mine = add(sandbox, 3, ago=timedelta(hours=1))
    theirs = [
        sandbox.interfax.add_fax(user_id=user, status=-3, submit_time=NOW - timedelta(hours=2))
        for user in ["acme.bob", "acme.carol"] * 60
    ]
    first = await run(sandbox, scope=scope)
    assert sent(first) == sorted(mine + (theirs if scope == "account" else []))
    assert first.complete
    if scope == "user":
        return
    sandbox.advance(timedelta(hours=1))
    sandbox.interfax.set_status(theirs[0], 0)
    new = sandbox.interfax.add_fax(user_id="acme.bob", submit_time=NOW)
    before = len(sandbox.requests)
    second = await run(sandbox, first.cursor, scope=scope)
    assert second.complete
    assert {new, theirs[0]} <= set(sent(second))
    states = {fax.id: fax.status for fax in second.faxes}
    assert states[str(theirs[0])] is Status.COMPLETED
    assert "FaxStatusEx" not in queries(sandbox, before)
    assert "acme.bob" not in second.cursor.model_dump_json()


async def test_another_users_gap_is_read_again(sandbox: Sandbox) -> None:
    ids = add(sandbox, 250, ago=timedelta(hours=5)) + add(sandbox, 3, ago=timedelta(hours=1))
    sandbox.faults.add(ResultCode(-150), operation="outbound.FaxStatusEx", skip=1, times=1)
    first = await run(sandbox)
    assert gaps(first) == [(0, ids[153])]
    second = await run(sandbox, first.cursor, scope="account")
    assert second.complete
    assert {*sent(first), *sent(second)} == set(ids)


async def test_only_a_primary_user_sees_the_account(sandbox: Sandbox) -> None:
    bob = InterFax(
        "acme.bob", "bobSecret1", base_url=sandbox.url, timezone="UTC", scope="account", pace=None
    )
    async with FaxApi(bob, clock=lambda: NOW) as api:
        report = await api.collect(Window.last(WEEK, now=NOW), kinds="faxes")
    assert isinstance(report.outcomes[0].error, PermissionDenied)


async def test_every_user_has_its_turn(sandbox: Sandbox) -> None:
    for user in sandbox.interfax.users:
        sandbox.interfax.add_fax(user_id=user, submit_time=NOW - timedelta(hours=2))
    cursor, found = None, set[int | str | None]()
    for _ in range(3):
        sandbox.faults.add(ResultCode(-150), operation="outbound.FaxQuery2", skip=1, times=1)
        report = await run(sandbox, cursor, Window(NOW - WEEK, sandbox.now), scope="account")
        cursor = report.cursor
        found.update(fax.user for fax in report.faxes if fax.direction == "outbound")
    assert found == set(sandbox.interfax.users)


async def test_open_faxes_of_a_user_who_is_gone_have_vanished(sandbox: Sandbox) -> None:
    for status in (0, -3, -3):
        sandbox.interfax.add_fax(
            user_id="acme.bob", status=status, submit_time=NOW - timedelta(hours=1)
        )
    first = await run(sandbox, scope="account")
    del sandbox.interfax.users["acme.bob"]
    second = await run(sandbox, first.cursor, scope="account")
    (gap,) = second.outcomes[0].gaps
    assert (gap.code, gap.count) == ("vanished", 2)
    assert "bob" not in str(gap)
    third = await run(sandbox, second.cursor, scope="account")
    assert third.complete
    assert [len(state_of(report).users) for report in (first, second, third)] == [3, 2, 2]


def account_users(*names: str) -> bytes:
    users = "".join(
        f"<UserGeneralProps><Username>{name}</Username></UserGeneralProps>" for name in names
    )
    return soap(
        "GetAccountUsers", f"<GetAccountUsersResult><Users>{users}</Users></GetAccountUsersResult>"
    )


@pytest.mark.parametrize("names", [(), ("acme", ""), ("",)])
async def test_an_account_whose_users_are_not_all_named_is_an_error(names: tuple[str, ...]) -> None:
    with interfax(account_users(*names), timezone="UTC", scope="account") as (client, server):
        async with client:
            with pytest.raises(DecodeError, match="no users, or not all of them") as caught:
                await client.outbound_faxes(Ask(Window.last(WEEK, now=NOW), now=NOW), Gathered())
    assert caught.value.operation == "admin.GetAccountUsers"
    assert len(server.requests) == 1


async def test_a_users_faxes_in_another_order_are_an_error() -> None:
    answers = account_users("acme"), DISORDERED
    with interfax(*answers, timezone="UTC", scope="account") as (client, _):
        out = Gathered()
        async with client:
            with pytest.raises(DecodeError, match="order of their ids") as caught:
                await client.outbound_faxes(MARCH_10, out)
    assert caught.value.operation == "outbound.FaxQuery2"
    assert out.records == []


async def test_a_login_in_another_case_is_no_second_user() -> None:
    answer = account_users("ACME", "acme.bob")
    empty = answer2("<ResultCode>0</ResultCode><TotalTransactionsNum>0</TotalTransactionsNum>")
    with interfax(answer, empty, timezone="UTC", scope="account") as (client, server):
        async with client:
            await client.outbound_faxes(Ask(Window.last(WEEK, now=NOW), now=NOW), Gathered())
    assert len(server.requests) == 3
