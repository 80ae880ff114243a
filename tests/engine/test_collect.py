"""The engine under `collect`, with a provider of the tests' own that needs no network."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import anyio
import pytest

from faxapi.api import FaxApi
from faxapi.collect.activity import Activity
from faxapi.collect.plan import Task
from faxapi.errors import (
    AuthenticationError,
    ClientClosed,
    CollectionFailed,
    ConfigurationError,
    DeadlineExceeded,
    Incomplete,
    NotFound,
)
from faxapi.notice import Feed, Notice
from faxapi.providers.feed import Ask, Out
from faxapi.records import Direction, JobRecord, JobState, Kind
from faxapi.report import OutcomeState
from faxapi.window import Window
from tests.engine.pushing import NOW, WEEK, Pushing, fax, pushes

pytestmark = pytest.mark.anyio


async def test_one_report_holds_every_account_in_order(anyio_backend_name: str) -> None:
    late = fax(1, account="b", at=NOW - timedelta(minutes=1))
    early = fax(2, at=NOW - timedelta(days=3))
    timeless = fax(3, at=None)
    job = JobRecord(provider="pushing", account="b", id="7", state=JobState.RUNNING)
    async with FaxApi(
        Pushing("a", pushes(timeless, early)), Pushing("b", pushes(late), pushes(job))
    ) as api:
        report = await api.collect(WEEK)
    assert report.faxes == [early, late, timeless]
    assert report.jobs == [job]
    assert report.complete
    assert [(each.account, each.kind, each.records) for each in report.outcomes] == [
        ("a", Kind.FAXES, 2),
        ("a", Kind.JOBS, 0),
        ("b", Kind.FAXES, 1),
        ("b", Kind.JOBS, 1),
    ]
    report.raise_for_failures()
    assert anyio_backend_name == type_of_loop()


def type_of_loop() -> str:
    import sniffio  # noqa: PLC0415 - only this check needs it

    return sniffio.current_async_library()


async def test_what_lies_outside_the_window_is_left_out() -> None:
    inside = fax(1, at=WEEK.since)
    async with FaxApi(Pushing("a", pushes(inside, fax(2, at=WEEK.until)))) as api:
        report = await api.collect(WEEK)
    assert report.faxes == [inside]


async def test_a_failing_account_costs_the_others_nothing() -> None:
    async def fails(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        raise NotFound("gone")

    async def refuses(_ask: Ask, _out: Out) -> None:
        raise AuthenticationError("no")

    async with FaxApi(
        Pushing("a", fails), Pushing("b", refuses), Pushing("c", pushes(fax(2, account="c")))
    ) as api:
        report = await api.collect(WEEK, kinds=["faxes"])
    assert [outcome.state for outcome in report.outcomes] == [
        OutcomeState.PARTIAL,
        OutcomeState.FAILED,
        OutcomeState.COMPLETE,
    ]
    assert {record.id for record in report.faxes} == {"1", "2"}
    assert [str(outcome.error) for outcome in report.failures] == [
        "pushing 'a': gone",
        "pushing 'b': no",
    ]
    with pytest.raises(CollectionFailed, match="2 of 3 parts") as caught:
        report.raise_for_failures()
    assert [type(error) for error in caught.value.exceptions] == [NotFound, AuthenticationError]


async def test_an_item_that_fails_is_a_gap_and_the_feed_goes_on() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        out.error(NotFound("no details"), gap=Notice("unread_fax", "a fax has no details"))
        out.notice(Notice("unknown_element", "something new", path="Fax/New"))
        out.notice(Notice("unknown_element", "something new", path="Fax/New", count=2))
        await out.record(fax(1))

    async with FaxApi(Pushing("a", work)) as api:
        (outcome, _) = (await api.collect(WEEK)).outcomes
    assert outcome.state is OutcomeState.PARTIAL
    assert isinstance(outcome.error, NotFound)
    assert [(notice.code, notice.gap, notice.count) for notice in outcome.notices] == [
        ("unread_fax", True, 1),
        ("unknown_element", False, 3),
    ]
    assert outcome.notices[0].feed == Feed("a", Kind.FAXES, Direction.OUTBOUND)


async def test_what_is_missing_outside_the_window_is_no_gap() -> None:
    before = WEEK.since - timedelta(days=3)

    async def work(_ask: Ask, out: Out) -> None:
        gap = Notice("skipped_record", "a record could not be read", gap=True, since=before)
        out.notice(gap)
        out.error(NotFound("no details"), gap=gap)

    async with FaxApi(Pushing("a", work)) as api:
        report = await api.collect(WEEK)
    assert report.complete
    assert report.outcomes[0].notices == ()


async def test_gaps_that_are_told_together_span_all_their_time() -> None:
    first, second = WEEK.since + timedelta(days=1), WEEK.since + timedelta(days=2)

    async def work(_ask: Ask, out: Out) -> None:
        out.notice(Notice("skipped_record", "unreadable", gap=True, since=second, until=second))
        out.notice(Notice("skipped_record", "unreadable", gap=True, since=first, until=first))
        long_ago = WEEK.since - timedelta(days=9)
        out.notice(Notice("retention", "gone", gap=True, since=long_ago, until=first))

    async with FaxApi(Pushing("a", work)) as api:
        report = await api.collect(WEEK)
    skipped, retention = report.outcomes[0].gaps
    assert (skipped.count, skipped.since, skipped.until) == (2, first, second)
    assert retention.until == first


async def test_a_fax_without_any_time_is_delivered_and_told() -> None:
    async with FaxApi(Pushing("a", pushes(fax(1, at=None), fax(2, at=None)))) as api:
        report = await api.collect(WEEK)
    assert report.complete
    assert len(report.faxes) == 2
    (notice,) = report.outcomes[0].notices
    assert (notice.code, notice.count, notice.gap) == ("no_time", 2, False)


async def test_a_bug_comes_out_bare_though_the_caller_is_cancelled_too() -> None:
    async def work(_ask: Ask, _out: Out) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            raise ZeroDivisionError

    async with FaxApi(Pushing("a", work)) as api:
        with pytest.raises(ZeroDivisionError), anyio.move_on_after(0.02):
            await api.collect(WEEK)


async def test_a_gap_without_an_error_is_incomplete() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        out.notice(Notice("retention", "older faxes are gone", gap=True))

    async with FaxApi(Pushing("a", work)) as api:
        report = await api.collect(WEEK)
    assert not report.complete
    assert report.failures[0].state is OutcomeState.PARTIAL
    with pytest.raises(CollectionFailed) as caught:
        report.raise_for_failures()
    (error,) = caught.value.exceptions
    assert isinstance(error, Incomplete)
    assert "older faxes are gone" in str(error)


async def test_the_deadline_keeps_what_came_and_says_so() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        await anyio.sleep_forever()

    async with FaxApi(Pushing("a", work), Pushing("b", pushes(fax(2, account="b")))) as api:
        report = await api.collect(WEEK, deadline=timedelta(seconds=0.1))
    assert {record.id for record in report.faxes} == {"1", "2"}
    (outcome,) = report.failures
    assert outcome.state is OutcomeState.PARTIAL
    assert isinstance(outcome.error, DeadlineExceeded)
    assert outcome.error.account == "a"


@pytest.mark.parametrize("after", [0.005, 0.02, 0.05])
async def test_a_deadline_loses_nothing_that_was_counted(after: float) -> None:
    async def one(number: int, out: Out) -> None:
        await out.record(fax(number))
        await anyio.lowlevel.checkpoint()

    async def work(_ask: Ask, out: Out) -> None:
        await out.each(itertools.count(), partial(one, out=out), limit=4)

    async with FaxApi(Pushing("a", work)) as api:
        report = await api.collect(WEEK, kinds="faxes", deadline=after)
    (outcome,) = report.outcomes
    assert isinstance(outcome.error, DeadlineExceeded)
    assert len(report.faxes) == outcome.records
    ids = sorted(int(record.id) for record in report.faxes)
    # Only the few that were under way at that moment may be missing.
    settled = max(0, len(ids) - 8)
    assert ids[:settled] == list(range(settled))


@pytest.mark.parametrize("deadline", [0, -1, timedelta(0)])
async def test_a_deadline_that_has_passed_leaves_no_time(deadline: float | timedelta) -> None:
    async def work(_ask: Ask, _out: Out) -> None:
        await anyio.sleep(0.001)

    async with FaxApi(Pushing("a", work)) as api:
        report = await api.collect(WEEK, kinds="faxes", deadline=deadline)
        with pytest.raises(ConfigurationError, match="not a number"):
            await api.collect(WEEK, deadline=float("nan"))
    assert isinstance(report.failures[0].error, DeadlineExceeded)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"window": timedelta(days=7)}, r"window is of type timedelta.*Window\.last"),
        ({"window": WEEK, "cursor": "faxes.cursor"}, r"cursor is of type str.*Cursor\.load"),
        ({"window": WEEK, "deadline": "300"}, "deadline is not a number of seconds"),
        ({"window": WEEK, "deadline": 10**400}, "deadline is not a number of seconds"),
    ],
)
async def test_something_else_in_an_arguments_place(wrong: Any, text: str) -> None:  # noqa: ANN401 - of a wrong type
    async with FaxApi(Pushing("a", pushes())) as api:
        with pytest.raises(ConfigurationError, match=text):
            await api.collect(**wrong)


async def test_a_wall_clocks_repeated_hour_is_not_lost() -> None:
    # On 25 October 2026 clocks in Rome go back at 03:00: 02:30 is 00:30 and 01:30 in UTC, and a
    # time without a zone was read as the first.
    first_reading = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second_hour = Window(first_reading + timedelta(minutes=30), first_reading + timedelta(hours=2))
    rome = Pushing("a", pushes(fax(1, at=first_reading)), options={"timezone": "Europe/Rome"})
    async with FaxApi(rome, Pushing("b", pushes(fax(2, at=first_reading)))) as api:
        report = await api.collect(second_hour)
    assert [record.id for record in report.faxes] == ["1"]


async def test_a_feed_knows_the_present_and_whether_it_was_asked_for_by_name() -> None:
    asks: list[Ask] = []

    async def work(ask: Ask, _out: Out) -> None:
        asks.append(ask)

    accounts = Pushing("a", work), Pushing("b", work, options={"kinds": ["faxes"]})
    async with FaxApi(*accounts, clock=lambda: NOW) as api:
        await api.collect(WEEK)
        await api.collect(WEEK, kinds=["faxes"], accounts="a")
    assert [ask.now for ask in asks] == [NOW] * 3
    assert sorted(ask.explicit for ask in asks[:2]) == [False, True]
    assert asks[2].explicit


async def test_nothing_asked_for_is_no_complete_report() -> None:
    async with FaxApi(Pushing("a")) as api:
        with pytest.raises(ConfigurationError, match="nothing is asked for"):
            await api.collect(WEEK, kinds=[])
        with pytest.raises(ConfigurationError, match="nothing is asked for"):
            await api.collect(WEEK, kinds=["usage"])
    with pytest.raises(ConfigurationError, match="pushing reports no usage") as caught:
        Pushing("a", options={"kinds": ["faxes", "usage"]})
    assert caught.value.account == "a"


async def test_an_account_that_cannot_be_opened_spoils_no_other() -> None:
    free, taken = Pushing("a", pushes(fax(1))), Pushing("b")
    async with taken:
        with pytest.raises(ClientClosed, match=r"'b'.*open already, by itself"):
            await FaxApi(free, taken).__aenter__()
        async with FaxApi(free) as api:
            assert len((await api.collect(WEEK)).faxes) == 1


async def test_an_outcome_says_what_is_missing_and_why() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        out.notice(Notice("retention", "older faxes are gone", gap=True))
        for number in range(3):
            out.error(NotFound(f"no fax {number}"))
        await out.record(fax(1))

    async with FaxApi(Pushing("a", work)) as api:
        report = await api.collect(WEEK)
    assert str(report.failures[0]) == (
        "pushing a faxes: partial, 1 records; missing: older faxes are gone; "
        "pushing 'a': no fax 0 (and 2 more errors)"
    )
    with pytest.raises(CollectionFailed) as caught:
        report.raise_for_failures()
    assert [type(error) for error in caught.value.exceptions] == [NotFound] * 3 + [Incomplete]


@pytest.mark.parametrize("nested", [False, True])
async def test_a_bug_comes_out_as_itself(*, nested: bool) -> None:
    async def bug(_item: int) -> None:
        raise ZeroDivisionError

    async def work(_ask: Ask, out: Out) -> None:
        if nested:
            await out.each([1], bug, limit=2)
        await bug(1)

    async with FaxApi(Pushing("a", work), Pushing("b", pushes(fax(1)))) as api:
        with pytest.raises(ZeroDivisionError):
            await api.collect(WEEK)


async def test_each_runs_at_most_so_many_and_stops_at_an_error() -> None:
    running = most = started = 0

    async def worker(item: int) -> None:
        nonlocal running, most, started
        started += 1
        running += 1
        most = max(most, running)
        try:
            await anyio.sleep(0.001)
            if item == 10:
                raise NotFound("ten")
        finally:
            running -= 1

    def endless() -> Iterator[int]:
        number = 0
        while True:
            yield number
            number += 1

    async def work(_ask: Ask, out: Out) -> None:
        await out.each(endless(), worker, limit=4)

    async with FaxApi(Pushing("a", work)) as api:
        report = await api.collect(WEEK, kinds="faxes")
    assert most == 4
    assert running == 0
    assert started < 20
    assert isinstance(report.failures[0].error, NotFound)


async def test_a_slow_reader_holds_the_feeds_back() -> None:
    pushed = 0

    async def work(_ask: Ask, out: Out) -> None:
        nonlocal pushed
        for number in range(100_000):
            await out.record(fax(number))
            pushed += 1

    account = Pushing("a", work)
    task = Task(
        account, Feed("a", Kind.FAXES, Direction.OUTBOUND), account.outbound_faxes, Ask(WEEK)
    )
    async with Activity([task]) as activity:
        async for _ in activity:
            await anyio.wait_all_tasks_blocked()
            break
    assert 0 < pushed < 2_000


async def test_the_readers_own_error_comes_out_bare() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        await anyio.sleep_forever()

    account = Pushing("a", work)
    task = Task(
        account, Feed("a", Kind.FAXES, Direction.OUTBOUND), account.outbound_faxes, Ask(WEEK)
    )

    async def read() -> None:
        async with Activity([task]) as activity:
            async for _ in activity:
                raise LookupError

    with pytest.raises(LookupError):
        await read()


async def test_cancelling_a_collection_ends_every_feed() -> None:
    ended = False

    async def work(_ask: Ask, _out: Out) -> None:
        nonlocal ended
        try:
            await anyio.sleep_forever()
        finally:
            ended = True

    async with FaxApi(Pushing("a", work)) as api:
        with anyio.move_on_after(0.05) as scope:
            await api.collect(WEEK)
    assert scope.cancelled_caught
    assert ended


async def test_accounts_and_kinds_can_be_chosen() -> None:
    async with FaxApi(Pushing("a", pushes(fax(1))), Pushing("b")) as api:
        report = await api.collect(WEEK, accounts=["a"], kinds=[Kind.FAXES])
        assert [(each.account, each.kind) for each in report.outcomes] == [("a", Kind.FAXES)]
        with pytest.raises(ConfigurationError, match="no account is called 'c'"):
            await api.collect(WEEK, accounts=["c"])
        with pytest.raises(ConfigurationError, match="'letters' cannot be collected"):
            await api.collect(WEEK, kinds=["letters"])
        with pytest.raises(ConfigurationError, match="no window"):
            await api.collect()


async def test_an_api_is_open_once_and_in_any_task() -> None:
    account = Pushing("a")
    api = FaxApi(account)
    with pytest.raises(ClientClosed, match="not open"):
        await api.collect(WEEK)
    async with anyio.create_task_group() as group:
        group.start_soon(api.__aenter__)
    assert (await api.collect(WEEK)).complete
    with pytest.raises(ClientClosed, match="open already, by a FaxApi"):
        await account.__aenter__()
    async with anyio.create_task_group() as group:
        group.start_soon(api.__aexit__, None, None, None)
    with pytest.raises(ClientClosed, match="closed"):
        await api.__aenter__()


def test_names_are_unique() -> None:
    with pytest.raises(ConfigurationError, match="several accounts are called 'a'"):
        FaxApi(Pushing("a"), Pushing("b"), Pushing("a"))


def test_an_api_knows_its_accounts() -> None:
    account = Pushing("a")
    api = FaxApi(account, Pushing("b"))
    assert api["a"] is account
    assert list(api) == ["a", "b"]
    assert len(api) == 2
    assert "a" in repr(api)
