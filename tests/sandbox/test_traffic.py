"""What happens at the sandbox while somebody watches."""

import threading
import time
from datetime import timedelta

import pytest

from faxapi import FaxApi, JobState, Status, Window
from faxapi.sandbox import Sandbox
from faxapi.sandbox.traffic import Traffic
from tests.sandbox.wire import NOW

pytestmark = pytest.mark.anyio


async def test_faxes_and_jobs_begin_go_on_and_end() -> None:
    sandbox = Sandbox(now=NOW, faxes=0, rate_limit=None)
    traffic = Traffic(sandbox)
    for _ in range(150):
        traffic.step()
        sandbox.advance(timedelta(seconds=2))
    async with sandbox, FaxApi(*sandbox.accounts(), clock=lambda: sandbox.now) as api:
        report = await api.collect(Window.last(timedelta(hours=1), now=sandbox.now))
    assert report.complete
    for account in ("interfax", "imagicle"):
        mine = [fax.status for fax in report.faxes if fax.account == account]
        assert {Status.QUEUED, Status.COMPLETED, Status.FAILED} <= set(mine)
        # It does not pile up.
        assert sum(status in {Status.QUEUED, Status.IN_PROGRESS} for status in mine) <= 6
    assert {job.state for job in report.jobs} == {JobState.RUNNING, JobState.COMPLETED}
    assert sum(job.state is JobState.RUNNING for job in report.jobs) <= 2


def test_it_runs_by_itself_until_it_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faxapi.sandbox.traffic._PACE", 0.01)
    sandbox = Sandbox(now=NOW, faxes=0)
    with Traffic(sandbox):
        ends = time.monotonic() + 10
        while not sandbox.interfax.in_process() and time.monotonic() < ends:
            time.sleep(0.01)
        assert sandbox.interfax.in_process()
    assert "faxapi-traffic" not in {thread.name for thread in threading.enumerate()}
