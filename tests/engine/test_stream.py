"""Streaming: order, back-pressure, batches, checkpoints, progress, and leaving in any way."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import timedelta

import anyio
import pytest
from pydantic import BaseModel

from faxapi import (
    ClientClosed,
    ConfigurationError,
    Cursor,
    DeadlineExceeded,
    FaxApi,
    FaxRecord,
    Incomplete,
    JobRecord,
    JobState,
    Kind,
    NotFound,
    Notice,
    Progress,
    Window,
)
from faxapi.collect import activity as engine
from faxapi.providers.feed import Ask, Out
from faxapi.records import Record
from faxapi.transport import meter
from tests.engine.pushing import NOW, WEEK, Pushing, Work, fax, pushes

pytestmark = pytest.mark.anyio


def number(record: Record) -> str:
    assert isinstance(record, FaxRecord | JobRecord)
    return record.id


class Count(BaseModel):
    """How many faxes were pushed."""

    count: int = 0


def counting(total: int, *, pause: Callable[[int], bool] = lambda _: False) -> Work:
    """Push faxes from where the last checkpoint stood, with a checkpoint behind each."""

    async def work(ask: Ask, out: Out) -> None:
        state = ask.restore(Count) or Count()
        for count in range(state.count, total):
            if pause(count):
                await anyio.sleep_forever()
            await out.record(fax(count))
            out.checkpoint(Count(count=count + 1))

    return work


def reached(cursor: Cursor) -> int:
    state = cursor.accounts["a"].feeds["outbound faxes"].state
    return Count.model_validate(state or {}).count


async def test_records_come_as_they_are_pushed() -> None:
    job = JobRecord(provider="pushing", account="a", id="7", state=JobState.RUNNING)
    async with (
        FaxApi(Pushing("a", pushes(fax(2), fax(1)), pushes(job))) as api,
        api.stream(WEEK) as activity,
    ):
        found = [record async for record in activity]
    assert sorted(number(record) for record in found) == ["1", "2", "7"]
    assert [record.id for record in found if isinstance(record, FaxRecord)] == ["2", "1"]
    assert activity.summary.complete
    assert activity.summary.counts == {Kind.FAXES: 2, Kind.JOBS: 1}


async def test_a_record_is_not_held_back_for_the_next() -> None:
    gate = anyio.Event()

    async def work(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        await gate.wait()

    async with FaxApi(Pushing("a", work)) as api, api.stream(WEEK) as activity:
        with anyio.fail_after(1):
            assert number(await anext(activity)) == "1"
        gate.set()


@pytest.mark.parametrize("size", [1, 3, 1000, 5000])
async def test_the_cursor_never_leads_what_was_yielded(size: int) -> None:
    async with (
        FaxApi(Pushing("a", counting(3001))) as api,
        api.stream(WEEK, kinds="faxes") as activity,
    ):
        seen = 0
        async for batch in activity.batches(size):
            seen += len(batch)
            assert len(batch) <= size
            assert seen - 1 <= reached(activity.cursor) <= seen
    assert seen == 3001
    assert reached(activity.summary.cursor) == 3001


async def test_the_cursor_of_a_reader_record_by_record() -> None:
    async with (
        FaxApi(Pushing("a", counting(2500))) as api,
        api.stream(WEEK, kinds="faxes") as activity,
    ):
        seen = 0
        async for record in activity:
            seen += 1
            assert number(record) == str(seen - 1)
            assert seen - 1 <= reached(activity.cursor) <= seen
    assert reached(activity.cursor) == 2500


async def test_what_was_left_unread_comes_with_the_cursor() -> None:
    found: list[str] = []
    cursor = None
    async with FaxApi(Pushing("a", counting(4000))) as api:
        while len(set(found)) < 4000:
            async with api.stream(WEEK, cursor=cursor, kinds="faxes") as activity:
                async for batch in activity.batches(700):
                    found += [number(record) for record in batch]
                    break
            cursor = Cursor.model_validate_json(activity.summary.cursor.model_dump_json())
    assert list(dict.fromkeys(found)) == [str(number) for number in range(4000)]
    # The checkpoint behind a batch's last fax may not have come when the batch is full.
    assert len(found) < 4010


async def test_leaving_early_says_what_was_not_done() -> None:
    canceled = 0

    async def work(_ask: Ask, out: Out) -> None:
        nonlocal canceled
        try:
            await out.record(fax(1))
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            canceled += 1
            raise

    async with (
        FaxApi(Pushing("a", work, pushes()), Pushing("b", work)) as api,
        api.stream(WEEK) as activity,
    ):
        async for _ in activity:
            break
    summary = activity.summary
    assert canceled == 2
    with pytest.raises(ClientClosed, match="was left"):
        await anext(activity)
    errors = [outcome.error for outcome in summary.outcomes if outcome.kind is Kind.FAXES]
    assert all(isinstance(error, Incomplete) for error in errors)
    assert {outcome.account for outcome in summary.failures} == {"a", "b"}
    assert sum(summary.counts.values()) == 1


async def test_a_feed_that_was_not_read_to_its_end_is_not_complete() -> None:
    async with (
        FaxApi(Pushing("a", pushes(fax(1), fax(2)))) as api,
        api.stream(WEEK, kinds="faxes") as activity,
    ):
        async for _ in activity:
            await anyio.wait_all_tasks_blocked()
            break
    assert not activity.summary.complete
    assert activity.cursor.accounts["a"].feeds["outbound faxes"].through is None


async def test_an_error_of_the_reader_leaves_nothing_behind() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        for number in range(100_000):
            await out.record(fax(number))

    async def read(api: FaxApi) -> None:
        async with api.stream(WEEK) as activity:
            async for _ in activity.batches(10):
                raise LookupError

    async with FaxApi(Pushing("a", work), Pushing("b", work)) as api:
        with pytest.raises(LookupError):
            await read(api)
        # The api goes on, and warnings about what was left would be errors here.
        gc.collect()
        async with api.stream(WEEK, accounts="a") as activity:
            assert number(await anext(activity)) == "0"


async def test_a_bug_in_a_feed_reaches_the_reader() -> None:
    async def bug(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        raise ZeroDivisionError

    async def read(api: FaxApi) -> None:
        async with api.stream(WEEK) as activity:
            async for _ in activity:
                pass

    async with FaxApi(Pushing("a", bug)) as api:
        with pytest.raises(ZeroDivisionError):
            await read(api)


async def test_a_batch_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_PATIENCE", 0.05)

    async def work(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        await out.record(fax(2))
        await anyio.sleep_forever()

    async with FaxApi(Pushing("a", work)) as api, api.stream(WEEK) as activity:
        with anyio.fail_after(5):
            assert [number(record) for record in await anext(activity.batches(100))] == ["1", "2"]
        with pytest.raises(ConfigurationError, match="0 records"):
            activity.batches(0)


async def test_a_reader_that_is_cancelled_while_a_batch_fills_loses_nothing() -> None:
    go_on = anyio.Event()

    async def work(_ask: Ask, out: Out) -> None:
        for count in range(5):
            await out.record(fax(count))
            out.checkpoint(Count(count=count + 1))
        await go_on.wait()

    async with FaxApi(Pushing("a", work)) as api, api.stream(WEEK, kinds="faxes") as activity:
        with anyio.move_on_after(0.05):
            await activity.next_batch(100)
        assert reached(activity.cursor) == 0
        go_on.set()
        assert len(await activity.next_batch(100)) == 5
        assert reached(activity.cursor) == 5


async def test_a_batch_may_be_larger_than_the_channel() -> None:
    async with (
        FaxApi(Pushing("a", counting(4000))) as api,
        api.stream(WEEK, kinds="faxes") as activity,
    ):
        assert [len(batch) async for batch in activity.batches(3000)] == [3000, 1000]


async def test_a_stream_runs_once_and_only_inside() -> None:
    async with FaxApi(Pushing("a", pushes(fax(1)))) as api:
        activity = api.stream(WEEK)
        with pytest.raises(ClientClosed, match="not running"):
            await anext(activity)
        assert not activity.summary.complete
        assert activity.summary.elapsed == timedelta()
        async with activity:
            pass
        with pytest.raises(ClientClosed, match="runs once"):
            await activity.__aenter__()
    with pytest.raises(ClientClosed, match="not open"):
        api.stream(WEEK)


async def test_a_deadline_leaves_a_cursor_to_go_on_from() -> None:
    stop = True
    account = Pushing("a", counting(50, pause=lambda number: stop and number == 20))
    async with FaxApi(account, clock=lambda: NOW) as api:
        first = await api.collect(WEEK, kinds="faxes", deadline=0.05)
        stop = False
        second = await api.collect(cursor=first.cursor, kinds="faxes")
    assert isinstance(first.outcomes[0].error, DeadlineExceeded)
    assert len(first.faxes) == 20
    assert second.complete
    assert len(second.faxes) == 30


async def test_a_cursor_says_where_a_feed_begins_and_what_it_knows() -> None:
    asks: list[Ask] = []

    async def work(ask: Ask, out: Out) -> None:
        asks.append(ask)
        out.checkpoint(Count(count=len(asks)))
        if len(asks) == 2:
            raise ConfigurationError("no")

    later = NOW + timedelta(hours=1)
    now = NOW
    async with FaxApi(Pushing("a", work), clock=lambda: now) as api:
        first = await api.collect(WEEK, kinds="faxes")
        now = later
        second = await api.collect(Window.last(timedelta(hours=2), now=now), cursor=first.cursor)
        third = await api.collect(cursor=second.cursor, kinds="faxes")
        with pytest.raises(ConfigurationError, match="ends before the cursor begins"):
            await api.collect(Window.last(timedelta(days=1), now=WEEK.since), cursor=third.cursor)
    assert [ask.window for ask in asks] == [WEEK, *[Window(WEEK.since, later)] * 2]
    # The second run did not come to its end.
    assert [ask.through for ask in asks] == [None, NOW, NOW]
    assert [ask.state for ask in asks] == [None, {"count": 1}, {"count": 2}]
    assert third.cursor.accounts["a"].feeds["outbound faxes"].through == later


async def test_a_cursor_carries_what_was_not_asked_for() -> None:
    async with FaxApi(Pushing("a", counting(3)), Pushing("b", counting(2))) as api:
        both = await api.collect(WEEK)
        one = await api.collect(WEEK, cursor=both.cursor, accounts="a", kinds="jobs")
    assert one.cursor.accounts["b"] == both.cursor.accounts["b"]
    assert one.cursor.accounts["a"] == both.cursor.accounts["a"]
    async with FaxApi(Pushing("b", counting(5))) as api:
        alone = await api.collect(cursor=one.cursor, kinds="faxes")
    assert [record.id for record in alone.faxes] == ["2", "3", "4"]
    assert alone.cursor.accounts["a"] == both.cursor.accounts["a"]


async def test_a_cursor_is_for_its_own_accounts() -> None:
    async with FaxApi(Pushing("a", counting(3))) as api:
        cursor = (await api.collect(WEEK, kinds="faxes")).cursor
        with pytest.raises(ConfigurationError, match="does not know a jobs"):
            await api.collect(cursor=cursor)
        with pytest.raises(ConfigurationError, match="no window is given, and no cursor"):
            await api.collect()
    other = Pushing("a", counting(3))
    other.username = "someone else"
    async with FaxApi(other) as api:
        with pytest.raises(ConfigurationError, match="another user name"):
            await api.collect(WEEK, cursor=cursor)
    assert "someone" not in cursor.model_dump_json()


async def test_a_reader_that_stops_can_take_what_has_come() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        for count in range(5):
            await out.record(fax(count))
            out.checkpoint(Count(count=count + 1))
        await anyio.sleep_forever()

    async with FaxApi(Pushing("a", work)) as api:
        async with api.stream(WEEK) as activity:
            await anext(activity)
            taken = [activity.take_received(3), activity.take_received(3)]
            assert activity.take_received(3) == []
            state = activity.cursor.accounts["a"].feeds["outbound faxes"].state
        with pytest.raises(ClientClosed):
            activity.take_received(1)
    assert [[number(record) for record in batch] for batch in taken] == [["1", "2", "3"], ["4"]]
    assert state == {"count": 5}


async def test_progress_is_told_while_it_goes_on_and_at_the_end() -> None:
    told: list[Progress] = []
    gate = anyio.Event()

    async def work(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        await gate.wait()

    def note(progress: Progress) -> None:
        told.append(progress)
        if progress.accounts_done == 1:
            gate.set()

    accounts = Pushing("a", work), Pushing("b", pushes(fax(2, account="b")))
    async with FaxApi(*accounts) as api:
        await api.collect(WEEK, on_progress=note)
    middle = next(each for each in told if each.accounts_done == 1)
    last = told[-1]
    assert middle.accounts == 2
    assert (middle.accounts_done, middle.kinds) == (1, {Kind.FAXES: (2, 1), Kind.JOBS: (2, 2)})
    assert (last.accounts_done, last.records) == (2, {Kind.FAXES: 2, Kind.JOBS: 0})
    assert last.elapsed > middle.elapsed


async def test_progress_is_told_by_account() -> None:
    told: list[Progress] = []
    gate = anyio.Event()

    async def work(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        out.error(NotFound("gone"))
        meter.count(requests=3)
        with meter.waiting("rate limit", 60.0):
            await gate.wait()

    def note(progress: Progress) -> None:
        told.append(progress)
        if progress.waits and progress.accounts_done == 1:
            gate.set()

    accounts = Pushing("b", work), Pushing("a", pushes(fax(2, account="a"), fax(3, account="a")))
    async with FaxApi(*accounts) as api:
        await api.collect(WEEK, on_progress=note)
    middle = next(each for each in told if each.waits and each.accounts_done == 1)
    busy, done = middle.by_account["b"], middle.by_account["a"]
    assert list(middle.by_account) == ["b", "a"]
    assert (busy.feeds, busy.feeds_done, busy.records, busy.errors) == (2, 1, 1, 1)
    assert (busy.done, done.done) == (False, True)
    assert busy.waits == middle.waits
    assert [str(wait.feed) for wait in busy.waits] == ["b outbound faxes"]
    assert (done.feeds, done.records, done.errors, done.waits) == (2, 2, 0, ())
    assert (busy.requests, done.requests, middle.requests) == (3, 0, 3)
    assert all(each.done and not each.waits for each in told[-1].by_account.values())


async def test_progress_is_told_of_a_collection_that_was_left() -> None:
    told: list[Progress] = []
    async with FaxApi(Pushing("a", counting(3))) as api:
        async with api.stream(WEEK, on_progress=told.append) as activity:
            await anext(activity)
            before = len(told)
        assert len(told) == before + 1
    assert told[-1].records[Kind.FAXES] == 1


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_bug_is_not_hidden_by_what_it_makes_the_reader_raise(*, wrapped: bool) -> None:
    async def bug(_ask: Ask, _out: Out) -> None:
        await anyio.sleep(0.01)
        raise ZeroDivisionError

    async def read(api: FaxApi) -> None:
        async with api.stream(WEEK) as activity:
            try:
                await anext(activity)
            except anyio.get_cancelled_exc_class() as error:
                if wrapped:
                    raise LookupError from error
                raise BaseExceptionGroup("a reader's own tasks", [error]) from None

    async with FaxApi(Pushing("a", bug)) as api:
        with pytest.raises(ZeroDivisionError):
            await read(api)


async def test_one_task_reads() -> None:
    async with (
        FaxApi(Pushing("a", counting(3, pause=lambda _: True))) as api,
        api.stream(WEEK, kinds="faxes") as activity,
        anyio.create_task_group() as group,
    ):
        group.start_soon(activity.next_batch, 5)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(ConfigurationError, match="another task reads"):
            await anext(activity)
        group.cancel_scope.cancel()


async def test_checkpoints_do_not_pile_up_while_the_reader_is_busy() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        await out.record(fax(1))
        for count in range(10_000):
            await out.record(fax(count, at=WEEK.until))
            out.checkpoint(Count(count=count))

    async with FaxApi(Pushing("a", work)) as api, api.stream(WEEK, kinds="faxes") as activity:
        await anyio.wait_all_tasks_blocked()
        assert len(activity._channel._entries) == 2
        assert len(await activity.next_batch(10)) == 1
        assert reached(activity.cursor) == 9_999


async def test_a_checkpoint_right_behind_a_fax_counts_with_it() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        for count in range(2):
            await out.record(fax(count))
            out.checkpoint(Count(count=count + 1))

    async with FaxApi(Pushing("a", work)) as api, api.stream(WEEK, kinds="faxes") as activity:
        await anyio.wait_all_tasks_blocked()
        await anext(activity)
        assert reached(activity.cursor) == 1


@pytest.mark.parametrize("ahead", [timedelta(days=30), timedelta(days=-2)])
async def test_nothing_counts_as_read_that_was_still_to_come(ahead: timedelta) -> None:
    asks: list[Ask] = []

    async def work(ask: Ask, _out: Out) -> None:
        asks.append(ask)

    async with FaxApi(Pushing("a", work), clock=lambda: NOW) as api:
        report = await api.collect(WEEK, kinds="faxes")
        window = Window(WEEK.since, NOW + ahead)
        report = await api.collect(window, cursor=report.cursor, kinds="faxes")
        await api.collect(window, cursor=report.cursor, kinds="faxes")
    assert [ask.through for ask in asks] == [None, NOW, NOW]


async def test_a_bug_in_on_progress_comes_out_as_itself() -> None:
    async def work(_ask: Ask, _out: Out) -> None:
        await anyio.sleep_forever()

    def bug(_: Progress) -> None:
        raise ZeroDivisionError

    async with FaxApi(Pushing("a", work)) as api:
        with pytest.raises(ZeroDivisionError):
            await api.collect(WEEK, on_progress=bug)


async def test_a_checkpoint_of_a_feed_that_was_cut_off_still_counts() -> None:
    async def work(_ask: Ask, out: Out) -> None:
        try:
            await out.record(fax(1))
            await anyio.sleep_forever()
        finally:
            out.checkpoint(Count(count=1))

    async with FaxApi(Pushing("a", work)) as api:
        report = await api.collect(WEEK, deadline=0.05)
    assert reached(report.cursor) == 1


async def test_what_a_state_model_does_not_know_is_refused() -> None:
    class Other(BaseModel, extra="forbid"):
        other: int

    async def work(ask: Ask, out: Out) -> None:
        if ask.restore(Other) is None:
            out.checkpoint(Count(count=1))
            out.notice(Notice("x", "a first run"))

    async with FaxApi(Pushing("a", work)) as api:
        first = await api.collect(WEEK)
        second = await api.collect(WEEK, cursor=first.cursor)
    assert first.complete
    assert isinstance(second.failures[0].error, ConfigurationError)
