"""What a long list costs while it is streamed: memory, stalls of the event loop, and time.

`python -m tests.bench.stream read PORT` reads one report in this process, and tells of it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import anyio

from faxapi import FaxApi, Openfax
from faxapi.providers.imagicle.models import Fax
from faxapi.wire.models import decode
from faxapi.wire.rest import ItemReader
from faxapi.wire.scalars import Reading
from tests.bench.answers import fax_list
from tests.bench.program import peak, running, told
from tests.bench.result import Result, span, tell

_TICK = 0.001
# Some 100 MB.
_LARGE = 350_000


@dataclass(frozen=True, slots=True)
class Read:
    """A list that was read to its end.

    Attributes:
        rows: How many rows it had.
        seconds: How long it took.
        stall: The longest time, in seconds, that the event loop was kept from another task.
        idle: The same just before, with nothing to do.
        growth: By how many MB the process grew at most.
    """

    rows: int
    seconds: float
    stall: float
    idle: float
    growth: float


class _Ticks:
    """A task that wants to run every millisecond, and knows how long it was kept from that."""

    longest = 0.0

    async def run(self) -> None:
        while True:
            begun = time.perf_counter()
            await anyio.sleep(_TICK)
            self.longest = max(self.longest, time.perf_counter() - begun - _TICK)


@asynccontextmanager
async def _ticking() -> AsyncIterator[_Ticks]:
    ticks = _Ticks()
    async with anyio.create_task_group() as group:
        group.start_soon(ticks.run)
        yield ticks
        group.cancel_scope.cancel()


async def read_report(port: str) -> Read:
    """Read a report row by row, and keep none."""
    openfax = Openfax("key", base_url=f"http://127.0.0.1:{port}", timezone="UTC")
    async with FaxApi(openfax):
        # What is loaded and built with the first answer is no part of a long one.
        async with openfax.iter_cdr(job_id="1") as first:
            await anext(first)
        async with _ticking() as idle:
            await anyio.sleep(1)
        before, count, begun = peak(), 0, time.perf_counter()
        async with _ticking() as ticks, openfax.iter_cdr(job_id="1") as stream:
            async for _ in stream:
                count += 1
        seconds = time.perf_counter() - begun
    return Read(count, seconds, ticks.longest, idle.longest, peak() - before)


def read_list(count: int) -> Read:
    """Read a JSON list item by item, and keep none."""
    body = fax_list(count)
    before, begun, found = peak(), time.perf_counter(), 0
    reader, reading = ItemReader("faxList"), Reading()
    for start in range(0, len(body), 1 << 16):
        for item in reader.feed(body[start : start + (1 << 16)]):
            decode(Fax, item, reading, path="faxList")
            found += 1
    found += len(reader.close())
    return Read(found, time.perf_counter() - begun, 0.0, 0.0, peak() - before)


def rows() -> Iterator[Result]:
    """Read each list in a process of its own, which has the memory of no other."""
    yield from _memory()
    yield from _stall()
    yield _time()
    yield _json()


def _report(count: int, *more: str) -> Read:
    with running("tests.bench.row_server", str(count), *more) as port:
        return _told("read", port.strip())


def _told(*arguments: str) -> Read:
    return Read(**json.loads(told("tests.bench.stream", *arguments)[-1]))


def _memory() -> Iterator[Result]:
    small = _report(10_000)
    for count in (100_000, 1_000_000):
        read = _report(count)
        assert read.rows == count
        more = read.growth - small.growth
        yield Result(
            f"peak memory while {count:,} rows are streamed",
            f"+{read.growth:.1f} MB",
            f"10,000 rows +{small.growth:.1f} MB",
            f"{more:+.1f} MB",
            "≤ 8 MB more",
            more <= 8,
        )


def _stall() -> Iterator[Result]:
    for name in ("plain", "gzip"):
        # What else the machine does keeps the loop waiting as well: the calmest of three counts.
        read = min((_report(_LARGE, name) for _ in range(3)), key=lambda one: one.stall)
        yield Result(
            f"longest stall of the event loop while 100 MB are streamed, {name}",
            span(read.stall),
            f"an idle loop before {span(read.idle)}",
            "",
            "≤ 25 ms",
            read.stall <= 0.025,
        )


def _time() -> Result:
    turns = [[_report(count).seconds for count in (100_000, 1_000_000)] for _ in range(5)]
    short, long = (statistics.median(times) for times in zip(*turns, strict=True))
    return Result(
        "time for 1,000,000 rows",
        span(long),
        f"100,000 rows {span(short)}",
        f"{long / short:.1f} ×",
        "≤ 10.5 ×",
        long / short <= 10.5,
    )


def _json() -> Result:
    small, read = _told("list", "1000"), _told("list", "50000")
    more = read.growth - small.growth
    return Result(
        "peak memory while 50,000 Imagicle faxes are read from one JSON body",
        f"+{read.growth:.1f} MB",
        f"1,000 faxes +{small.growth:.1f} MB",
        f"{more:+.1f} MB",
        "≤ 4 MB more",
        more <= 4,
    )


def _read(what: str, value: str) -> Read:
    return anyio.run(read_report, value) if what == "read" else read_list(int(value))


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.stdout.write(json.dumps(asdict(_read(*sys.argv[1:]))) + "\n")
    else:
        tell(rows())
