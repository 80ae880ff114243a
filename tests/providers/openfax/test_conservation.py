"""Over any sequence of runs every fax is delivered with its final state, and no key twice in a run.

A service with jobs that begin, go on and end, whose reports break off, are refused or never end;
and readers that leave early, fail, or ask for less than the present.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faxapi.api import FaxApi
from faxapi.collect.activity import Activity
from faxapi.cursor import Cursor
from faxapi.records import FaxRecord
from faxapi.window import Window
from tests.providers.openfax.service import (
    account,
    cdr,
    fault,
    job,
    job_of,
    operation_of,
    row,
    rows,
)
from tests.providers.recorder import xml
from tests.transport.server import Peer, Server

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
SINCE = START - timedelta(hours=3)
MINUTE = timedelta(minutes=1)
STEP = 30 * MINUTE
WHOLE, REFUSED, TORN, STALLED, LEFT, FAILED, EARLY = range(7)


# What happens, to which of the running jobs, with which codes, how many minutes ago.
Event = tuple[str, int, list[str], int]


@dataclass
class Row:
    completed: datetime | None
    code: str

    def text(self, identity: int) -> str:
        # A row that is not completed yet may have no time.
        moment = self.completed.isoformat() if self.completed else "0001-01-01T00:00:00"
        return row(TransactionID=str(identity), CompletedDate=moment, ErrorCode=self.code)


@dataclass
class Job:
    running: bool = True
    rows: list[Row] = field(default_factory=list)

    def listed(self, element: str, identity: int) -> str:
        return job(element, str(identity), TotalDestinations=str(len(self.rows)))


class Vendor:
    """Openfax's service, with a mishap that comes to one of its reports."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.now = START
        self.mishap: tuple[int, int] = (WHOLE, 0)
        self.released = threading.Event()

    def send(self, place: int, codes: list[str], minutes: int) -> None:
        """Let a job send faxes, the first of them so many minutes ago, or ahead on its clock."""
        for step, code in enumerate(codes):
            # A fax that is not sent yet has no time.
            moment = self.now - (minutes - step) * MINUTE if code != "-1" else None
            self.jobs[place].rows.append(Row(moment, code))

    def live(self, events: list[Event]) -> None:
        """Let jobs begin, go on and end."""
        for what, choice, codes, minutes in events:
            running = [place for place, each in enumerate(self.jobs) if each.running]
            if what == "begin" or not running:
                self.jobs.append(Job())
                self.send(-1, codes, minutes)
            elif what == "send":
                self.send(running[choice % len(running)], codes, minutes)
            else:
                self.finish(running[choice % len(running)])

    def finish(self, place: int) -> None:
        self.jobs[place].running = False
        for each in self.jobs[place].rows:
            if each.code == "-1":
                each.code, each.completed = "0", self.now

    def faxes(self, until: datetime) -> dict[str, tuple[str, datetime | None]]:
        """Every fax of the window, as it stands now."""
        return {
            f"{identity}:{at}": (each.code, each.completed)
            for identity, sent in enumerate(self.jobs)
            for at, each in enumerate(sent.rows)
            if each.completed is None or SINCE <= each.completed < until
        }

    def serve(self, peer: Peer) -> None:
        while request := peer.request():
            name = operation_of(request)
            if name == "getCDRByJobID":
                if not self._report(peer, int(job_of(request))):
                    return
                continue
            element = "RealtimeJob" if name == "getRealtime" else "HistoryJob"
            items = [
                each.listed(element, identity)
                for identity, each in enumerate(self.jobs)
                if each.running == (element == "RealtimeJob")
            ]
            peer.send(xml(rows(name, *items)))

    def _report(self, peer: Peer, identity: int) -> bool:
        """Answer; whether the connection goes on."""
        answer = cdr(*(each.text(at) for at, each in enumerate(self.jobs[identity].rows)))
        kind, left = self.mishap
        if kind in {REFUSED, TORN, STALLED}:
            self.mishap = (kind if left else WHOLE, left - 1)
        if left or kind in {WHOLE, LEFT, FAILED, EARLY}:
            return peer.send(answer)
        if kind == REFUSED:
            return peer.send(fault("not now"))
        # After its first rows, where it has some.
        peer.send(answer[: -len(answer) // 4])
        if kind == STALLED:
            self.released.wait(5)
        return False


class Broken(Exception):
    """What goes wrong in the reader's own code."""


class Reader:
    """Follows a vendor with a cursor, and merges by key what it gets."""

    def __init__(self, vendor: Vendor, server: Server) -> None:
        self.merged: dict[str, FaxRecord] = {}
        self.complete = False
        self._vendor = vendor
        self._server = server
        self._cursor: Cursor | None = None

    async def run(self, kind: int, number: int) -> None:
        """One run; `number` says after how many reports or records something happens to it."""
        vendor = self._vendor
        vendor.mishap = (kind, number)
        vendor.released.clear()
        until = vendor.now - (number * 10 * MINUTE if kind == EARLY else timedelta())
        openfax = account(self._server, timezone="UTC", kinds=["faxes"])
        async with FaxApi(openfax, clock=lambda: vendor.now) as api:
            activity = api.stream(
                Window(SINCE, until),
                cursor=self._cursor,
                deadline=0.05 if kind == STALLED else None,
            )
            if kind == FAILED:
                with pytest.raises(Broken):
                    await self._read(activity, number, fails=True)
            else:
                await self._read(activity, number if kind == LEFT else 1_000_000)
            vendor.released.set()
        self.complete = activity.summary.complete
        if self.complete and kind not in {LEFT, FAILED}:
            got = {key: (fax.status_code, fax.completed_at) for key, fax in self.merged.items()}
            assert vendor.faxes(until).items() <= got.items()
        self._cursor = Cursor.model_validate_json(activity.cursor.model_dump_json())

    async def _read(self, activity: Activity, most: int, *, fails: bool = False) -> None:
        seen: set[str] = set()
        async with activity:
            while len(seen) < most:
                record = await anext(activity, None)
                if record is None:
                    break
                assert isinstance(record, FaxRecord)
                assert record.id not in seen
                seen.add(record.id)
                self.merged[record.id] = record
            if fails:
                raise Broken


CODES = st.lists(st.sampled_from(["0", "2", "-1"]), max_size=3)
# Up to 40 minutes ahead on the vendor's clock, and so late that with these it makes two hours.
MINUTES = st.integers(-40, 75)
EVENTS = st.lists(
    st.tuples(st.sampled_from(["begin", "send", "finish"]), st.integers(0, 9), CODES, MINUTES),
    max_size=4,
)
ROUNDS = st.lists(
    st.tuples(EVENTS, st.sampled_from(range(7)), st.integers(0, 4)), min_size=2, max_size=6
)


@settings(max_examples=50)
@given(backend=st.sampled_from(["asyncio", "trio"]), rounds=ROUNDS, last=EVENTS)
def test_nothing_is_missing_and_nothing_comes_twice(
    backend: str, rounds: list[tuple[list[Event], int, int]], last: list[Event]
) -> None:
    vendor = Vendor()

    async def follow() -> None:
        with Server(vendor.serve) as server:
            reader = Reader(vendor, server)
            for events, kind, number in rounds:
                vendor.live(events)
                vendor.now += STEP
                await reader.run(kind, number)
            vendor.live(last)
            # Beyond all that was ahead of our clock.
            vendor.now += 2 * STEP
            await reader.run(WHOLE, 0)
            assert reader.complete
            server.requests.clear()
            await reader.run(WHOLE, 0)
            assert len(server.requests) == 2

    anyio.run(follow, backend=backend)
