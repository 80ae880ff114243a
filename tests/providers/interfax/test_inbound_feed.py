"""The feed of received faxes: what it asks, what it delivers, what it leaves for the next run."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from faxapi import Cursor, Direction, FaxApi, FaxRecord, InterFax, Reason, Report, Status, Window
from faxapi.errors import DecodeError, PermissionDenied
from faxapi.providers.feed import Ask
from faxapi.providers.interfax import MessageItem2
from faxapi.providers.interfax.inbound_feed import InboundState, UserState
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import ResultCode
from tests.providers.interfax.peer import interfax, shape
from tests.providers.interfax.test_inbound import OK, items, listed2, row2
from tests.providers.recorder import Gathered
from tests.transport.server import Request

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ASK = Ask(Window.last(WEEK, now=NOW), now=NOW)

pytestmark = pytest.mark.anyio


async def run(
    sandbox: Sandbox, cursor: Cursor | None = None, window: Window | None = None, **options: object
) -> Report:
    if cursor is None and window is None:
        window = Window.last(WEEK, now=sandbox.now)
    keywords = {"base_url": sandbox.url, "timezone": "UTC", "pace": None, "retries": 0, **options}
    account = InterFax("acme", "secret", **keywords)  # type: ignore[arg-type]
    async with FaxApi(account, clock=lambda: sandbox.now) as api:
        return await api.collect(window, cursor=cursor, kinds="faxes")


def add(
    sandbox: Sandbox,
    count: int,
    *,
    ago: timedelta,
    apart: timedelta = SECOND,
    user: str | None = None,
) -> list[int]:
    """Add faxes that came in one after the other, the last one so long ago."""
    last = sandbox.now - ago
    times = [last - (count - 1 - number) * apart for number in range(count)]
    return [sandbox.interfax.add_message(receive_time=time, user_id=user) for time in times]


def received(report: Report) -> list[int]:
    found = [int(fax.id) for fax in report.faxes if fax.direction is Direction.INBOUND]
    assert len(set(found)) == len(found)
    return sorted(found)


def queries(sandbox: Sandbox, since: int = 0) -> int:
    return [asked.operation for asked in sandbox.requests[since:]].count("inbound.GetList2")


def state_of(report: Report) -> UserState:
    feed = report.cursor.accounts["interfax"].feeds["inbound faxes"]
    (user,) = InboundState.model_validate(feed.state).users.values()
    return user


async def faxes(client: InterFax, ask: Ask = ASK) -> Gathered:
    out = Gathered()
    async with client:
        await client.inbound_faxes(ask, out)
    return out


def value(request: Request, name: str) -> str:
    """Read the text of a request's only element of a name."""
    (text,) = (node[2] for node in shape(request.body) if node[1].rpartition(" ")[2] == name)
    return text


def total(count: int) -> str:
    return f"<TotalTransactionsNum>{count}</TotalTransactionsNum>"


def message(number: int, **more: str) -> str:
    return row2(number, ReceiveTime="2026-03-14T08:00:00", **more)


def numbers(page: Sequence[int], count: int) -> bytes:
    """Answer with a page of a list so long."""
    return listed2(items(*map(message, page)), OK, total(count))


async def test_a_received_fax_in_the_common_vocabulary() -> None:
    answer = listed2(items(message(7, MessageStatus="3223")), OK, total(1))
    with interfax(answer, name="east", timezone="UTC", currency="USD") as (client, _):
        out = await faxes(client)
    assert out.records == [
        FaxRecord(
            provider="interfax",
            account="east",
            id="7",
            direction=Direction.INBOUND,
            status=Status.FAILED,
            status_code="3223",
            reason=Reason.HANGUP,
            reason_text="disconnected during the call",
            user="acme",
            sender="12125550143",
            recipient_number="12125550100",
            remote_id="JANES FAX",
            pages=2,
            completed_at=datetime(2026, 3, 14, 8, tzinfo=UTC),
            duration=timedelta(seconds=75),
            size=40000,
        )
    ]
    assert isinstance(out.records[0].raw, MessageItem2)
    assert out.notices == []


@pytest.mark.parametrize(
    ("code", "status", "reason", "known"),
    [
        ("0", Status.COMPLETED, None, True),
        ("", Status.UNKNOWN, None, True),
        ("-2", Status.FAILED, Reason.OTHER, False),
        ("403", Status.FAILED, Reason.OTHER, False),
        ("7777", Status.FAILED, Reason.OTHER, False),
    ],
)
async def test_what_is_not_0_is_an_error(
    code: str, status: Status, reason: Reason | None, *, known: bool
) -> None:
    row = "<MessageItem2><MessageID>7</MessageID></MessageItem2>"
    if code:
        row = message(7, MessageStatus=code)
    answer = listed2(items(row), OK, total(1))
    with interfax(answer, timezone="UTC", keep_raw=False) as (client, _):
        out = await faxes(client)
    (fax,) = out.faxes
    assert (fax.status, fax.reason, fax.status_code) == (status, reason, code or None)
    assert [notice.code for notice in out.notices] == ([] if known else ["unknown_code"])
    assert fax.raw is None


async def test_what_is_asked_for_is_the_window_and_an_hour_on_either_side() -> None:
    ask = Ask(Window.last(WEEK, now=NOW), now=NOW, zone=UTC)
    with interfax(numbers([], 0), timezone="UTC") as (client, server):
        out = await faxes(client, ask)
    (request,) = server.requests
    assert value(request, "Verb") == "BETWEEN"
    assert value(request, "VerbData") == "2026-03-07 11:00:00,2026-03-14 13:00:00"
    assert value(request, "UserID") == "acme"
    assert value(request, "OnlyNewMessages") == "false"
    assert (out.records, out.notices) == ([], [])


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "uncounted"])
async def test_each_page_begins_with_the_last_row_of_the_one_before(*, counted: bool) -> None:
    pages = [[1, 2, 3], [3, 4, 5], [5, 6]] + ([] if counted else [[6]])
    answers = [
        listed2(items(*map(message, page)), OK, total(6) if counted else "") for page in pages
    ]
    with interfax(*answers, timezone="UTC") as (client, server):
        out = await faxes(client)
    assert [fax.id for fax in out.faxes] == ["1", "2", "3", "4", "5", "6"]
    starts = [value(request, "FromRecordNumber") for request in server.requests]
    assert starts == ["0", "2", "4"] + ([] if counted else ["5"])
    assert out.gaps == []


async def test_a_full_page_may_have_more_behind_it_whatever_is_counted() -> None:
    answers = numbers(range(1, 101), 100), numbers(range(100, 120), 119)
    with interfax(*answers, timezone="UTC") as (client, _):
        out = await faxes(client)
    assert len(out.faxes) == 119


async def test_a_list_that_shifts_is_read_anew_and_nothing_comes_twice() -> None:
    # The fax 1 is deleted while the second page is asked for.
    answers = [
        numbers([1, 2, 3], 6),
        numbers([4, 5, 6], 5),
        numbers([2, 3, 4], 5),
        numbers([4, 5, 6], 5),
    ]
    with interfax(*answers, timezone="UTC") as (client, server):
        out = await faxes(client)
    assert [fax.id for fax in out.faxes] == ["1", "2", "3", "4", "5", "6"]
    assert [value(each, "FromRecordNumber") for each in server.requests] == ["0", "2", "0", "2"]


async def test_a_fax_that_comes_in_meanwhile_shifts_nothing_away() -> None:
    answers = numbers([6, 5, 4], 6), numbers([5, 4, 3], 7), numbers([3, 2, 1], 7)
    with interfax(*answers, timezone="UTC") as (client, server):
        out = await faxes(client)
    assert [fax.id for fax in out.faxes] == ["6", "5", "4", "3", "2", "1"]
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("answers", "delivered"),
    [
        ([numbers([1, 2, 3], 6)], 3),
        ([numbers(range(100), 250)], 100),
        ([numbers([1, 2, 3], 6), numbers([3], 6)], 3),
        ([numbers([1, 2, 3], 6), numbers([], 6)], 3),
        ([numbers([1, 2], 6), numbers([2, 1, 2], 6)], 2),
        ([numbers([], 2)], 0),
        ([numbers([1, 2, 3], 9), numbers([4, 5, 6], 9)], 3),
    ],
    ids=["same", "same-full", "no-more", "empty", "circle", "nothing", "no-overlap"],
)
async def test_a_list_without_end_is_an_error(answers: list[bytes], delivered: int) -> None:
    # Each walk meets the same answers.
    with interfax(*(answers * 4), timezone="UTC", pace=None) as (client, server):
        out = Gathered()
        async with client:
            with pytest.raises(DecodeError, match="the list was another one") as caught:
                await client.inbound_faxes(ASK, out)
    assert caught.value.operation == "inbound.GetList2"
    assert len({fax.id for fax in out.faxes}) == len(out.faxes) >= delivered
    assert 3 <= len(server.requests) <= 6


