"""Every fault, every provider, both event loops: a typed error or a recovery, and nothing lost."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import anyio
import pytest

from faxapi import Cursor, FaxApiError, Window
from faxapi.sandbox import Sandbox
from faxapi.transport import pace
from tests.contract.harness import NOW, Harness, Ids
from tests.contract.imagicle import ImagicleHarness
from tests.contract.interfax import InterFaxHarness
from tests.contract.openfax import OpenfaxHarness
from tests.contract.scene import Scene, complete, ids, only, set_up
from tests.faults.leaks import nothing_left, tasks
from tests.faults.scenarios import FAULTS, Fault
from tests.faults.strike import FOR_EVER, Strikes, secure, struck
from tests.faults.trouble import Place
from tests.transport.server import Request, until

DAY = Window.last(timedelta(hours=25), now=NOW)
LATELY = NOW - timedelta(hours=2)
# Seconds; what a hang would take is minutes.
BOUND = 15.0
MEMORY = 16 << 20


@dataclass(frozen=True)
class Target:
    """A provider, how many faxes it has, and which of its requests are struck."""

    name: str
    harness: type[Harness]
    faxes: int
    details: bool = True

    def means(self, scene: Scene, request: Request) -> bool:
        return scene.harness.is_page(request) is self.details


INTERFAX = Target("InterFax", InterFaxHarness, 130)
TARGETS = [
    INTERFAX,
    Target("Openfax", OpenfaxHarness, 9),
    Target("Imagicle's lists", ImagicleHarness, 4, details=False),
    Target("Imagicle's faxes", ImagicleHarness, 4),
]
ALL = [fault for faults in FAULTS.values() for fault in faults]
TRIALS = [
    pytest.param(fault, target, id=f"{target.name}-{fault.name}")
    for fault in ALL
    for target in TARGETS
    if target.details or fault.place is Place.ANSWER
]
pytestmark = [
    pytest.mark.usefixtures("at_once"),
    pytest.mark.parametrize("backend", ["asyncio", "trio"]),
]


@dataclass
class Trial:
    """Runs of one account, which a fault strikes.

    Attributes:
        seconds: How long the longest of them took.
        expected: What the vendor has.
        found: What was delivered.
    """

    fault: Fault
    target: Target
    scene: Scene
    seconds: float = 0.0
    expected: Ids = field(default_factory=set)
    found: Ids = field(default_factory=set)

    async def run(self) -> None:
        """The fault strikes again and again, then once, and then no more."""
        tasks_before = tasks()
        tls = secure(self.scene) if self.fault.tls else {}
        self.expected = self.scene.harness.add(self.target.faxes)
        cursor = await self._struck(Strikes(2, FOR_EVER), self.fault.for_ever, None, **tls)
        self.expected |= self.scene.harness.add(5, at=LATELY)
        cursor = await self._struck(Strikes(1, 1), self._once(), cursor, **tls)
        if self.found != self.expected:
            rest = await self.scene.collect(None, cursor=cursor, **tls)
            await until(lambda: self.scene.server.open == 0, seconds=10)
            self.found |= ids(complete(rest).faxes)
        assert self.found == self.expected
        assert tasks() == tasks_before

    def _once(self) -> type[FaxApiError] | None:
        # What was delivered of an answer cannot be asked for again within a run.
        is_gap = self.fault.rows and self.scene.harness.streamed
        return self.fault.once or (self.fault.for_ever if is_gap else None)

    async def _struck(
        self,
        strikes: Strikes,
        error: type[FaxApiError] | None,
        cursor: Cursor | None,
        **tls: Any,  # noqa: ANN401 - keywords of an account
    ) -> Cursor:
        """Collect while the fault strikes, and check what is said of it."""
        window = None if cursor else DAY
        meant = partial(self.target.means, self.scene)
        # Where all is to be well, a loaded machine may be late more than once.
        retries = 1 if error else 3
        begun = time.perf_counter()
        with struck(self.scene, self.fault, strikes, meant), anyio.fail_after(BOUND):
            report = await self.scene.collect(
                window, cursor=cursor, retries=retries, **self.fault.options, **tls
            )
            self.seconds = max(self.seconds, time.perf_counter() - begun)
            # What was under way when the collection ended must not meet the next one's fault.
            await until(lambda: self.scene.server.open == 0, seconds=10)
        assert strikes.hits
        outcome = only(report)
        said = f"{outcome}; {report.requests} requests, {strikes}, {outcome.notices}"
        assert {type(each) for each in outcome.errors} == ({error} if error else set()), said
        assert outcome.complete is (error is None), said
        self.found |= ids(report.faxes)
        assert not outcome.complete or self.found == self.expected
        # An hour passes, or whatever the provider has asked for.
        pace._BUCKETS.clear()
        return report.cursor


@pytest.mark.parametrize(("fault", "target"), TRIALS)
def test_nothing_is_lost_and_nothing_is_left(
    fault: Fault,
    target: Target,
    backend: str,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    with nothing_left(), set_up(target.harness, sandbox, caplog) as scene:
        trial = Trial(fault, target, scene)
        anyio.run(trial.run, backend=backend)
    record_property("fault", fault.name)
    record_property("seconds", trial.seconds)
    record_property("faxes", len(trial.expected))


@pytest.mark.parametrize(
    "fault", [fault for fault in ALL if fault.heavy], ids=lambda fault: fault.name
)
def test_memory_is_bounded(
    fault: Fault, backend: str, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with set_up(INTERFAX.harness, sandbox, caplog) as scene, bounded_memory():
        anyio.run(Trial(fault, INTERFAX, scene).run, backend=backend)


@contextmanager
def bounded_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY
