"""Over any sequence of runs every received fax is delivered, and no key twice in a run.

A service that lists in one of several orders and in small pages, whose faxes come in, are listed
late, or are deleted, also while they are being read; and runs that break off at any of its pages.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from faxapi.api import FaxApi
from faxapi.collect.activity import Activity
from faxapi.cursor import Cursor
from faxapi.providers.interfax import InterFax
from faxapi.records import FaxRecord
from faxapi.window import Window
from tests.providers.interfax.peer import page, shape
from tests.providers.interfax.test_inbound import OK, items, listed2, row2
from tests.transport.server import Peer, Request, Server

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
SINCE = START - timedelta(hours=3)
MINUTE = timedelta(minutes=1)
STEP = 30 * MINUTE
WHOLE, REFUSED, TORN, STALLED, LEFT, FAILED, EARLY, ARRIVES, DELETED = range(9)

ORDERS: Mapping[str, Callable[[tuple[int, datetime]], tuple[float, int]]] = {
    "by id": lambda each: (0, each[0]),
    "newest first": lambda each: (-each[1].timestamp(), -each[0]),
    "oldest first": lambda each: (each[1].timestamp(), each[0]),
    "by no rule": lambda each: (0, each[0] * 7919 % 101),
}


def sent(request: Request, name: str) -> str:
    """Read the text of a request's element of a name."""
    return next(node[2] for node in shape(request.body) if node[1].rpartition(" ")[2] == name)


class Vendor:
    """InterFax's inbound service, with a mishap that comes to one of its pages."""

    def __init__(self, order: str, size: int) -> None:
        self.now = START
        self.messages: dict[int, datetime] = {}
        self.deleted: set[int] = set()
        self.mishap: tuple[int, int] = (WHOLE, 0)
        self.released = threading.Event()
        self.asked = 0
        self._order = ORDERS[order]
        self._size = size
        self._newest = 0

    def receive(self, minutes: list[int]) -> None:
        """Let faxes come in, each so many minutes ago, or ahead on its clock."""
        for each in minutes:
            self._newest += 1
            self.messages[self._newest] = self.now - each * MINUTE

    def delete(self) -> None:
        """Forget the oldest one."""
        if self.messages:
            oldest = min(self.messages, key=lambda each: (self.messages[each], each))
            del self.messages[oldest]
            self.deleted.add(oldest)

    def serve(self, peer: Peer) -> None:
        while request := peer.request():
            if b"GetList2" not in request.body:
                peer.send(page())
            elif not self._list(peer, request):
                return

    def _list(self, peer: Peer, request: Request) -> bool:
        """Answer; whether the connection goes on."""
        self.asked += 1
        kind, left = self.mishap
        self.mishap = (kind, left - 1)
        hit = left == 0
        if hit and kind == ARRIVES:
            self.receive([0])
        if hit and kind == DELETED:
            self.delete()
        if hit and kind == REFUSED:
            return peer.send(listed2("<ResultCode>-150</ResultCode>"))
        answer = self._answer(request)
        if not hit or kind not in {TORN, STALLED}:
            return peer.send(answer)
        peer.send(answer[: -len(answer) // 4])
        if kind == STALLED:
            self.released.wait(5)
        return False

    def _answer(self, request: Request) -> bytes:
        first, last = (
            datetime.fromisoformat(each).replace(tzinfo=UTC)
            for each in sent(request, "VerbData").split(",")
        )
        found = [each for each in self.messages.items() if first <= each[1] <= last]
        found.sort(key=self._order)
        start = int(sent(request, "FromRecordNumber"))
        rows = [
            row2(number, ReceiveTime=moment.isoformat())
            for number, moment in found[start : start + self._size]
        ]
        total = f"<TotalTransactionsNum>{len(found)}</TotalTransactionsNum>"
        return listed2(items(*rows), OK, total)


class Broken(Exception):
    """What goes wrong in the reader's own code."""


class Reader:
    """Follows a vendor with a cursor, and merges by key what it gets."""

    def __init__(self, vendor: Vendor, server: Server) -> None:
        self.merged: dict[int, FaxRecord] = {}
        self.complete = False
        self._vendor = vendor
        self._server = server
        self._cursor: Cursor | None = None

    async def run(self, kind: int, number: int) -> int:
        """One run, which something happens to after so many pages or records; what it brought."""
        vendor = self._vendor
        vendor.mishap = (kind, number)
        vendor.released.clear()
        until = vendor.now - (number * 10 * MINUTE if kind == EARLY else timedelta())
        account = InterFax(
            "acme",
            "secret",
            base_url=f"http://localhost:{self._server.port}",
            timezone="UTC",
            retries=0,
            pace=None,
            kinds=["faxes"],
        )
        async with FaxApi(account, clock=lambda: vendor.now) as api:
            activity = api.stream(
                Window(SINCE, until),
                cursor=self._cursor,
                deadline=0.05 if kind == STALLED else None,
            )
            if kind == FAILED:
                with pytest.raises(Broken):
                    await self._read(activity, number, fails=True)
                found = 0
            else:
                found = await self._read(activity, number if kind == LEFT else 1_000_000)
            vendor.released.set()
        self.complete = activity.summary.complete
        self._cursor = Cursor.model_validate_json(activity.cursor.model_dump_json())
        return found

    async def _read(self, activity: Activity, most: int, *, fails: bool = False) -> int:
        seen: set[int] = set()
        async with activity:
            while len(seen) < most:
                record = await anext(activity, None)
                if record is None:
                    break
                assert isinstance(record, FaxRecord)
                assert int(record.id) not in seen
                seen.add(int(record.id))
                self.merged[int(record.id)] = record
            if fails:
                raise Broken
        return len(seen)


# Listed up to an hour late, and up to 40 minutes ahead on the vendor's clock.
MINUTES = st.lists(st.integers(-40, 59), max_size=8)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), MINUTES, st.just(0)),
        st.tuples(st.just("delete"), st.just([]), st.just(0)),
        st.tuples(st.just("run"), st.sampled_from(range(9)), st.integers(0, 4)),
    ),
    min_size=4,
    max_size=16,
)


