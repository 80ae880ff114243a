"""What a run of a cursor asks for, and what it leaves for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from faxapi.api import FaxApi
from faxapi.cursor import Cursor
from faxapi.errors import ConfigurationError
from faxapi.providers.feed import Ask
from faxapi.report import Report
from faxapi.sandbox import Sandbox
from faxapi.window import Window
from tests.providers.openfax.service import (
    NOW,
    YESTERDAY,
    account,
    cdr,
    done,
    fault,
    job,
    job_of,
    reporting,
    row,
)
from tests.providers.recorder import Gathered, xml
from tests.transport.server import Server, reply

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
DAY = Window(NOW - timedelta(days=1), NOW)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW, faxes=0) as running:
        yield running


class Follower:
    """Runs a collection again and again, with the cursor of the run before in its text form."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._cursor: Cursor | None = None
        self._asked = 0

    async def run(self, until: datetime = NOW, since: datetime = DAY.since) -> Report:
        _, openfax, _ = self._sandbox.accounts()
        async with FaxApi(openfax, clock=lambda: until) as api:
            report = await api.collect(Window(since, until), cursor=self._cursor, kinds=["faxes"])
        assert report.cursor is not None
        self._cursor = Cursor.model_validate_json(report.cursor.model_dump_json())
        return report

    def asked(self) -> dict[str, int]:
        """How often each operation was called since the last time."""
        asked = [each.operation.rpartition(".")[2] for each in self._sandbox.requests]
        new, self._asked = asked[self._asked :], len(asked)
        return {name: new.count(name) for name in new}


def ids(report: Report) -> list[str]:
    return sorted(record.id for record in report.faxes)


def lists(reports: int = 0) -> dict[str, int]:
    """The calls of a run that reads so many reports."""
    more = {"getCDRByJobID": reports} if reports else {}
    return {"getRealtime": 1, "getRecentHistory": 1, **more}


async def test_a_run_costs_two_lists_and_the_jobs_that_moved(sandbox: Sandbox) -> None:
    add = sandbox.openfax.add_job
    old = [add(error_codes=[0, 2], completed=NOW - 5 * HOUR) for _ in range(3)]
    going = add(running=True, completed=NOW - 8 * HOUR)
    sandbox.openfax.add_transmissions(going, completed=NOW - 5 * HOUR)
    hourly = Follower(sandbox)

    report = await hourly.run(NOW - 4 * HOUR)
    assert ids(report) == sorted(f"{each}:{row}" for each in [*old, going] for row in (1, 2))
    assert hourly.asked() == lists(4)

    assert ids(await hourly.run(NOW - 3 * HOUR)) == []
    assert hourly.asked() == lists()

    new = add(completed=NOW - 2.5 * HOUR)
    sandbox.openfax.add_transmissions(going, completed=NOW - 2.5 * HOUR)
    report = await hourly.run(NOW - 2 * HOUR)
    # Those of the two hours before the newest that is known come again.
    assert ids(report) == [f"{going}:2", f"{going}:3", f"{new}:1"]
    assert hourly.asked() == lists(2)

    sandbox.openfax.finish_job(going)
    report = await hourly.run(NOW - HOUR)
    assert ids(report) == [f"{going}:{row}" for row in (1, 2, 3)]
    assert hourly.asked() == lists(1)

    report = await hourly.run()
    assert (ids(report), report.complete) == ([], True)
    assert hourly.asked() == lists()


async def test_a_running_job_gives_what_is_new_and_two_hours_before(sandbox: Sandbox) -> None:
    going = sandbox.openfax.add_job(running=True, error_codes=[], completed=NOW)
    hourly = Follower(sandbox)
    # In the order of the report, which is not that of their times.
    for hours in (9, 5, 8.1, 6):
        sandbox.openfax.add_transmissions(going, completed=NOW - hours * HOUR)
    assert len(ids(await hourly.run(NOW - 4 * HOUR))) == 4
    for hours in (7.1, 6.9, 4.5):
        sandbox.openfax.add_transmissions(going, completed=NOW - hours * HOUR)
    report = await hourly.run(NOW - 3 * HOUR)
    assert ids(report) == [f"{going}:{row}" for row in (2, 4, 6, 7)]
    # What came too late for that is delivered at the end.
    sandbox.openfax.finish_job(going)
    assert ids(await hourly.run()) == [f"{going}:{row}" for row in range(1, 8)]


async def test_what_is_completed_after_the_windows_end_is_the_next_runs(sandbox: Sandbox) -> None:
    add = sandbox.openfax.add_job
    ended = add(completed=NOW - 3 * HOUR)
    running = add(completed=NOW - 3 * HOUR, running=True)
    for each in (ended, running):
        sandbox.openfax.add_transmissions(each, completed=NOW - HOUR)
    hourly = Follower(sandbox)
    assert ids(await hourly.run(NOW - 2 * HOUR)) == [f"{ended}:1", f"{running}:1"]
    # The end itself is not of the window.
    assert ids(await hourly.run(NOW - HOUR)) == [f"{ended}:1", f"{running}:1"]
    report = await hourly.run()
    assert ids(report) == [f"{ended}:1", f"{ended}:2", f"{running}:1", f"{running}:2"]
    hourly.asked()
    assert ids(await hourly.run()) == []
    assert hourly.asked() == lists()


async def test_a_job_that_is_gone_before_its_end_was_read_is_a_gap(sandbox: Sandbox) -> None:
    add = sandbox.openfax.add_job
    ended, running = add(completed=NOW - HOUR), add(completed=NOW - HOUR, running=True)
    hourly = Follower(sandbox)
    await hourly.run()
    sandbox.openfax.remove_job(ended)
    sandbox.openfax.remove_job(running)
    report = await hourly.run()
    (outcome,) = report.outcomes
    (gap,) = outcome.gaps
    text = f"job {running} is no longer listed, and was not read to its end"
    assert (gap.code, gap.text) == ("vanished", text)
    assert (await hourly.run()).complete


async def test_a_job_whose_total_moved_after_its_end_is_read_again(sandbox: Sandbox) -> None:
    job_id = sandbox.openfax.add_job(completed=NOW - HOUR)
    hourly = Follower(sandbox)
    await hourly.run()
    sandbox.openfax.add_transmissions(job_id, completed=NOW - HOUR)
    assert ids(await hourly.run()) == [f"{job_id}:1", f"{job_id}:2"]
    assert ids(await hourly.run()) == []


async def test_retention_is_said_of_what_was_not_read(sandbox: Sandbox) -> None:
    hourly = Follower(sandbox)
    since = NOW - timedelta(days=60)
    report = await hourly.run(NOW - timedelta(days=40), since)
    assert report.complete
    report = await hourly.run(NOW, since)
    (gap,) = report.outcomes[0].gaps
    assert (gap.code, gap.since) == ("retention", NOW - timedelta(days=40))
    assert gap.until == NOW - timedelta(days=30)
    assert (await hourly.run(NOW, since)).complete


async def read(
    script_of: dict[str, bytes],
    *,
    running: tuple[str, ...] = (),
    finished: tuple[str, ...] = (),
    state: Any = None,  # noqa: ANN401 - JSON
    window: Window = DAY,
) -> tuple[Gathered, list[str]]:
    """One run of the feed; what it gave, and the jobs whose reports it read."""
    out = Gathered()
    with Server(reporting(script_of, running, finished)) as server:
        async with account(server, timezone="UTC") as openfax:
            await openfax.outbound_faxes(Ask(window, now=NOW, state=state), out)
        return out, [job_of(each) for each in server.requests if job_of(each)]


def finished_job(identity: str, total: int) -> str:
    return job("HistoryJob", identity, TotalDestinations=str(total))


def running_job(identity: str, total: int) -> str:
    return job("RealtimeJob", identity, TotalDestinations=str(total))


ROW = row(TransactionID="1", CompletedDate=YESTERDAY.replace("+00:00", ""))
LAST = (NOW - HOUR).isoformat().replace("+00:00", "Z")
OLD = row(TransactionID="5", CompletedDate=(NOW - timedelta(days=9)).isoformat())
RECENT = row(TransactionID="2", CompletedDate=LAST)
AHEAD = row(TransactionID="3", CompletedDate=(NOW + HOUR).isoformat())