async def test_rows_that_cannot_be_read_are_told_once_and_counted() -> None:
    bad = message(3, Pages="two")
    rows = [[message(1), message(2), bad], [message(2), bad, message(4)]]
    answers = [listed2(items(*page), OK, total(4)) for page in rows]
    with interfax(*answers, timezone="UTC") as (client, server):
        out = await faxes(client)
    assert [fax.id for fax in out.faxes] == ["1", "2", "4"]
    assert [(gap.code, gap.count) for gap in out.gaps] == [("skipped_record", 1)]
    assert [value(each, "FromRecordNumber") for each in server.requests] == ["0", "1"]


async def test_rows_that_cannot_be_read_are_told_once_though_the_list_shifts() -> None:
    bad = message(2, Pages="two")
    first = listed2(items(message(1), bad, message(3)), OK, total(4))
    answers = first, numbers([4], 3), first, numbers([3, 4], 4)
    with interfax(*answers, timezone="UTC") as (client, _):
        out = await faxes(client)
    assert [fax.id for fax in out.faxes] == ["1", "3", "4"]
    assert [gap.code for gap in out.gaps] == ["skipped_record"]


async def test_a_row_that_cannot_be_read_counts_once() -> None:
    bad = message(3, Pages="two")
    pages = [message(1), message(2), bad], [message(2), bad, message(4)], [message(4)]
    # One more is counted than is listed.
    answers = [listed2(items(*page), OK, total(5)) for page in pages]
    with interfax(*(answers * 3), timezone="UTC", pace=None) as (client, server):
        async with client:
            with pytest.raises(DecodeError, match="the list was another one"):
                await client.inbound_faxes(ASK, Gathered())
    assert len(server.requests) == 9


async def test_what_interfax_keeps_no_longer_is_a_gap() -> None:
    window = Window(NOW - timedelta(days=90), NOW)
    with interfax(numbers([1], 1), timezone="UTC") as (client, _):
        out = await faxes(client, Ask(window, now=NOW))
    (gap,) = out.gaps
    assert (gap.code, gap.since, gap.until) == (
        "retention",
        window.since,
        NOW - timedelta(days=60),
    )


@pytest.mark.parametrize(("until", "through"), [(0, 1), (70, 65)])
async def test_what_an_earlier_run_has_read_is_no_gap(until: int, through: int) -> None:
    window = Window(NOW - timedelta(days=90), NOW - timedelta(days=until))
    ask = Ask(window, now=NOW, through=NOW - timedelta(days=through))
    with interfax(numbers([1], 1), timezone="UTC") as (client, _):
        assert (await faxes(client, ask)).notices == []


async def test_a_second_run_brings_what_is_new_for_one_query(sandbox: Sandbox) -> None:
    old = add(sandbox, 150, ago=timedelta(hours=3)) + add(sandbox, 3, ago=10 * MINUTE)
    before_it = add(sandbox, 2, ago=timedelta(days=8))
    first = await run(sandbox)
    assert first.complete
    assert received(first) == old
    assert not set(before_it) & set(received(first))
    assert queries(sandbox) == 2
    assert len(state_of(first).recent) == 3
    sandbox.advance(timedelta(hours=1))
    new = add(sandbox, 2, ago=MINUTE)
    # Listed late.
    new += add(sandbox, 1, ago=110 * MINUTE)
    before = len(sandbox.requests)
    second = await run(sandbox, first.cursor)
    assert received(second) == new
    assert queries(sandbox, before) == 1
    third = await run(sandbox, second.cursor)
    assert (received(third), third.complete) == ([], True)


