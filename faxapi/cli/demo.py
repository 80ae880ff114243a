"""`faxapi demo`: a week from three simulated providers, all asked at once."""

from __future__ import annotations

import shutil
from datetime import timedelta

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from faxapi.api import FaxApi
from faxapi.cli.common import ExitCode
from faxapi.cli.consoles import Output
from faxapi.render import tables
from faxapi.report import Report
from faxapi.window import Window

_DAYS = 7
_FAILURES = 2
_INSTALL = ('python -m pip install ".[all]"', "here, so that you have the command")
_NEXT = (
    ("faxapi watch --sandbox", "what is in process there, live"),
    ("faxapi report --sandbox", "all of it as a page to look at"),
    ("faxapi collect --sandbox -o faxes.csv", "the faxes for a spreadsheet"),
    ("faxapi --help", "the same with accounts of yours"),
)


async def demo(api: FaxApi) -> ExitCode:
    """Collect, and show what came."""
    report = await api.collect(Window.last(timedelta(days=_DAYS)))
    show(report, Output(highlight=False))
    return ExitCode.COMPLETE if report.complete else ExitCode.PARTIAL


def show(report: Report, console: Console) -> None:
    """Print a report: what is missing first, then what is there."""
    console.print("Three simulated providers, asked all at once.")
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
    console.print(Rule("Next"))
    # nox has it in an environment of its own.
    install = () if shutil.which("faxapi") else (_INSTALL,)
    for command, what in (*install, *_NEXT):
        console.print(Text.assemble((f"  {command:<39}", "bold"), what))
