"""The feed of sent faxes from run to run: what it asks, what it delivers, what it leaves."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from faxapi import Cursor, FaxApi, InterFax, Report, Status, Window
from faxapi.errors import ConfigurationError
from faxapi.providers.feed import Ask
from faxapi.providers.interfax import FaxItemEx
from faxapi.providers.interfax.state import Marks, OutboundState, UserState
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Reset, ResultCode
from tests.providers.interfax.peer import fax, interfax, page
from tests.providers.interfax.test_queries import answer2, items, row2
from tests.providers.recorder import Gathered

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
MARCH_10 = Ask(Window.day(date(2026, 3, 10), "UTC"), now=NOW)
DISORDERED = answer2(items(row2(2), row2(1)), "<ResultCode>0</ResultCode>")

pytestmark = pytest.mark.anyio


def login(sandbox: Sandbox, **options: object) -> InterFax:
    (interfax, *_) = sandbox.accounts()
    keywords = {"base_url": sandbox.url, "timezone": "UTC", "pace": None, "retries": 0, **options}
    return InterFax(interfax.username, "secret", **keywords)  # type: ignore[arg-type]


async def run(
    sandbox: Sandbox,
    cursor: Cursor | None = None,
    window: Window | None = None,
    **options: object,
) -> Report:
    if cursor is None and window is None:
        window = Window.last(WEEK, now=sandbox.now)
    async with FaxApi(login(sandbox, **options), clock=lambda: sandbox.now) as api:
        return await api.collect(window, cursor=cursor, kinds="faxes")


def queries(sandbox: Sandbox, since: int = 0) -> list[str]:
    return [
        asked.operation.removeprefix("outbound.")
        for asked in sandbox.requests[since:]
        if asked.operation.startswith("outbound.")
    ]


def sent(report: Report) -> list[int]:
    found = [int(fax.id) for fax in report.faxes if fax.direction == "outbound"]
    assert len(set(found)) == len(found)
    return sorted(found)


def add(sandbox: Sandbox, count: int, *, ago: timedelta, status: int = 0) -> list[int]:
    """Add faxes that were submitted a second after each other, the last one so long ago."""
    last = sandbox.now - ago
    times = [last - timedelta(seconds=count - 1 - number) for number in range(count)]
    return [sandbox.interfax.add_fax(status=status, submit_time=moment) for moment in times]


def state_of(report: Report) -> OutboundState:
    feed = report.cursor.accounts["interfax"].feeds["outbound faxes"]
    return OutboundState.model_validate(feed.state)


def gaps(report: Report) -> list[tuple[int, int]]:
    (user,) = state_of(report).users.values()
    return [(gap.above, gap.below) for gap in user.gaps]


async def test_a_second_run_brings_what_is_new_and_what_has_changed(sandbox: Sandbox) -> None:
    (held,) = add(sandbox, 1, ago=timedelta(hours=6), status=-22)
    add(sandbox, 130, ago=timedelta(hours=5))
    old = add(sandbox, 3, ago=timedelta(hours=3))
    first = await run(sandbox)
    assert first.complete
    assert len(sent(first)) == 134
    sandbox.advance(timedelta(hours=1))
    new = add(sandbox, 2, ago=timedelta(minutes=1))
    sandbox.interfax.set_status(held, 205000)
    before = len(sandbox.requests)
    second = await run(sandbox, first.cursor)
    assert second.complete
    # The three youngest of the first run were within two minutes of its newest.
    assert sent(second) == [held, *old, *new]
    assert {fax.id: fax.status for fax in second.faxes}[str(held)] is Status.CANCELED
    assert queries(sandbox, before) == ["FaxStatusEx", "FaxQuery"]
    sandbox.advance(timedelta(hours=1))
    before = len(sandbox.requests)
    third = await run(sandbox, second.cursor)
    assert sent(third) == new
    assert queries(sandbox, before) == ["FaxStatusEx"]


@pytest.mark.parametrize(
    ("new", "settling", "still_open"),
    [(0, 0, 0), (1, 0, 1), (99, 0, 0), (100, 0, 0), (60, 39, 99), (60, 40, 101), (250, 60, 300)],
)
async def test_it_costs_no_more_queries_than_promised(
    sandbox: Sandbox, new: int, settling: int, still_open: int
) -> None:
    add(sandbox, still_open, ago=timedelta(hours=6), status=-3)
    add(sandbox, 5, ago=timedelta(hours=5))
    add(sandbox, settling, ago=timedelta(hours=3))
    first = await run(sandbox)
    sandbox.advance(timedelta(hours=1))
    added = add(sandbox, new, ago=timedelta(minutes=5))
    before = len(sandbox.requests)
    second = await run(sandbox, first.cursor)
    settled = max(settling, 5)
    most = math.ceil((new + settled + 1) / 100) + math.ceil(still_open / 100)
    assert len(queries(sandbox, before)) <= most
    assert set(sent(second)) >= set(added)
    assert len(sent(second)) >= new + still_open
    assert second.complete


async def test_a_run_cut_short_leaves_a_gap_for_the_next(sandbox: Sandbox) -> None:
    ids = add(sandbox, 450, ago=timedelta(hours=5))
    sandbox.faults.add(ResultCode(-150), operation="outbound.FaxStatusEx", skip=2, times=1)
    first = await run(sandbox)
    assert not first.complete
    assert sent(first) == ids[250:]
    assert gaps(first) == [(0, ids[250])]
    sandbox.advance(timedelta(hours=1))
    new = add(sandbox, 3, ago=timedelta(minutes=1))
    second = await run(sandbox, first.cursor)
    assert second.complete
    assert gaps(second) == []
    settling = [number for number in ids if number > 330]
    assert set(sent(second)) >= {*ids[:250], *new}
    assert set(sent(second)) <= {*ids[:250], *settling, *new}


async def test_a_gap_that_is_cut_short_again_gets_smaller(sandbox: Sandbox) -> None:
    ids = add(sandbox, 450, ago=timedelta(hours=5))
    sandbox.faults.add(ResultCode(-150), operation="outbound.FaxStatusEx", skip=1, times=1)
    reports = [await run(sandbox)]
    while not reports[-1].complete:
        sandbox.advance(timedelta(hours=1))
        # Its walk from the newest, of two pages, and one page of the gap go well.
        sandbox.faults.add(ResultCode(-150), operation="outbound.FaxStatusEx", skip=3, times=1)
        reports.append(await run(sandbox, reports[-1].cursor))
        sandbox.faults.clear()
        assert len(reports) < 6
    assert len(reports) > 2
    assert {number for report in reports for number in sent(report)} == set(ids)
    gaps = [
        gap.below
        for report in reports
        for user in state_of(report).users.values()
        for gap in user.gaps
    ]
    assert all(second < first for first, second in pairwise(gaps))


async def test_what_the_deadline_cuts_is_made_good(sandbox: Sandbox) -> None:
    ids = add(sandbox, 250, ago=timedelta(hours=5))
    sandbox.faults.add(Reset(), operation="outbound.FaxStatusEx", skip=1, times=1)
    first = await run(sandbox)
    assert sent(first) == ids[150:]
    second = await run(sandbox, first.cursor)
    assert {*sent(first), *sent(second)} == set(ids)


async def test_a_window_in_the_past_costs_only_its_own_pages(sandbox: Sandbox) -> None:
    wanted = add(sandbox, 230, ago=timedelta(days=20))
    add(sandbox, 5000, ago=timedelta(hours=2))
    window = Window(NOW - timedelta(days=21), NOW - timedelta(days=19))
    report = await run(sandbox, window=window)
    assert report.complete
    assert sent(report) == wanted
    assert queries(sandbox) == ["FaxQuery2"] * 3


async def test_a_window_in_the_past_is_walked_where_the_query_is_refused(sandbox: Sandbox) -> None:
    wanted = add(sandbox, 30, ago=timedelta(days=2))
    add(sandbox, 130, ago=timedelta(hours=2))
    sandbox.faults.add(ResultCode(-310), operation="outbound.FaxQuery2")
    window = Window(NOW - timedelta(days=3), NOW - timedelta(days=1))
    report = await run(sandbox, window=window)
    assert report.complete
    assert sent(report) == wanted
    assert queries(sandbox)[:2] == ["FaxQuery2", "FaxStatusEx"]


@pytest.mark.parametrize("refused", [False, True])
async def test_a_cursor_goes_on_behind_a_window_in_the_past(
    sandbox: Sandbox, *, refused: bool
) -> None:
    wanted = add(sandbox, 150, ago=timedelta(days=2))
    after = add(sandbox, 120, ago=timedelta(hours=12))
    if refused:
        sandbox.faults.add(ResultCode(-1030), operation="outbound.FaxQuery2")
    window = Window(NOW - timedelta(days=3), NOW - timedelta(days=1))
    first = await run(sandbox, window=window)
    assert sent(first) == wanted
    second = await run(sandbox, first.cursor)
    assert set(sent(second)) >= set(after)
    # Those of the last two minutes come again.
    assert len(sent(second)) <= len(after) + 121


async def test_faxes_behind_the_windows_end_are_left_for_later(sandbox: Sandbox) -> None:
    early = add(sandbox, 5, ago=timedelta(minutes=50))
    late = add(sandbox, 5, ago=timedelta(minutes=10))
    # Ids need not follow the time of submission.
    late += [sandbox.interfax.add_fax(submit_time=sandbox.now - timedelta(minutes=5))]
    early += [sandbox.interfax.add_fax(submit_time=sandbox.now - timedelta(minutes=45))]
    window = Window(NOW - WEEK, NOW - timedelta(minutes=30))
    first = await run(sandbox, window=window)
    assert sent(first) == early
    second = await run(sandbox, first.cursor)
    assert set(sent(second)) >= set(late)


async def test_an_open_fax_that_is_gone_is_told_after_two_runs(sandbox: Sandbox) -> None:
    (gone, stays) = add(sandbox, 2, ago=timedelta(hours=3), status=-3)
    add(sandbox, 3, ago=timedelta(hours=1))
    first = await run(sandbox)
    sandbox.interfax.remove_fax(gone)
    second = await run(sandbox, first.cursor)
    assert second.complete
    third = await run(sandbox, second.cursor)
    (gap,) = third.outcomes[0].gaps
    assert (gap.code, gap.count) == ("vanished", 1)
    fourth = await run(sandbox, third.cursor)
    assert fourth.complete
    (user,) = state_of(fourth).users.values()
    assert [fax.id for fax in user.open] == [stays]


async def test_an_open_fax_that_comes_back_is_not_missed(sandbox: Sandbox) -> None:
    (held,) = add(sandbox, 1, ago=timedelta(hours=3), status=-3)
    add(sandbox, 101, ago=timedelta(hours=2))
    add(sandbox, 99, ago=timedelta(hours=1))
    cursor = (await run(sandbox)).cursor
    for _ in range(2):
        sandbox.faults.add(ResultCode(-150), operation="outbound.FaxQuery", times=1)
        report = await run(sandbox, cursor)
        assert [type(error).__name__ for error in report.outcomes[0].errors]
        cursor = report.cursor
    sandbox.interfax.set_status(held, 0)
    report = await run(sandbox, cursor)
    assert held in sent(report)
    assert report.complete


async def test_a_cursor_of_something_else_is_refused(sandbox: Sandbox) -> None:
    first = await run(sandbox)
    account = first.cursor.accounts["interfax"]
    feed = account.feeds["outbound faxes"].model_copy(update={"state": {"top": "high"}})
    broken = first.cursor.model_copy(
        update={
            "accounts": {"interfax": account.model_copy(update={"feeds": {"outbound faxes": feed}})}
        }
    )
    report = await run(sandbox, broken, Window.last(WEEK, now=NOW))
    error = report.outcomes[0].error
    assert isinstance(error, ConfigurationError)
    assert "cannot be read" in str(error)


async def test_a_gap_keeps_what_an_earlier_end_left_out(sandbox: Sandbox) -> None:
    old = add(sandbox, 150, ago=timedelta(hours=10))
    young = add(sandbox, 150, ago=timedelta(hours=5))
    newest = add(sandbox, 50, ago=timedelta(hours=1))
    sandbox.faults.add(ResultCode(-150), operation="outbound.FaxStatusEx", skip=1, times=1)
    first = await run(sandbox)
    assert gaps(first) == [(0, young[100])]
    sandbox.faults.add(ResultCode(-310), operation="outbound.FaxQuery2", times=1)
    early = Window(NOW - WEEK, NOW - timedelta(hours=7))
    second = await run(sandbox, first.cursor, early)
    assert second.complete
    assert sent(second) == old
    assert gaps(second) == [(young[0] - 1, young[100])]
    third = await run(sandbox, second.cursor)
    assert third.complete
    assert gaps(third) == []
    assert {*sent(first), *sent(third)} == {*young, *newest}


@pytest.mark.parametrize("older", [True, False])
async def test_a_gap_says_what_may_be_deleted_before_its_faxes(
    sandbox: Sandbox, *, older: bool
) -> None:
    add(sandbox, 3 * older, ago=timedelta(days=71))
    ids = add(sandbox, 250, ago=timedelta(hours=5)) + add(sandbox, 3, ago=timedelta(hours=1))
    window = Window.last(timedelta(days=70), now=NOW)
    sandbox.faults.add(ResultCode(-150), operation="outbound.FaxStatusEx", skip=1, times=1)
    first = await run(sandbox, window=window)
    assert gaps(first) == [(0, ids[153])]
    second = await run(sandbox, first.cursor, window)
    # Where the list goes on beyond the window's start, nothing of the window was deleted.
    assert [notice.code for notice in second.outcomes[0].gaps] == ([] if older else ["retention"])
    assert {*sent(first), *sent(second)} == set(ids)


async def test_a_window_in_the_past_that_was_cut_goes_on_by_its_own_pages(sandbox: Sandbox) -> None:
    wanted = add(sandbox, 450, ago=timedelta(days=2))
    add(sandbox, 1500, ago=timedelta(hours=2))
    window = Window(NOW - timedelta(days=3), NOW - timedelta(days=1))
    sandbox.faults.add(ResultCode(-150), operation="outbound.FaxQuery2", skip=3, times=1)
    first = await run(sandbox, window=window)
    assert sent(first) == wanted[:300]
    second = await run(sandbox, first.cursor, window)
    assert second.complete
    assert set(sent(second)) >= set(wanted[300:])
    third = await run(sandbox, second.cursor, window)
    assert third.complete
    assert set(queries(sandbox)) == {"FaxQuery2"}
    assert len(queries(sandbox)) <= 4 + 3 + 2


async def test_a_burst_is_got_through_by_runs_that_are_cut(sandbox: Sandbox) -> None:
    # All of them within the two minutes in which faxes may still overtake each other.
    ids = [
        sandbox.interfax.add_fax(submit_time=NOW - timedelta(seconds=100, milliseconds=-number))
        for number in range(500)
    ]
    cursor, found = None, set[int | str | None]()
    for _ in range(4):
        sandbox.faults.add(ResultCode(-150), operation="outbound.FaxStatusEx", skip=3, times=1)
        report = await run(sandbox, cursor, Window(NOW - WEEK, sandbox.now))
        sandbox.faults.clear()
        cursor = report.cursor
        found.update(sent(report))
        sandbox.advance(timedelta(hours=1))
    assert found == set(ids)


async def test_a_burst_is_not_read_again_for_ever(sandbox: Sandbox) -> None:
    for number in range(250):
        sandbox.interfax.add_fax(submit_time=NOW - timedelta(seconds=100, milliseconds=-number))
    cursor = (await run(sandbox)).cursor
    counts = []
    for _ in range(3):
        sandbox.advance(timedelta(hours=1))
        before = len(sandbox.requests)
        report = await run(sandbox, cursor)
        cursor = report.cursor
        counts.append((len(queries(sandbox, before)), len(sent(report))))
    assert counts[1:] == [(1, 0), (1, 0)]


async def test_a_fax_that_others_overtook_is_found(sandbox: Sandbox) -> None:
    ids = add(sandbox, 5, ago=timedelta(minutes=1))
    listed = sandbox.interfax.faxes("acme")
    late = listed.pop(2)
    first = await run(sandbox)
    assert len(sent(first)) == 4
    listed.insert(2, late)
    sandbox.advance(timedelta(hours=1))
    assert ids[2] in sent(await run(sandbox, first.cursor))


async def test_a_query_in_another_order_is_replaced_by_a_walk() -> None:
    with interfax(DISORDERED, page(fax(2), fax(1), total=2), timezone="UTC") as (client, server):
        out = Gathered()
        async with client:
            await client.outbound_faxes(MARCH_10, out)
    assert [record.id for record in out.faxes] == ["2", "1"]
    assert len(server.requests) == 2


async def test_a_bad_row_between_two_queries_is_one_gap() -> None:
    noon = "2026-03-10T12:00:00"
    rows = [row2(number, SubmitTime=noon) for number in range(1, 100)]
    bad = row2(100, SubmitTime=noon, Units="?")
    answers = [
        answer2(items(*rows, bad), "<ResultCode>0</ResultCode>", total(102)),
        answer2(items(bad, row2(101, SubmitTime=noon)), "<ResultCode>0</ResultCode>", total(2)),
    ]
    with interfax(*answers, timezone="UTC") as (client, _):
        out = Gathered()
        async with client:
            await client.outbound_faxes(MARCH_10, out)
    assert len(out.faxes) == 100
    assert [gap.count for gap in out.gaps] == [1]


def total(count: int) -> str:
    return f"<TotalTransactionsNum>{count}</TotalTransactionsNum>"


async def test_no_mark_passes_a_fax_without_a_time_of_submission(sandbox: Sandbox) -> None:
    ids = add(sandbox, 3, ago=timedelta(hours=5))
    odd = sandbox.interfax.add_fax(
        submit_time=datetime(1, 1, 1, tzinfo=UTC), CompletionTime=NOW - timedelta(hours=1)
    )
    ids += add(sandbox, 3, ago=timedelta(hours=4))
    early = Window(NOW - WEEK, NOW - timedelta(minutes=90))
    sandbox.faults.add(ResultCode(-310), operation="outbound.FaxQuery2", times=1)
    first = await run(sandbox, window=early)
    assert odd not in sent(first)
    second = await run(sandbox, first.cursor)
    assert odd in sent(second)


def test_times_of_a_repeated_hour_settle_late() -> None:
    rome = ZoneInfo("Europe/Rome")
    now = datetime(2026, 10, 26, tzinfo=UTC)
    ask = Ask(Window(now - WEEK, now), now=now, zone=rome)
    # 02:30 of the day on which the clocks are set back, read as the first of the two.
    again = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    items = [
        FaxItemEx(transaction_id=2, status=0, submit_time=again + timedelta(minutes=10)),
        FaxItemEx(transaction_id=1, status=0, submit_time=again),
    ]
    marks = Marks(UserState(), ask)
    marks.read_down(items, 0)
    assert marks.top == 0
    plain = Marks(UserState(), replace(ask, zone=UTC))
    plain.read_down(items, 0)
    assert plain.top == 1
