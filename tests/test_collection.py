"""The main job on real input: a collection against what the providers' own calls say one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from faxapi import Direction, FaxApi, FaxRecord, JobState, Kind, Reason, Status, Window
from faxapi.providers.imagicle import Fax
from faxapi.sandbox import Sandbox

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
WEEK = Window.last(timedelta(days=7), now=NOW)

pytestmark = pytest.mark.anyio


def ids(
    faxes: list[FaxRecord], account: str, direction: Direction = Direction.OUTBOUND
) -> set[str]:
    found = [fax.id for fax in faxes if (fax.account, fax.direction) == (account, direction)]
    assert len(set(found)) == len(found)
    return set(found)


async def test_a_week_is_what_the_single_calls_say() -> None:
    async with Sandbox(seed=3, now=NOW, rate_limit=None) as sandbox:
        interfax, openfax, imagicle = sandbox.accounts()
        async with FaxApi(interfax, openfax, imagicle, clock=lambda: NOW) as api:
            report = await api.collect(WEEK)
            sent = [item async for item in interfax.outbound.iter_fax_items()]
            running, finished = await openfax.get_realtime(), await openfax.get_recent_history()
            reports = {
                job.job_id: await openfax.get_cdr_by_job_id(job_id=job.job_id)
                for job in (*running, *finished)
            }
            listed = await imagicle.list_outbound_faxes(), await imagicle.list_inbound_faxes()
            totals = await interfax.admin.get_outbound_activity(
                time_from=WEEK.since, time_until=WEEK.until, only_my_user=True
            )
    report.raise_for_failures()
    assert {outcome.kind for outcome in report.outcomes} == set(Kind)
    assert [notice for outcome in report.outcomes for notice in outcome.notices] == []

    assert ids(report.faxes, "interfax") == {
        str(item.transaction_id) for item in sent if item.submit_time and item.submit_time in WEEK
    }
    assert ids(report.faxes, "openfax") == {
        f"{job}:{row.transaction_id}"
        for job, rows in reports.items()
        for row in rows
        if row.completed_date and row.completed_date in WEEK
    }

    def of_the_week(faxes: list[Fax]) -> set[str | None]:
        return {fax.fax_id for fax in faxes if fax.date and fax.date in WEEK}

    assert ids(report.faxes, "imagicle") == of_the_week(listed[0])
    assert ids(report.faxes, "imagicle", Direction.INBOUND) == of_the_week(listed[1])
    assert min(len(ids(report.faxes, name)) for name in api) > 20

    assert [fax.at for fax in report.faxes] == sorted(fax.at for fax in report.faxes if fax.at)
    jobs = {job.id: job.state for job in report.jobs}
    assert jobs == {
        **{job.job_id: JobState.RUNNING for job in running},
        **{job.job_id: JobState.COMPLETED for job in finished},
    }
    (usage,) = (total for total in report.usage if total.direction is Direction.OUTBOUND)
    assert (usage.user, usage.faxes, usage.cost) == (
        totals.users[0].username,
        totals.users[0].total_faxes,
        totals.users[0].total_cost,
    )


async def test_which_faxes_failed_today_at_any_provider() -> None:
    async with Sandbox(seed=3, now=NOW, faxes=0) as sandbox:
        today = NOW - timedelta(hours=2)
        sandbox.interfax.add_fax(status=3931, submit_time=today)
        sandbox.interfax.add_fax(status=0, submit_time=today)
        sandbox.openfax.add_job(error_codes=[0, 1], completed=today)
        sandbox.imagicle.add_fax(status="Failed", q931_code=17, submit_time=today)
        async with FaxApi(*sandbox.accounts(), clock=lambda: NOW) as api:
            report = await api.collect(Window.last(timedelta(days=2), now=NOW))
    failed = [
        (fax.account, fax.reason)
        for fax in report.faxes
        if fax.status is Status.FAILED
        and fax.completed_at
        and fax.completed_at.date() == NOW.date()
    ]
    assert sorted(failed) == [
        ("imagicle", Reason.BUSY),
        ("interfax", Reason.BUSY),
        ("openfax", Reason.NO_ANSWER),
    ]
    assert len(report.faxes) == 5
