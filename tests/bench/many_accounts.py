"""A thousand accounts in one process: wall time, requests and peak memory of three hourly runs.

The simulated InterFax runs in a process of its own. Each account has 20 faxes of the last 40 days.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import anyio

from faxapi import Cursor, FaxApi, InterFax, Summary, Window
from tests.bench.program import peak, running


def accounts(logins: list[dict[str, str]]) -> list[InterFax]:
    """A client for each login."""
    return [
        InterFax(
            login["username"],
            login["password"],
            base_url=login["base_url"],
            name=f"account-{number}",
            timezone="UTC",
            keep_raw=False,
        )
        for number, login in enumerate(logins)
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """A collection and its cost.

    Attributes:
        seconds: How long it took.
        processor: Seconds of CPU time that it took.
        records: How many came.
        summary: How it ended.
    """

    seconds: float
    processor: float
    records: int
    summary: Summary


async def collect(api: FaxApi, cursor: Cursor | None = None) -> Run:
    """Collect 30 days, or what is new since the cursor."""
    begun, processed, records = time.perf_counter(), time.process_time(), 0
    async with api.stream(Window.last(timedelta(days=30)), cursor=cursor) as activity:
        async for batch in activity.batches(1000):
            records += len(batch)
    activity.summary.raise_for_failures()
    seconds, processor = time.perf_counter() - begun, time.process_time() - processed
    return Run(seconds, processor, records, activity.summary)


async def measure(logins: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Three runs, each from the cursor of the one before."""
    rows: list[dict[str, Any]] = [{"run": "before", "peak MB": f"{peak():.0f}"}]
    cursor: Cursor | None = None
    async with FaxApi(*accounts(logins)) as api:
        for name in ("first: 30 days", "next, by cursor", "the one after"):
            if cursor is not None:
                # So that the vendor's minute is over, as it is after an hour.
                await anyio.sleep(61)
            run = await collect(api, cursor)
            cursor = run.summary.cursor
            rows.append(
                {
                    "run": name,
                    "seconds": f"{run.seconds:.1f}",
                    "CPU seconds": f"{run.processor:.1f}",
                    "requests": run.summary.requests,
                    "records": run.records,
                    "peak MB": f"{peak():.0f}",
                    "cursor KB": f"{len(cursor.model_dump_json()) / 1000:.0f}",
                }
            )
    return rows


@contextmanager
def served(count: int) -> Iterator[list[dict[str, str]]]:
    """The logins of so many accounts, while a process of its own serves them."""
    with running("faxapi.sandbox", "--accounts", str(count)) as line:
        yield json.loads(line)["accounts"]


def main() -> None:
    """Serve, measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1000)
    given = parser.parse_args()
    with served(given.accounts) as logins:
        rows = anyio.run(measure, logins)
    columns = list(rows[-1])
    lines = [columns, ["---", *["--:"] * (len(columns) - 1)]]
    lines += [[str(row.get(column, "")) for column in columns] for row in rows]
    sys.stdout.writelines(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
