"""What it costs to write a million records, collected from a sandbox in another process.

These run in a process of their own, and tell of it:

- `python -m tests.bench.export collect LOGIN FILE` collects all faxes into a Parquet file; with ""
  for FILE it only reads them.
- `python -m tests.bench.export compare LOGIN FILE` collects them again, and counts those that the
  file has too.
- `python -m tests.bench.export write FORMAT COUNT FILE` writes so many faxes that it makes up.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pyarrow as pa
import pyarrow.parquet as pq

from faxapi import Activity, Direction, FaxApi, FaxRecord, Openfax, Report, Status, Window
from faxapi.export import Format, open_export
from faxapi.sandbox import Sandbox
from tests.bench.program import peak, running, told
from tests.bench.result import Result, at_most, in_turns, tell

_BROADCAST = 10_000
_SMALL, _LARGE = 100_000, 1_000_000
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_IN_MEMORY = 50_000


@dataclass(frozen=True, slots=True)
class Written:
    """Faxes that were written, or only read.

    Attributes:
        faxes: How many there were.
        seconds: How long it took.
        peak: The most memory, in MB, that the process had.
    """

    faxes: int
    seconds: float
    peak: float


def _api(login: str) -> FaxApi:
    return FaxApi(Openfax(**json.loads(login), timezone="UTC"))


def _faxes(api: FaxApi) -> Activity:
    return api.stream(Window.last(timedelta(days=30)), kinds=["faxes"])


async def collect(login: str, path: str) -> Written:
    """Collect everything, into a file if there is a path."""
    begun, count = time.perf_counter(), 0
    async with _api(login) as api, _faxes(api) as activity:
        if not path:
            async for batch in activity.batches(1000):
                count += len(batch)
        else:
            with open_export(path, "parquet", kind="faxes") as export:
                async for batch in activity.batches(1000):
                    export.write(batch)
                    count += len(batch)
                export.finish(activity.summary)
    assert activity.summary.complete
    return Written(count, time.perf_counter() - begun, peak())


def write(form: str, count: str, path: str) -> Written:
    """Write faxes that nobody keeps."""
    begun = time.perf_counter()
    with open_export(path, form, kind="faxes") as export:
        export.write(_made_up(int(count)))
        export.finish(Report())
    return Written(int(count), time.perf_counter() - begun, peak())


def _made_up(count: int) -> Iterator[FaxRecord]:
    for number in range(count):
        yield FaxRecord(
            provider="made up",
            account=f"account {number % 10}",
            id=str(number),
            direction=Direction.OUTBOUND,
            status=Status.COMPLETED,
            recipient_number=f"+1212{number:07}",
            subject=f"Order {number * 7919 % 100_003}",
            pages=number % 40,
            completed_at=_NOW - timedelta(seconds=number),
            duration=timedelta(milliseconds=number % 100_000),
            cost=Decimal(number % 500).scaleb(-2),
        )


async def compare(login: str, path: str) -> int:
    """How many records of a Parquet file are those of the collection."""
    expected: dict[str, int] = {}
    async with _api(login) as api, _faxes(api) as activity:
        async for batch in activity.batches(1000):
            expected |= {fax.id: hash(fax) for fax in batch if isinstance(fax, FaxRecord)}
    with pq.ParquetFile(path) as file:
        assert file.metadata.num_rows == len(expected)
        return sum(
            hash(fax) == expected.pop(fax.id)
            for batch in file.iter_batches(1000)
            for fax in _records(batch)
        )


def _records(batch: pa.RecordBatch) -> Iterator[FaxRecord]:
    for row in batch.to_pylist():
        del row["at"]
        yield FaxRecord(**row)


def rows() -> Iterator[Result]:
    """Collect in processes of their own, then write what is in memory."""
    with TemporaryDirectory() as folder:
        yield from _collections(f"{folder}/faxes.parquet")
        for form in Format:
            small, large = (_told("write", form, str(n), f"{folder}/x") for n in (_SMALL, _LARGE))
            yield _memory(f"writes {large.faxes:,} faxes as {form}", small, large)
    yield from _formats()


def _collections(file: str) -> Iterator[Result]:
    with _sandbox(_SMALL) as login:
        small = _told("collect", login, file)
    with _sandbox(_LARGE) as login:
        large, alone = _told("collect", login, file), _told("collect", login, "")
        same = int(told("tests.bench.export", "compare", login, file)[-1])
    yield _memory(f"collects {large.faxes:,} faxes into Parquet", small, large)
    size = Path(file).stat().st_size / large.faxes
    what = f"time for each of them ({size:.0f} bytes of the file)"
    took, read = (each.seconds / each.faxes for each in (large, alone))
    yield at_most(what, took, read, "only read")
    yield Result(
        "how many of the file's records a second collection brings too",
        f"{same:,}",
        f"collected {large.faxes:,}",
        f"{same / large.faxes:.0%}",
        "100%",
        same == large.faxes,
    )


def _memory(what: str, small: Written, large: Written) -> Result:
    more = large.peak - small.peak
    return Result(
        f"peak memory of a process that {what}",
        f"{large.peak:.0f} MB",
        f"{small.faxes:,} faxes {small.peak:.0f} MB",
        f"{more:+.1f} MB",
        "≤ 16 MB more",
        more <= 16,
    )


@contextmanager
def _sandbox(faxes: int) -> Iterator[str]:
    options = ("--faxes", "0", "--broadcasts", str(faxes // _BROADCAST))
    with running("faxapi.sandbox", *options) as line:
        yield json.dumps(json.loads(line)["openfax"])


def _told(*arguments: str) -> Written:
    return Written(**json.loads(told("tests.bench.export", *arguments)[-1]))


def _formats() -> Iterator[Result]:
    report = anyio.run(_interfax)
    faxes = report.faxes
    by_pydantic: dict[Format, Callable[[], object]] = {
        Format.JSONL: lambda: b"\n".join(fax.model_dump_json().encode() for fax in faxes),
        Format.PARQUET: lambda: pq.write_table(_table_of(faxes), io.BytesIO(), compression="zstd"),
    }
    for form in Format:
        peer = by_pydantic.get(form, by_pydantic[Format.JSONL])
        took = in_turns(3, ours=partial(_write, report, form), peer=peer)
        each = {name: seconds / len(faxes) for name, seconds in took.items()}
        name = "`pyarrow.Table.from_pylist`" if form is Format.PARQUET else "`model_dump_json`"
        yield at_most(f"an InterFax fax in memory → {form}", each["ours"], each["peer"], name)


async def _interfax() -> Report:
    async with Sandbox(faxes=_IN_MEMORY, rate_limit=None) as sandbox:
        interfax, *_ = sandbox.accounts()
        async with FaxApi(interfax) as api:
            return await api.collect(Window.last(timedelta(days=40)), kinds=["faxes"])


def _table_of(faxes: list[FaxRecord]) -> pa.Table:
    return pa.Table.from_pylist([fax.model_dump() for fax in faxes])


def _write(report: Report, form: Format) -> None:
    with open_export(io.BytesIO(), form, kind="faxes") as export:
        export.write(report.faxes)
        export.finish(report)


def _main(*arguments: str) -> None:
    match arguments:
        case ("collect", login, file):
            found: object = asdict(anyio.run(collect, login, file))
        case ("compare", login, file):
            found = anyio.run(compare, login, file)
        case ("write", form, count, file):
            found = asdict(write(form, count, file))
        case _:
            tell(rows())
            return
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
