"""Run after run: what comes again, what does not, and what each run costs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from faxapi.errors import InvalidRequest, ServiceUnavailable
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Fault, Reply
from faxapi.window import Window
from tests.providers.imagicle.job import Job, gaps, outcome, states

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
QUIET = {"outbound.Mine": 1, "inbound.Mine": 1}
MISSING = Reply(404, b"")
REFUSED = Reply(400, b'{"reason": "no"}', "application/json")
DOWN = Reply(503, b"")

pytestmark = pytest.mark.anyio


@pytest.fixture
async def job() -> AsyncIterator[Job]:
    async with Sandbox(now=NOW, faxes=0) as sandbox:
        yield Job(sandbox, NOW - timedelta(days=3))


def state(job: Job, direction: str = "outbound") -> dict[str, Any]:
    assert job.cursor is not None
    found = job.cursor.accounts["imagicle"].feeds[f"{direction} faxes"].state
    assert isinstance(found, dict)
    return found


def ago(**by: float) -> datetime:
    return NOW - timedelta(**by)


def fail(job: Job, fault: Fault, times: int | None = 1) -> None:
    job.sandbox.faults.add(fault, operation="outbound.Details", times=times)


async def test_a_quiet_hour_costs_a_list_a_direction_and_a_call_for_each_open_fax(job: Job) -> None:
    add = job.sandbox.imagicle.add_fax
    for hours in (1, 3, 30, 60):
        add(submit_time=ago(hours=hours))
        add(submit_time=ago(hours=hours), inbound=True)
    waiting = add(submit_time=ago(hours=2), status="Queued")
    # Before the window, but in the day that is read beside it.
    add(submit_time=ago(hours=80))
    assert len((await job.run()).faxes) == 9
    assert job.calls() == {
        "outbound.Mine": 4,
        "inbound.Mine": 4,
        "outbound.Details": 6,
        "inbound.Details": 4,
    }
    job.advance(hours=1)
    assert states(await job.run()) == {waiting: "queued"}
    assert job.calls() == {**QUIET, "outbound.Details": 1}
    job.sandbox.imagicle.set_status(waiting, "Failed", q931_code=17)
    job.advance(hours=1)
    assert states(await job.run()) == {waiting: "failed"}
    assert job.faxes[waiting].reason == "busy"
    assert job.calls() == {**QUIET, "outbound.Details": 1}
    # However long nothing is sent.
    job.advance(days=40)
    assert states(await job.run()) == {}
    job.calls()
    job.advance(hours=1)
    report = await job.run()
    assert report.complete
    assert job.calls() == QUIET


async def test_what_lies_just_before_the_window_is_asked_about_once(job: Job) -> None:
    # The last is not of the day before it.
    for hours in (73, 80, 90, 96.5):
        job.sandbox.imagicle.add_fax(submit_time=ago(hours=hours))
    assert (await job.run()).faxes == []
    assert job.calls()["outbound.Details"] == 3
    for _ in range(2):
        job.advance(hours=1)
        await job.run()
        assert job.calls() == QUIET


async def test_new_faxes_come_and_so_do_late_ones(job: Job) -> None:
    add = job.sandbox.imagicle.add_fax
    first = add(submit_time=ago(minutes=5))
    assert states(await job.run()) == {first: "completed"}
    job.advance(hours=1)
    # Submitted long before the newest that was read, and listed only now.
    late, new = add(submit_time=ago(hours=20)), add(submit_time=NOW)
    assert states(await job.run()) == {late: "completed", new: "completed"}
    assert job.calls()["outbound.Details"] == 3


async def test_an_open_fax_is_followed_however_old_it_is(job: Job) -> None:
    waiting = job.sandbox.imagicle.add_fax(submit_time=ago(hours=50), status="InProgress")
    await job.run()
    job.advance(days=9)
    job.sandbox.imagicle.add_fax()
    job.advance(minutes=1)
    assert states(await job.run())[waiting] == "in_progress"
    job.sandbox.imagicle.set_status(waiting, "Completed")
    report = await job.run()
    assert states(report) == {waiting: "completed"}
    assert report.faxes[0].submitted_at == ago(hours=50)
    job.calls()
    assert states(await job.run()) == {}
    assert job.calls() == QUIET


async def test_an_open_fax_that_is_gone_is_told_once(job: Job) -> None:
    waiting = job.sandbox.imagicle.add_fax(submit_time=ago(hours=1), status="Queued")
    await job.run()
    job.sandbox.imagicle.remove_fax(waiting)
    report = await job.run()
    assert gaps(report) == [("vanished", 1)]
    (gap,) = outcome(report).gaps
    assert gap.since == gap.until == ago(hours=1)
    assert outcome(report).errors == ()
    job.calls()
    assert (await job.run()).complete
    assert job.calls() == QUIET


@pytest.mark.parametrize("fault", [REFUSED, DOWN])
async def test_details_that_fail_are_asked_for_again(job: Job, fault: Fault) -> None:
    ended = job.sandbox.imagicle.add_fax(submit_time=ago(hours=60))
    # The mark moves beyond it all the same.
    job.sandbox.imagicle.add_fax(submit_time=ago(hours=1), inbound=True)
    fail(job, fault)
    report = await job.run()
    assert gaps(report) == [("details_missing", 1)]
    assert job.faxes[ended].pages is None
    job.sandbox.imagicle.add_fax(submit_time=ago(minutes=1))
    report = await job.run()
    assert report.complete
    assert job.faxes[ended].pages is not None
    job.calls()
    assert (await job.run()).complete
    assert job.calls() == QUIET


@pytest.mark.parametrize(("fault", "runs"), [(REFUSED, 2), (DOWN, 4), (MISSING, 1)])
async def test_an_ended_fax_is_asked_about_again_where_that_may_help(
    job: Job, fault: Fault, runs: int
) -> None:
    job.sandbox.imagicle.add_fax(submit_time=ago(hours=60))
    fail(job, fault, None)
    for _ in range(runs):
        assert not (await job.run()).complete
    expected = {"outbound.Details": 1} if fault is DOWN else {}
    job.calls()
    await job.run()
    assert job.calls() == {**QUIET, **expected}


@pytest.mark.parametrize(
    ("fault", "error"), [(REFUSED, InvalidRequest), (DOWN, ServiceUnavailable)]
)
async def test_what_no_list_shows_is_asked_about_until_it_is_answered(
    job: Job, fault: Fault, error: type[Exception]
) -> None:
    waiting = job.sandbox.imagicle.add_fax(submit_time=ago(hours=60), status="Queued")
    await job.run()
    job.advance(days=2)
    job.sandbox.imagicle.add_fax()
    job.advance(minutes=1)
    await job.run()
    job.sandbox.imagicle.set_status(waiting, "Completed")
    for _ in range(3):
        fail(job, fault)
        report = await job.run()
        assert gaps(report) == [("unread_fax", 1)]
        assert [type(each) for each in outcome(report).errors] == [error]
        assert report.faxes == []
    assert states(await job.run()) == {waiting: "completed"}


async def test_an_ended_fax_that_no_list_shows_is_given_a_second_try_only(job: Job) -> None:
    job.sandbox.imagicle.add_fax(submit_time=ago(hours=60))
    job.sandbox.imagicle.add_fax(submit_time=ago(hours=1))
    job.sandbox.faults.add(REFUSED, operation="outbound.Details")
    await job.run()
    fail(job, REFUSED)
    assert gaps(await job.run()) == [("unread_fax", 1)]
    job.calls()
    assert (await job.run()).complete
    assert job.calls() == QUIET


async def test_those_that_wait_to_be_asked_about_take_turns(job: Job) -> None:
    add = job.sandbox.imagicle.add_fax
    for each in range(16):
        add(submit_time=ago(hours=40 + each), status="Queued")
    add(submit_time=ago(minutes=1))
    await job.run()
    waiting = list(state(job)["open"])
    for _ in range(3):
        # Four in a row end the feed.
        fail(job, DOWN, None)
        assert isinstance(outcome(await job.run()).errors[-1], ServiceUnavailable)
        job.sandbox.faults.clear()
        order = list(state(job)["open"])
        assert order[0] not in waiting[:4]
        waiting = order
    assert len((await job.run()).faxes) == 16


async def test_what_a_window_leaves_is_for_the_next_run(job: Job) -> None:
    add = job.sandbox.imagicle.add_fax
    early, late = add(submit_time=ago(hours=30)), add(submit_time=ago(hours=20))
    waiting = add(submit_time=ago(hours=1), status="Queued")
    assert states(await job.run(ago(hours=25))) == {early: "completed"}
    assert datetime.fromisoformat(state(job)["mark"]) == ago(hours=30)
    assert states(await job.run()) == {late: "completed", waiting: "queued"}
    # One that ends earlier again leaves what is beyond it as it is.
    assert states(await job.run(ago(hours=25))) == {early: "completed"}
    assert datetime.fromisoformat(state(job)["mark"]) == ago(hours=1)
    job.sandbox.imagicle.remove_fax(waiting)
    assert (await job.run(ago(hours=25))).complete
    assert gaps(await job.run()) == [("vanished", 1)]


async def test_what_was_not_of_an_earlier_window_is_read_in_parts(job: Job) -> None:
    job.since = ago(days=9)
    await job.run(ago(days=3))
    job.calls()
    # Three days, to the present.
    await job.run()
    assert job.calls() == {"outbound.Mine": 3, "inbound.Mine": 3}
    # Nobody has read the future.
    await job.run(NOW + timedelta(days=30))
    job.advance(days=4)
    job.calls()
    await job.run()
    assert job.calls() == {"outbound.Mine": 4, "inbound.Mine": 4}


async def test_a_look_back_does_not_put_the_next_run_back(job: Job) -> None:
    job.sandbox.imagicle.add_fax(submit_time=ago(hours=1))
    await job.run()
    await job.run(ago(hours=60))
    job.calls()
    assert (await job.run()).faxes == []
    assert job.calls() == QUIET


async def test_the_state_holds_the_last_days_ids_and_no_more(job: Job) -> None:
    job.since = ago(days=30)
    for hours in range(1, 24 * 29, 12):
        job.sandbox.imagicle.add_fax(submit_time=ago(hours=hours), recipient={"faxNumber": "7"})
    assert len((await job.run()).faxes) == 58
    assert len(state(job)["done"]) == 3
    assert job.cursor is not None
    assert '"7"' not in job.cursor.model_dump_json()
    job.advance(days=20)
    job.sandbox.imagicle.add_fax()
    job.advance(minutes=1)
    await job.run()
    assert len(state(job)["done"]) == 1


async def test_a_reader_who_leaves_again_and_again_comes_to_the_end(job: Job) -> None:
    added = {
        job.sandbox.imagicle.add_fax(submit_time=ago(hours=2, seconds=each)) for each in range(210)
    }
    runs = 0
    while job.faxes.keys() < added and runs < 5:
        runs += 1
        async with (
            job.api() as api,
            api.stream(Window(job.since, NOW), cursor=job.cursor) as activity,
        ):
            faxes: list[Any] = []
            async for record in activity:
                faxes.append(record)
                if len(faxes) == 110:
                    break
        job.take(faxes)
        job.keep(activity.cursor)
    assert runs == 2
    assert job.faxes.keys() == added


async def test_each_list_that_is_done_with_is_in_the_readers_cursor(job: Job) -> None:
    add = job.sandbox.imagicle.add_fax
    for hours in (60, 30, 1):
        add(submit_time=ago(hours=hours))
    async with job.api() as api, api.stream(Window(job.since, NOW)) as activity:
        for _ in range(2):
            await anext(aiter(activity))
        job.keep(activity.cursor)
    assert datetime.fromisoformat(state(job)["mark"]) >= ago(hours=60)


async def test_a_run_that_breaks_off_goes_on_where_it_was(job: Job) -> None:
    add = job.sandbox.imagicle.add_fax
    added = {add(submit_time=ago(hours=hours)) for hours in (1, 20, 40, 60)}
    job.sandbox.faults.add(DOWN, operation="outbound.Mine", skip=3)
    report = await job.run()
    assert not report.complete
    assert 0 < len(report.faxes) < 4
    job.calls()
    report = await job.run()
    assert report.complete
    assert job.faxes.keys() == added
    # What was read goes with the rest, in one list, and is not asked about again.
    assert job.calls() == {**QUIET, "outbound.Details": 2}


@pytest.mark.parametrize("minutes", range(0, 180, 35))
async def test_nothing_is_lost_in_an_hour_that_the_clocks_repeat(minutes: int) -> None:
    # Rome's clocks go from 3 back to 2 on this day, at 1 UTC.
    begun = datetime(2026, 10, 25, tzinfo=UTC)
    async with Sandbox(now=begun, faxes=0) as sandbox:
        job = Job(sandbox, begun - timedelta(days=1))
        add = sandbox.imagicle.add_fax
        added = {add(submit_time=begun + timedelta(minutes=each)) for each in range(0, 175, 7)}
        job.advance(minutes=minutes + 1)
        await job.run()
        job.advance(minutes=179 - minutes)
        await job.run()
        assert job.faxes.keys() == added
        assert datetime.fromisoformat(state(job)["mark"]) <= begun + timedelta(minutes=175)
