"""A thousand accounts in one process: wall time, requests and peak memory of three hourly runs.

The simulated InterFax runs in a process of its own. Each account has 20 faxes of the last 40 days.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import anyio

from faxapi import Cursor, FaxApi, InterFax, Window

_MEGABYTES = 2**20 / (1 if sys.platform == "darwin" else 2**10)


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTES


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


async def measure(logins: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Three runs, each from the cursor of the one before."""
    rows: list[dict[str, Any]] = [{"run": "before", "peak MB": f"{peak():.0f}"}]
    cursor: Cursor | None = None
    async with FaxApi(*accounts(logins)) as api:
        for run in ("first: 30 days", "next, by cursor", "the one after"):
            if cursor is not None:
                # So that the vendor's minute is over, as it is after an hour.
                await anyio.sleep(61)
            begun, processed, records = time.perf_counter(), time.process_time(), 0
            window = Window.last(timedelta(days=30))
            async with api.stream(window, cursor=cursor) as activity:
                async for batch in activity.batches(1000):
                    records += len(batch)
            summary = activity.summary
            summary.raise_for_failures()
            cursor = summary.cursor
            wall = time.perf_counter() - begun
            rows.append(
                {
                    "run": run,
                    "seconds": f"{wall:.1f}",
                    "CPU seconds": f"{time.process_time() - processed:.1f}",
                    "requests": summary.requests,
                    "records": records,
                    "peak MB": f"{peak():.0f}",
                    "cursor KB": f"{len(cursor.model_dump_json()) / 1000:.0f}",
                }
            )
    return rows


def main() -> None:
    """Serve, measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1000)
    given = parser.parse_args()
    command = [sys.executable, "-m", "faxapi.sandbox", "--accounts", str(given.accounts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout is not None
        try:
            logins = json.loads(sandbox.stdout.readline())["accounts"]
            rows = anyio.run(measure, logins)
        finally:
            sandbox.terminate()
    columns = list(rows[-1])
    lines = [columns, ["---", *["--:"] * (len(columns) - 1)]]
    lines += [[str(row.get(column, "")) for column in columns] for row in rows]
    sys.stdout.writelines(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
