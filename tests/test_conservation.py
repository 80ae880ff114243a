"""Nothing is lost: over any sequence of runs every fax comes with its final state.

Faxes arrive and end, calls go wrong, runs are cut off anywhere, and the cursor goes on as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

import anyio
import pytest
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

from faxapi import Cursor, FaxApi, FaxRecord, Imagicle, InterFax, Openfax, Pace, Status, Window
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Cut, Reply, Reset, ResultCode, Truncate

START = datetime(2026, 3, 10, tzinfo=UTC)
# A tenth of a second for the vendor's minute.
PACE = Pace(6, per=0.1)

Scope = Literal["user", "account"]

Key = tuple[str, str, str]
"""Provider, direction, id."""


@dataclass
class World:
    """What the vendors have, what came of it, and where the next run goes on."""

    sandbox: Sandbox
    scope: Scope
    truth: dict[Key, Status] = field(default_factory=dict)
    open: list[Key] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    delivered: dict[Key, Status] = field(default_factory=dict)
    cursor: Cursor | None = None

    def send(self, provider: str, count: int, *, is_open: bool, user: str = "acme") -> None:
        """Let faxes arrive in the last seconds, of that user if InterFax is asked for all."""
        status = Status.IN_PROGRESS if is_open else Status.COMPLETED
        for number in range(count):
            moment = self.sandbox.now - timedelta(seconds=count - number)
            if provider == "interfax":
                fax: object = self.sandbox.interfax.add_fax(
                    status=-3 if is_open else 0, submit_time=moment, user_id=self.user(user)
                )
            else:
                fax = self.sandbox.imagicle.add_fax(
                    status="InProgress" if is_open else "Completed", submit_time=moment
                )
            key = provider, "outbound", str(fax)
            self.truth[key] = status
            if is_open:
                self.open.append(key)

    def receive(self, provider: str, count: int, user: str = "acme") -> None:
        """Let inbound faxes arrive in the last seconds; see `send`."""
        for number in range(count):
            moment = self.sandbox.now - timedelta(seconds=count - number)
            if provider == "interfax":
                message = self.sandbox.interfax.add_message(
                    receive_time=moment, user_id=self.user(user)
                )
                fax = str(message)
            else:
                fax = self.sandbox.imagicle.add_fax(inbound=True, submit_time=moment)
            self.truth[provider, "inbound", fax] = Status.COMPLETED

    def user(self, user: str) -> str:
        """Whose fax it is to be."""
        return user if self.scope == "account" else "acme"

    def broadcast(self, count: int, *, running: bool) -> None:
        """Start a job, or let the last one that runs go on."""
        before = self.sandbox.now - timedelta(seconds=1)
        if running and self.running:
            job = self.running[-1]
            known = sum(key[2].startswith(f"{job}:") for key in self.truth)
            self.sandbox.openfax.add_transmissions(job, error_codes=[0] * count, completed=before)
        else:
            known = 0
            job = self.sandbox.openfax.add_job(
                error_codes=[0] * count, running=running, completed=before
            )
            self.running += [job] * running
        for number in range(known + 1, known + count + 1):
            self.truth["openfax", "outbound", f"{job}:{number}"] = Status.COMPLETED

    def finish(self, which: int) -> None:
        """Let a fax in process end, or a job that runs."""
        if self.running and which % 5 == 0:
            self.sandbox.openfax.finish_job(self.running.pop())
        elif self.open:
            key = self.open.pop(which % len(self.open))
            if key[0] == "interfax":
                self.sandbox.interfax.set_status(int(key[2]), 3931)
            else:
                self.sandbox.imagicle.set_status(key[2], "Failed", q931_code=17)
            self.truth[key] = Status.FAILED

    async def run(
        self, most: int | None = None, deadline: float | None = None, back: int = 0
    ) -> bool:
        """Collect up to some minutes ago, perhaps not to the end; whether all of it came."""
        own = {"base_url": self.sandbox.url, "timezone": "UTC", "retries": 0}
        logins = self.sandbox.credentials
        password = logins["interfax"]["password"]
        interfax = InterFax("acme", password, pace=PACE, scope=self.scope, **own)  # type: ignore[arg-type]
        openfax = Openfax(logins["openfax"]["api_key"], **own)  # type: ignore[arg-type]
        login = logins["imagicle"]
        imagicle = Imagicle(
            login["base_url"],
            login["username"],
            login["password"],
            timezone="Europe/Rome",
            retries=0,
        )
        until = self.sandbox.now - timedelta(minutes=back)
        window = Window(START, max(until, START + timedelta(minutes=1)))
        keys = []
        async with (
            FaxApi(interfax, openfax, imagicle, clock=lambda: self.sandbox.now) as api,
            api.stream(window, cursor=self.cursor, kinds="faxes", deadline=deadline) as activity,
        ):
            async for record in activity:
                assert isinstance(record, FaxRecord)
                keys.append(record.key)
                self.delivered[record.provider, record.direction, record.id] = record.status
                if len(keys) == most:
                    break
        assert len(set(keys)) == len(keys)
        summary = activity.summary
        self.cursor = Cursor.model_validate_json(summary.cursor.model_dump_json())
        return summary.complete


FAULTS = st.sampled_from(
    [
        Reset(),
        Reset(after=700),
        Truncate(after=400),
        Cut(after=900),
        Reply(status=503),
        ResultCode(-1011),
        ResultCode(-150),
    ]
)
USERS = st.sampled_from(["acme", "acme.bob", "acme.carol"])
COUNTS = st.one_of(st.integers(1, 5), st.integers(90, 130))
STEPS = st.one_of(
    st.builds(
        partial,
        st.just(World.send),
        provider=st.sampled_from(["interfax", "imagicle"]),
        count=COUNTS,
        is_open=st.booleans(),
        user=USERS,
    ),
    st.builds(
        partial,
        st.just(World.receive),
        provider=st.sampled_from(["interfax", "imagicle"]),
        count=COUNTS,
        user=USERS,
    ),
    st.builds(partial, st.just(World.broadcast), count=st.integers(1, 30), running=st.booleans()),
    st.builds(partial, st.just(World.finish), which=st.integers(0, 99)),
)
CUTS = st.one_of(
    st.none(),
    st.builds(partial, st.just(World.run), most=st.integers(1, 250)),
    st.builds(partial, st.just(World.run), deadline=st.sampled_from([0.005, 0.02, 0.05, 0.1])),
)
ROUNDS = st.lists(
    st.tuples(
        st.lists(STEPS, max_size=4),
        st.lists(st.tuples(FAULTS, st.integers(0, 4)), max_size=2),
        CUTS,
        st.just(0) | st.integers(0, 900),
        st.integers(1, 900),
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module", autouse=True)
def _short_pauses() -> Iterator[None]:
    """Calls that no pace counts, the list of the account's users, may be refused as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("faxapi.transport.pace._PAUSE", PACE.per)
        yield


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@given(rounds=ROUNDS, scope=st.sampled_from(["user", "user", "account"]))
# A fax in process that lies in a gap as well.
@example(
    rounds=[
        (
            [
                partial(World.send, provider="interfax", count=1, is_open=True),
                partial(World.send, provider="interfax", count=98, is_open=False),
            ],
            [],
            None,
            0,
            1,
        ),
        (
            [partial(World.send, provider="interfax", count=1, is_open=False)] * 2,
            [],
            partial(World.run, most=1),
            0,
            1,
        ),
        ([], [], partial(World.run, most=100), 0, 1),
    ],
    scope="user",
)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    # An example takes half a second, so that making it smaller would take minutes.
    phases=[Phase.explicit, Phase.generate],
)
def test_every_fax_comes_with_its_final_state(backend: str, rounds: list, scope: Scope) -> None:  # type: ignore[type-arg]
    with Sandbox(now=START + timedelta(hours=1), faxes=0, rate_limit=PACE) as sandbox:
        world = World(sandbox, scope)
        for steps, faults, cut, back, minutes in rounds:
            for step in steps:
                step(world)
            for fault, skip in faults:
                sandbox.faults.add(fault, skip=skip, times=1)
            run = partial(cut or World.run, back=back)
            complete = anyio.run(run, world, backend=backend)
            event(f"complete: {complete}")
            sandbox.faults.clear()
            sandbox.advance(timedelta(minutes=minutes))
        assert anyio.run(world.run, backend=backend)
    assert world.delivered == world.truth