async def test_a_run_that_is_cut_short_goes_on_where_it_stopped(sandbox: Sandbox) -> None:
    ids = add(sandbox, 450, ago=timedelta(hours=5), apart=MINUTE)
    sandbox.faults.add(ResultCode(-150), operation="inbound.GetList2", skip=2, times=1)
    first = await run(sandbox)
    assert not first.complete
    assert received(first) == ids[-199:]
    walk = state_of(first).walk
    assert walk is not None
    assert (walk.start, walk.last, state_of(first).mark) == (198, ids[-199], None)
    sandbox.advance(timedelta(hours=2))
    new = add(sandbox, 3, ago=MINUTE)
    before = len(sandbox.requests)
    second = await run(sandbox, first.cursor)
    assert second.complete
    # The row that two pages have in common comes again.
    assert received(second) == [*ids[:-198], *new]
    assert queries(sandbox, before) == 4
    assert state_of(second).walk is None


async def test_faxes_of_the_margin_do_not_stop_a_walk_that_goes_on(sandbox: Sandbox) -> None:
    ids = add(sandbox, 250, ago=10 * MINUTE, apart=MINUTE)
    sandbox.faults.add(ResultCode(-150), operation="inbound.GetList2", skip=1, times=1)
    first = await run(sandbox)
    sandbox.advance(30 * MINUTE)
    new = add(sandbox, 20, ago=MINUTE)
    before = len(sandbox.requests)
    second = await run(sandbox, first.cursor)
    assert second.complete
    assert {*received(first), *received(second)} == {*ids, *new}
    # Two pages are left of the old walk: 20 rows further on.
    assert queries(sandbox, before) <= 4


async def test_a_walk_to_a_later_end_is_not_gone_on_with(sandbox: Sandbox) -> None:
    ids = add(sandbox, 150, ago=timedelta(hours=30))
    late = add(sandbox, 150, ago=timedelta(hours=1))
    sandbox.faults.add(ResultCode(-150), operation="inbound.GetList2", skip=1, times=1)
    first = await run(sandbox)
    assert received(first) == late[50:]
    yesterday = Window(NOW - WEEK, NOW - timedelta(days=1))
    second = await run(sandbox, first.cursor, yesterday)
    assert second.complete
    assert received(second) == ids
    assert state_of(second).mark == NOW - timedelta(hours=30)
    third = await run(sandbox, second.cursor)
    assert received(third) == late


async def test_a_window_that_ends_before_the_mark_has_nothing_new(sandbox: Sandbox) -> None:
    add(sandbox, 3, ago=timedelta(hours=1))
    first = await run(sandbox)
    before = len(sandbox.requests)
    second = await run(sandbox, first.cursor, Window(NOW - WEEK, NOW - timedelta(days=1)))
    assert (received(second), second.complete) == ([], True)
    assert queries(sandbox, before) == 0
    assert state_of(second) == state_of(first)


@pytest.mark.parametrize("scope", ["user", "account"])
async def test_a_scope_says_whose_faxes(sandbox: Sandbox, scope: str) -> None:
    mine = add(sandbox, 3, ago=timedelta(hours=1))
    theirs = add(sandbox, 120, ago=timedelta(hours=2), user="acme.bob")
    first = await run(sandbox, scope=scope)
    assert received(first) == sorted(mine + (theirs if scope == "account" else []))
    assert first.complete
    # Carol has received nothing.
    assert queries(sandbox) == (4 if scope == "account" else 1)
    new = add(sandbox, 1, ago=MINUTE, user="acme.bob")
    second = await run(sandbox, first.cursor, scope=scope)
    assert received(second) == (new if scope == "account" else [])
    assert "acme" not in second.cursor.model_dump_json()


async def test_a_user_who_is_gone_is_forgotten(sandbox: Sandbox) -> None:
    add(sandbox, 1, ago=timedelta(hours=1), user="acme.bob")
    first = await run(sandbox, scope="account")
    del sandbox.interfax.users["acme.bob"]
    second = await run(sandbox, first.cursor, scope="account")
    feeds = [
        InboundState.model_validate(report.cursor.accounts["interfax"].feeds["inbound faxes"].state)
        for report in (first, second)
    ]
    assert [len(feed.users) for feed in feeds] == [3, 2]
    assert second.complete


async def test_only_a_primary_user_sees_the_account(sandbox: Sandbox) -> None:
    bob = InterFax("acme.bob", "bobSecret1", base_url=sandbox.url, scope="account", pace=None)
    async with bob:
        with pytest.raises(PermissionDenied) as caught:
            await bob.inbound_faxes(ASK, Gathered())
    assert caught.value.operation == "admin.GetAccountUsers"
    assert queries(sandbox) == 0