@settings(max_examples=50)
@given(
    backend=st.sampled_from(["asyncio", "trio"]),
    order=st.sampled_from(sorted(ORDERS)),
    size=st.integers(2, 6),
    steps=STEPS,
)
@example(
    # What came in between two runs stands before the place where the second goes on.
    backend="trio",
    order="oldest first",
    size=5,
    steps=[
        ("receive", [51, -33, 43, 3, 31, -8, -29, 11], 0),
        ("run", ARRIVES, 0),
        ("receive", [51], 0),
        ("receive", [-8, -27, -5, -34, -13, -12], 0),
        ("run", STALLED, 3),
        ("receive", [51, -33, 43, 3, 31, -8, -29, 11], 0),
        ("delete", [], 0),
        ("delete", [], 0),
        ("run", FAILED, 4),
        ("run", ARRIVES, 2),
    ],
)
def test_nothing_is_missing_and_nothing_comes_twice(
    backend: str, order: str, size: int, steps: list[tuple[str, object, int]]
) -> None:
    vendor = Vendor(order, size)

    async def follow() -> None:
        with Server(vendor.serve) as server:
            reader = Reader(vendor, server)
            for what, detail, number in steps:
                vendor.now += STEP
                if what == "run":
                    assert isinstance(detail, int)
                    await reader.run(detail, number)
                elif what == "receive":
                    assert isinstance(detail, list)
                    vendor.receive(detail)
                else:
                    vendor.delete()
            # Beyond what was ahead of our clock.
            vendor.now += 2 * STEP
            await reader.run(WHOLE, 0)
            assert reader.complete
            expected = {each for each, moment in vendor.messages.items() if moment >= SINCE}
            assert expected <= reader.merged.keys() <= expected | vendor.deleted
            assert await reader.run(WHOLE, 0) == 0
            assert reader.complete

    anyio.run(follow, backend=backend)


@pytest.mark.parametrize("order", sorted(ORDERS))
@pytest.mark.parametrize("kind", [REFUSED, TORN])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_runs_that_all_break_off_come_to_an_end(backend: str, kind: int, order: str) -> None:
    vendor = Vendor(order, 5)
    vendor.receive(list(range(1, 80, 2)))

    async def follow() -> None:
        with Server(vendor.serve) as server:
            reader = Reader(vendor, server)
            runs = 0
            while len(reader.merged) < len(vendor.messages):
                await reader.run(kind, 2)
                runs += 1
            # Ten pages with a row in common, two in each run.
            assert runs == 5
            assert vendor.asked <= 3 * 5

    anyio.run(follow, backend=backend)
