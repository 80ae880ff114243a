"""Over any runs, every fax comes with its last state; and in a run, none comes twice."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Fault, Reply, Reset
from faxapi.window import Window
from tests.providers.imagicle.job import Job, outcome

ENDS = ("Completed", "Failed", "Canceled")


@dataclass(frozen=True)
class Fax:
    """Faxes arrive.

    Attributes:
        age: Hours since each was submitted: fewer than the lists reach back.
        status: As the vendor has it.
    """

    age: float
    status: str
    inbound: bool
    count: int


@dataclass(frozen=True)
class Change:
    """A fax goes on."""

    which: int
    status: str


@dataclass(frozen=True)
class Wait:
    """Time goes by."""

    hours: float


@dataclass(frozen=True)
class Run:
    """A collection, whole or not.

    Attributes:
        back: How many hours before the present it ends.
        deadline: After how many seconds it is over.
        leaves: After how many records its reader goes.
        raises: Whether it goes by an error of its own.
        fault: What goes wrong with one call.
        skip: With which.
    """

    back: float
    deadline: float | None
    leaves: int | None
    raises: bool
    fault: Fault | None
    skip: int


HOURS = st.sampled_from([0.0, 0.25, 1.0, 7.0, 23.5])
STATUS = st.sampled_from(["Queued", "InProgress", *ENDS])
FAULTS = st.sampled_from(
    [Reply(503, b""), Reply(400), Reset(), Reply(200, b'{"faxList": [', "text/json")]
)
STEPS = st.one_of(
    st.builds(Fax, HOURS, STATUS, st.booleans(), st.integers(1, 12)),
    st.builds(Change, st.integers(0, 1000), STATUS),
    st.builds(Wait, st.sampled_from([0.1, 1.0, 23.0, 50.0, 400.0])),
    st.builds(
        Run,
        st.sampled_from([0.0, 0.0, 0.5, 30.0, -2.0]),
        st.sampled_from([None, None, None, 0.0, 0.01, 0.03]),
        st.none() | st.integers(0, 10),
        st.booleans(),
        st.none() | FAULTS,
        st.integers(0, 12),
    ),
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=datetime(2026, 1, 1, tzinfo=UTC), faxes=0) as running:
        yield running


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@settings(max_examples=20)
@given(steps=st.lists(STEPS, max_size=16))
def test_every_fax_comes_with_its_last_state(
    sandbox: Sandbox, backend: str, steps: list[Any]
) -> None:
    anyio.run(scenario, sandbox, steps, backend=backend)


async def scenario(sandbox: Sandbox, steps: list[Any]) -> None:
    # Beyond what the faxes of the last one reach.
    sandbox.advance(timedelta(days=3))
    since = sandbox.now
    job = Job(sandbox, since)
    sandbox.advance(timedelta(hours=1))
    added: dict[str, str] = {}
    submitted: dict[str, datetime] = {}
    try:
        for step in steps:
            match step:
                case Fax(age, status, inbound, count):
                    for place in range(count):
                        moment = sandbox.now - timedelta(hours=age, seconds=place)
                        fax = sandbox.imagicle.add_fax(
                            submit_time=moment, status=status, inbound=inbound
                        )
                        added[fax], submitted[fax] = status, moment
                case Change(which, status) if added:
                    fax = sorted(added)[which % len(added)]
                    # What has ended stays as it is.
                    if added[fax] not in ENDS:
                        sandbox.imagicle.set_status(fax, status)
                        added[fax] = status
                case Wait(hours):
                    sandbox.advance(timedelta(hours=hours))
                case Run():
                    await run(job, step)
        # A window's end is not in it.
        sandbox.advance(timedelta(seconds=1))
        await whole_run(job)
        wanted = {fax for fax, moment in submitted.items() if since <= moment < sandbox.now}
        assert {fax: job.faxes[fax].status_code for fax in wanted & job.faxes.keys()} == {
            fax: added[fax] for fax in wanted
        }
        assert job.faxes.keys() == wanted
    finally:
        sandbox.faults.clear()
        sandbox.requests.clear()
        for fax in added:
            sandbox.imagicle.remove_fax(fax)


async def run(job: Job, step: Run) -> None:
    """Collect as far as the step lets it, and keep what the reader has got with the cursor."""
    until = job.sandbox.now - timedelta(hours=step.back)
    if until <= job.since:
        return
    if step.fault:
        job.sandbox.faults.add(step.fault, provider="imagicle", skip=step.skip)
    faxes: list[Any] = []
    async with job.api() as api:
        window = Window(job.since, until)
        stream = api.stream(window, cursor=job.cursor, deadline=step.deadline)
        with suppress(LookupError):
            async with stream as activity:
                async for record in activity:
                    faxes.append(record)
                    if step.leaves is not None and len(faxes) > step.leaves:
                        if step.raises:
                            raise LookupError
                        break
        job.take(faxes)
        job.keep(stream.cursor)
    job.sandbox.faults.clear()


async def whole_run(job: Job) -> None:
    """Collect to the end, where nothing goes wrong."""
    report = await job.run()
    assert outcome(report).errors == ()
