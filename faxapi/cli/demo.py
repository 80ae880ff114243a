"""Collect the last seven days from three simulated providers at once, and show what came."""

from __future__ import annotations

import sys
from datetime import timedelta

import anyio
from rich.console import Console
from rich.rule import Rule

from faxapi.api import FaxApi
from faxapi.render import tables
from faxapi.report import Report
from faxapi.sandbox import Sandbox
from faxapi.window import Window

_DAYS = 7
_FAILURES = 3


async def run() -> Report:
    """Start the sandbox and collect from its accounts."""
    async with Sandbox(seed=1) as sandbox, FaxApi(*sandbox.accounts()) as api:
        return await api.collect(Window.last(timedelta(days=_DAYS)))


def show(report: Report, console: Console) -> None:
    """Print a report: what is missing first, then what is there."""
    for problem in tables.missing(report):
        console.print(problem)
    console.print(Rule(f"Faxes of the last {_DAYS} days"))
    console.print(tables.by_status(report.faxes))
    console.print(Rule("Running jobs"))
    console.print(tables.running_jobs(report.jobs))
    console.print(Rule("Latest failures"))
    console.print(tables.latest_failures(report.faxes, None, most=_FAILURES))
    console.print(Rule("Time"))
    console.print(tables.timing(report))


def main() -> int:
    """Run the demo; the exit code is 0 if everything came, else 3; 130 if it was interrupted."""
    try:
        report = anyio.run(run)
    except KeyboardInterrupt:
        return 130
    show(report, Console())
    return 0 if report.complete else 3


if __name__ == "__main__":
    sys.exit(main())
