"""What a collection says where the vendor's totals and the faxes that it delivered disagree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from faxapi import (
    Cursor,
    Direction,
    FaxApi,
    InterFax,
    Kind,
    Notice,
    Report,
    UsageRecord,
    Window,
)
from faxapi.providers.base import Provider
from faxapi.providers.feed import Ask, Out
from faxapi.providers.interfax.client import Scope
from faxapi.sandbox import Sandbox
from faxapi.sandbox.calls import Answer, Call
from faxapi.sandbox.faults import Fault, ResultCode
from tests.engine.pushing import fax

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
WEEK = Window.last(timedelta(days=7), now=NOW)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.anyio


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW, faxes=0, rate_limit=None) as sandbox:
        for user, faxes in {"acme": 4, "acme.bob": 2}.items():
            for number in range(faxes):
                moment = NOW - HOUR * (number + 2)
                sandbox.interfax.add_fax(user_id=user, submit_time=moment)
                sandbox.interfax.add_message(user_id=user, receive_time=moment)
        yield sandbox


@dataclass(frozen=True)
class Totals(Fault):
    """Users' totals are others, as if faxes had come or gone since the list was read."""

    faxes: Mapping[str, int]

    def change(self, _call: Call, answer: Answer, /) -> Answer:
        body = answer.body
        for user, faxes in self.faxes.items():
            total = rf"(<Username>{re.escape(user)}</Username>(?:(?!<Username>).)*<TotalFaxes>)\d+"
            body, found = re.subn(total.encode(), rb"\g<1>%d" % faxes, body, flags=re.DOTALL)
            assert found == 1
        return replace(answer, body=body, announced=len(body))


async def run(
    sandbox: Sandbox,
    cursor: Cursor | None = None,
    window: Window | None = WEEK,
    *,
    kinds: tuple[Kind, ...] = (Kind.FAXES, Kind.USAGE),
    scope: Scope = "account",
) -> Report:
    account = InterFax(
        "acme", "secret", base_url=sandbox.url, timezone="UTC", pace=None, retries=0, scope=scope
    )
    async with FaxApi(account, clock=lambda: sandbox.now) as api:
        return await api.collect(window, cursor=cursor, kinds=kinds)


def notices(report: Report) -> list[Notice]:
    return [notice for outcome in report.outcomes for notice in outcome.notices]


@pytest.mark.parametrize("scope", ["user", "account"])
async def test_totals_that_agree_are_not_worth_a_word(sandbox: Sandbox, scope: Scope) -> None:
    # What did not get through is in no total.
    sandbox.interfax.add_fax(status=3931, submit_time=NOW - HOUR)
    report = await run(sandbox, scope=scope)
    assert report.complete
    assert len(report.faxes) == {"user": 9, "account": 13}[scope]
    assert notices(report) == []


@pytest.mark.parametrize(
    ("direction", "operation"),
    [("outbound", "admin.GetOutboundActivity"), ("inbound", "admin.GetInboundActivity")],
)
@pytest.mark.parametrize("total", [3, 5])
async def test_a_total_of_more_or_fewer_faxes_than_came_is_told(
    sandbox: Sandbox, direction: str, operation: str, total: int
) -> None:
    sandbox.faults.add(Totals({"acme": total}), operation=operation)
    report = await run(sandbox)
    assert report.complete
    (notice,) = notices(report)
    (usage,) = (outcome for outcome in report.outcomes if outcome.kind is Kind.USAGE)
    assert usage.notices == (notice,)
    assert (notice.code, notice.gap, notice.count) == ("totals_differ", False, 1)
    assert (notice.since, notice.until) == (WEEK.since, WEEK.until)
    assert str(notice.feed) == f"interfax {direction} usage"
    assert notice.text == (
        f"the provider's totals of 1 user count {total} {direction} faxes, and 4 were delivered"
    )


async def test_users_whose_totals_differ_are_counted_and_not_named(sandbox: Sandbox) -> None:
    # One's fax more does not make up for the other's fax less.
    totals = Totals({"acme": 5, "acme.bob": 1})
    sandbox.faults.add(totals, operation="admin.GetOutboundActivity")
    (notice,) = notices(await run(sandbox))
    assert (notice.code, notice.count) == ("totals_differ", 2)
    assert "totals of 2 users count 6 outbound faxes, and 6 were delivered" in notice.text
    assert "acme" not in str(notice)
    assert "bob" not in str(notice)


