"""Three thousand accounts on clusters of this machine's processes, of which one is killed.

The simulated InterFax runs in a process of its own, on the same cores. It lets any number of
queries through, so that the figures are of work and not of waits.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
import psutil
import pyarrow.parquet as pq
from distributed import Client, LocalCluster

from faxapi import FaxApi, FaxRecord, JobRecord, Report, Summary, UsageRecord, Window
from faxapi.records import Kind, Record
from faxapi.scale import collect
from tests.bench.program import running
from tests.bench.result import Result, faster, span, tell

_ACCOUNTS = 3000
_SHARE = 100
_RECORDS: dict[Kind, type[Record]] = {
    Kind.FAXES: FaxRecord,
    Kind.USAGE: UsageRecord,
    Kind.JOBS: JobRecord,
}


@dataclass
class Killer:
    """Kills a worker that has a share in hand when half of all are done."""

    client: Any
    killed: list[int] = field(default_factory=list)

    def __call__(self, done: int, of: int) -> None:
        """Kill it if it is time."""
        if self.killed or done < of // 2:
            return
        held = self.client.processing()
        address = next(address for address, keys in held.items() if keys)
        self.killed.append(self.client.run(os.getpid, workers=[address])[address])
        os.kill(self.killed[0], signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Run:
    """A collection on a cluster.

    Attributes:
        seconds: How long it took.
        processor: CPU seconds of the workers.
        served: CPU seconds of the simulated providers meanwhile.
        summary: How it went.
    """

    seconds: float
    processor: float
    served: float
    summary: Summary


def rows() -> Iterator[Result]:
    """Collect in one process, with one worker, with three, and with three of which one is lost."""
    options = ("--accounts", str(_ACCOUNTS), "--faxes", "0", "--no-rate-limit")
    with TemporaryDirectory() as folder:
        config = Path(folder, "faxapi.toml")
        with running("faxapi", "sandbox", *options, "--write-config", str(config)):
            window = Window.last(timedelta(days=29))
            begun = time.perf_counter()
            report = anyio.run(_whole, config, window)
            alone = time.perf_counter() - begun
            one = _run(config, window, Path(folder, "one"), workers=1)
            three = _run(config, window, Path(folder, "three"), workers=3)
            lost = _run(config, window, Path(folder, "lost"), workers=3, killed=1)
            same = _same(report, Path(folder, "lost"))
    accounts = f"{len({each.account for each in report.outcomes}):,} accounts"
    yield faster(f"{accounts} on 3 workers", three.seconds, one.seconds, "1 worker")
    yield faster(f"{accounts} on 1 worker", one.seconds, alone, "one process without Dask or files")
    yield Result(
        "CPU time of 3 workers",
        span(three.processor),
        f"1 worker {span(one.processor)}",
        f"{three.processor / one.processor:.2f} ×",
    )
    yield Result(
        "of it for each account",
        span(three.processor / len({each.account for each in report.outcomes})),
        f"of the simulated providers {span(three.served)} meanwhile, for all",
        f"{(three.processor + three.served) / three.seconds / (os.cpu_count() or 1):.0%} of "
        f"{os.cpu_count()} cores",
    )
    yield faster(f"{accounts} on 3 workers, one killed", lost.seconds, three.seconds, "none killed")
    count = sum(len(records) for records in _held(report).values())
    yield Result(
        "records of its dataset that are those of one process, by key and value",
        f"{same:,}",
        f"collected {count:,}",
        f"{same / count:.2%}",
        "100%",
        same == count,
    )


async def _whole(config: Path, window: Window) -> Report:
    async with FaxApi.from_config(config) as api:
        report = await api.collect(window)
    report.raise_for_failures()
    return report


def _run(config: Path, window: Window, out: Path, *, workers: int, killed: int = 0) -> Run:
    with _cluster(workers) as client:
        kill = Killer(client)
        worked, served = _worked(client), _served()
        begun = time.perf_counter()
        summary = collect(
            config,
            window,
            client=client,
            out=out,
            share=_SHARE,
            on_progress=kill if killed else None,
        )
        seconds = time.perf_counter() - begun
        assert len(kill.killed) == killed
        worked, served = _worked(client) - worked, _served() - served
    summary.raise_for_failures()
    return Run(seconds, worked, served, summary)


@contextmanager
def _cluster(workers: int) -> Iterator[Client]:
    # Dask declares it as a text.
    options: dict[str, Any] = {"dashboard_address": None}
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            silence_logs=logging.CRITICAL,
            **options,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _worked(client: Any) -> float:  # noqa: ANN401 - Dask declares what it awaits
    seconds: dict[str, float] = client.run(time.process_time)
    return sum(seconds.values())


def _served() -> float:
    programs = psutil.Process().children(recursive=True)
    serving = next(each for each in programs if "sandbox" in each.cmdline())
    times = serving.cpu_times()
    return float(times.user + times.system)


def _held(report: Report) -> dict[Kind, dict[object, Record]]:
    held: dict[Kind, list[Any]] = {
        Kind.FAXES: report.faxes,
        Kind.USAGE: report.usage,
        Kind.JOBS: report.jobs,
    }
    return {kind: {record.key: record for record in found} for kind, found in held.items()}


def _same(report: Report, out: Path) -> int:
    """How many records a dataset has in common with a report; none may be in it twice, or new."""
    same = 0
    for kind, expected in _held(report).items():
        for path in out.joinpath(kind).rglob("*.parquet"):
            with pq.ParquetFile(path) as file:
                for row in file.read().to_pylist():
                    row.pop("at", None)
                    record = _RECORDS[kind](**row)
                    same += 1 if expected.pop(record.key, None) == record else -1
    return same


if __name__ == "__main__":
    tell(rows())