async def test_the_state_holds_ids_totals_and_times() -> None:
    reports = {each: cdr(ROW, RECENT) for each in "1234"} | {"3": cdr(RECENT, AHEAD)}
    out, _ = await read(
        reports,
        running=(running_job("1", 2), running_job("2", 2)),
        finished=(finished_job("2", 2), finished_job("3", 2), *done("4")),
    )
    assert out.states[-1] == {
        "done": {"2": 2, "4": None},
        "open": {"1": {"total": 2, "last": LAST}, "3": {"total": None, "last": LAST}},
    }


async def test_the_finished_jobs_are_read_first() -> None:
    _, asked = await read(
        {each: cdr(RECENT) for each in "1234"},
        running=(running_job("1", 1), running_job("2", 1)),
        finished=done("3", "4"),
    )
    assert asked == ["3", "4", "1", "2"]


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(fault("not now"), id="refused"),
        pytest.param(xml(cdr(RECENT, RECENT)[-900:-60].decode()), id="torn"),
        pytest.param(cdr(), id="empty"),
        pytest.param(cdr(AHEAD, OLD, RECENT), id="a row after the end"),
        pytest.param(
            cdr(row(TransactionID="4", Pages="x", CompletedDate=(NOW + HOUR).isoformat())),
            id="a bad row after the end",
        ),
    ],
)
@pytest.mark.parametrize("make", [finished_job, running_job])
async def test_a_report_that_has_more_to_give_is_read_again(report: bytes, make: Any) -> None:  # noqa: ANN401 - either
    place = "finished" if make is finished_job else "running"
    listed: dict[str, Any] = {place: (make("1", 2),)}
    first, _ = await read({"1": report}, **listed)
    later = Window(DAY.since, NOW + 2 * HOUR)
    again, asked = await read(
        {"1": cdr(RECENT, AHEAD)}, state=first.states[-1], window=later, **listed
    )
    assert asked == ["1"]
    assert [record.id for record in again.faxes] == ["1:2", "1:3"]
    _, asked = await read({}, state=again.states[-1], window=later, **listed)
    assert asked == []


async def test_a_bad_row_is_said_once_for_a_job_that_is_done() -> None:
    bad = row(TransactionID="9", Pages="x", CompletedDate=LAST)
    finished = (finished_job("1", 2),)
    out, _ = await read({"1": cdr(ROW, bad)}, finished=finished)
    assert [gap.code for gap in out.gaps] == ["skipped_record"]
    out, asked = await read({}, finished=finished, state=out.states[-1])
    assert (asked, out.gaps) == ([], [])


async def test_a_bad_row_of_a_running_job_is_said_again_at_its_end_only() -> None:
    old = row(TransactionID="9", Pages="x", CompletedDate=(NOW - 4 * HOUR).isoformat())
    known = {"open": {"1": {"total": 1, "last": LAST}}}
    out, _ = await read({"1": cdr(old, RECENT)}, running=(running_job("1", 2),), state=known)
    assert ([record.id for record in out.faxes], out.gaps) == (["1:2"], [])
    out, _ = await read({"1": cdr(old, RECENT)}, finished=done("1"), state=known)
    assert [gap.code for gap in out.gaps] == ["skipped_record"]


async def test_a_running_job_without_a_total_is_read_each_time() -> None:
    running = (job("RealtimeJob", "1"),)
    out, _ = await read({"1": cdr(RECENT)}, running=running)
    _, asked = await read({"1": cdr(RECENT)}, running=running, state=out.states[-1])
    assert asked == ["1"]


async def test_a_finished_job_that_runs_again_is_not_done() -> None:
    state: Any = {"done": {"1": 1}}
    out, asked = await read({"1": fault("not now")}, running=(running_job("1", 1),), state=state)
    assert asked == ["1"]
    out, asked = await read(
        {"1": cdr(RECENT)}, finished=(finished_job("1", 1),), state=out.states[-1]
    )
    assert (asked, out.states[-1]) == (["1"], {"done": {"1": 1}, "open": {}})


async def test_a_running_job_that_has_ended_is_open_no_more() -> None:
    state: Any = {"open": {"1": {"total": 1, "last": LAST}}}
    out, _ = await read({"1": cdr(OLD)}, finished=done("1"), state=state)
    assert out.states[-1] == {"done": {"1": None}, "open": {}}


async def test_a_done_job_that_had_more_is_not_done_until_all_of_it_was_read() -> None:
    state: Any = {"done": {"1": 1}}
    finished = (finished_job("1", 2),)
    out, _ = await read({"1": cdr(RECENT, AHEAD)}, finished=finished, state=state)
    assert out.states[-1] == {"done": {}, "open": {"1": {"total": None, "last": LAST}}}


async def test_a_list_with_a_bad_row_proves_no_absence() -> None:
    state: Any = {"done": {"7": 1}, "open": {"1": {"total": 1, "last": LAST}}}
    bad = job("RealtimeJob", "1", TotalDestinations="many")
    out, asked = await read({}, running=(bad,), state=state)
    assert ([gap.code for gap in out.gaps], asked) == (["skipped_record"], [])
    assert out.states[-1] == {"done": {}, "open": state["open"]}
    out, _ = await read({}, state=out.states[-1])
    assert [gap.code for gap in out.gaps] == ["vanished"]
    assert out.states[-1] == {"done": {}, "open": {}}


async def test_a_long_run_leaves_checkpoints_on_its_way() -> None:
    jobs = [str(number) for number in range(60)]
    out, _ = await read({each: cdr(RECENT) for each in jobs}, finished=done(*jobs))
    assert [len(state["done"]) for state in out.states] == [25, 50, 60]


async def test_a_run_that_is_cut_short_keeps_what_it_has_read() -> None:
    """The deadline comes while the fourth report stands still; the next run reads that one."""
    jobs = ("1", "2", "3", "4")

    reports = {each: cdr(RECENT) for each in jobs}
    reports["4"] = reply(b"<", kind="text/xml", length=1000)
    script = reporting(reports, finished=done(*jobs))
    with Server(script) as server:
        async with FaxApi(account(server, timezone="UTC", kinds=["faxes"])) as api:
            first = await api.collect(DAY, deadline=1)
            server.requests.clear()
            reports["4"] = cdr(RECENT)
            second = await api.collect(DAY, cursor=first.cursor)
    assert (ids(first), ids(second)) == (["1:2", "2:2", "3:2"], ["4:2"])
    assert not first.complete
    assert second.complete
    assert [job_of(each) for each in server.requests if job_of(each)] == ["4"]


async def test_a_state_that_is_none_is_refused_before_any_call() -> None:
    with Server(reporting({})) as server:
        async with account(server) as openfax:
            with pytest.raises(ConfigurationError, match="state of this feed"):
                await openfax.outbound_faxes(Ask(DAY, state={"top": 5}), Gathered())
        assert server.requests == []


async def test_a_time_that_may_be_after_the_end_is_left_for_the_next_run() -> None:
    """In an hour that the clocks repeat, of which a window shorter than that holds neither end."""
    # New York's clocks went from 2 back to 1 on this day, at 6 UTC.
    turn = datetime.fromisoformat("2025-11-02T06:00:00Z")
    report = cdr(row(TransactionID="1", CompletedDate="2025-11-02T01:30:00"))
    minutes = timedelta(minutes=1)
    first = Gathered()
    with Server(reporting({"1": report}, finished=done("1"))) as server:
        async with account(server, timezone="America/New_York") as openfax:
            zone = openfax.settings.zone
            short = Window(turn - 15 * minutes, turn + 15 * minutes)
            await openfax.outbound_faxes(Ask(short, zone=zone), first)
            longer = Ask(Window(short.since, turn + HOUR), zone=zone, state=first.states[-1])
            second = Gathered()
            await openfax.outbound_faxes(longer, second)
    assert (first.faxes, [record.id for record in second.faxes]) == ([], ["1:1"])