async def test_totals_that_cannot_be_had_are_not_compared(sandbox: Sandbox) -> None:
    for way in ("Outbound", "Inbound"):
        sandbox.faults.add(ResultCode(-310), operation=f"Get{way}Activity")
    account = partial(InterFax, "acme", "secret", base_url=sandbox.url, timezone="UTC")
    async with FaxApi(account(pace=None), clock=lambda: sandbox.now) as api:
        report = await api.collect(WEEK)
    assert report.complete
    assert len(report.faxes) == 8
    assert [notice.code for notice in notices(report)] == ["needs_primary"] * 2


@pytest.mark.parametrize("operation", ["outbound.FaxStatusEx", "inbound.GetList2"])
async def test_a_feed_that_failed_leaves_nothing_to_compare(
    sandbox: Sandbox, operation: str
) -> None:
    sandbox.faults.add(Totals({"acme": 5}), operation="admin.GetOutboundActivity")
    sandbox.faults.add(ResultCode(-150), operation=operation)
    report = await run(sandbox, scope="user")
    assert [outcome.kind for outcome in report.failures] == [Kind.FAXES]
    assert notices(report) == []


async def test_what_goes_on_from_a_cursor_is_not_compared(sandbox: Sandbox) -> None:
    first = await run(sandbox)
    sandbox.advance(HOUR)
    sandbox.faults.add(Totals({"acme": 9}), operation="admin.GetOutboundActivity")
    second = await run(sandbox, first.cursor, None)
    assert second.complete
    assert max(total.faxes or 0 for total in second.usage) == 9
    assert notices(second) == []


async def test_a_cursor_that_knows_one_of_the_feeds_leaves_nothing_to_compare(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.add(ResultCode(-150), operation="inbound.GetList2")
    first = await run(sandbox, kinds=(Kind.FAXES,), scope="user")
    sandbox.advance(HOUR)
    second = await run(sandbox, first.cursor, Window(WEEK.since, sandbox.now), scope="user")
    assert second.complete
    sent = [fax for fax in second.faxes if fax.direction == "outbound"]
    assert len(sent) < 4
    assert notices(second) == []


async def test_faxes_and_totals_of_two_windows_are_not_compared(sandbox: Sandbox) -> None:
    for operation in ("outbound.FaxStatusEx", "inbound.GetList2"):
        sandbox.faults.add(ResultCode(-150), operation=operation)
    first = await run(sandbox, kinds=(Kind.FAXES,), scope="user")
    assert first.faxes == []
    lately = Window.last(timedelta(hours=3), now=NOW)
    second = await run(sandbox, first.cursor, lately, scope="user")
    assert second.complete
    # The faxes begin where the first collection did, the totals with this window.
    assert len(second.faxes) == 8
    assert {total.faxes for total in second.usage} == {2}
    assert notices(second) == []


class Halves(Provider, name="halves"):
    """Lists what was sent, and has totals of what came in too."""

    def __init__(self) -> None:
        super().__init__("https://fax.invalid", "acme", {})

    async def outbound_faxes(self, _ask: Ask, out: Out) -> None:
        await out.record(fax(1, at=NOW - HOUR))

    async def outbound_usage(self, ask: Ask, out: Out) -> None:
        await out.record(total(ask, Direction.OUTBOUND, 2))

    async def inbound_usage(self, ask: Ask, out: Out) -> None:
        await out.record(total(ask, Direction.INBOUND, 2))


def total(ask: Ask, direction: Direction, faxes: int) -> UsageRecord:
    return UsageRecord(
        provider="halves",
        account="halves",
        direction=direction,
        since=ask.window.since,
        until=ask.window.until,
        faxes=faxes,
    )


async def test_totals_of_what_a_provider_does_not_list_are_not_compared() -> None:
    async with FaxApi(Halves(), clock=lambda: NOW) as api:
        report = await api.collect(WEEK)
    assert len(report.usage) == 2
    assert [str(notice.feed) for notice in notices(report)] == ["halves outbound usage"]
