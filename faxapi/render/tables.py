"""Tables for a terminal; nothing that a stranger wrote can steer it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from faxapi.records import Direction, FaxRecord, JobRecord, JobState, Status
from faxapi.render import words
from faxapi.render.digest import FaxGroup, Total
from faxapi.report import Outcome, OutcomeState, Report, Summary

WAYS = {Direction.OUTBOUND: "out", Direction.INBOUND: "in"}
"""Directions, where there is little room."""
STYLES = {
    Status.COMPLETED: "green",
    Status.FAILED: "red",
    Status.CANCELED: "yellow",
    OutcomeState.COMPLETE: "green",
    OutcomeState.PARTIAL: "yellow",
    OutcomeState.FAILED: "red",
}


def plain(value: object) -> Text:
    """A value as text: control characters, escape codes among them, become U+FFFD."""
    text = "" if value is None else str(value)
    return Text("".join(char if char.isprintable() else "\ufffd" for char in text))


class StatusTotals:
    """Faxes, pages and cost by provider, account, direction and status."""

    def __init__(self) -> None:
        self._totals: dict[FaxGroup, Total] = {}

    def add(self, fax: FaxRecord) -> None:
        """Add a fax."""
        self._totals.setdefault(FaxGroup.of(fax), Total()).add_fax(fax)

    def table(self, *, narrow: bool = False) -> Table:
        """What they come to; in a narrow one, the accounts' names must say whose they are."""
        names = ("Account", "Way") if narrow else ("Provider", "Account", "Direction")
        table = new_table(*names, "Status", numbers=("Faxes", "Pages", "Cost"))
        previous = ""
        for (provider, account, direction, status), total in sorted(self._totals.items()):
            if previous and account != previous:
                table.add_section()
            previous = account
            place = (account, WAYS[direction]) if narrow else (provider, account, direction)
            state = Text(status, style=STYLES.get(status, ""))
            table.add_row(*map(plain, place), state, *_sums(total))
        table.add_section()
        whole = Total.of(self._totals.values())
        table.add_row("all", *("" for _ in names), *_sums(whole), style="bold")
        return table


def _sums(total: Total) -> tuple[str, str, Text]:
    """Faxes, pages and a cost for each currency; where no prices are named, there is none."""
    costs = [plain(cost) for cost in words.money(total.costs)]
    return str(total.faxes), str(total.pages), Text("\n").join(costs or [Text("-")])


def by_status(faxes: Iterable[FaxRecord]) -> Table:
    """Faxes, pages and cost by provider, account, direction and status."""
    totals = StatusTotals()
    for fax in faxes:
        totals.add(fax)
    return totals.table()


def running_jobs(jobs: Iterable[JobRecord]) -> RenderableType:
    """The jobs that are under way."""
    table = new_table("Account", "Job", "Bill code", numbers=("Attempts", "Successful", "Failed"))
    for job in jobs:
        if job.state is JobState.RUNNING:
            counts = (job.destinations, job.successful, job.failed)
            table.add_row(*map(plain, (job.account, job.id, job.bill_code, *counts)))
    return table if table.row_count else Text("No job is running.", style="dim")


def latest_failures(
    faxes: Sequence[FaxRecord], zone: tzinfo | None, *, most: int
) -> RenderableType:
    """Each account's newest failed faxes, with their reasons.

    Args:
        faxes: Sorted by time.
        zone: The reader's zone; None for this machine's.
        most: How many of each account.
    """
    newest = reversed([fax for fax in faxes if fax.status is Status.FAILED])
    seen: Counter[str] = Counter()
    failed = []
    for fax in newest:
        seen[fax.account] += 1
        if seen[fax.account] <= most:
            failed.append(fax)
    table = new_table("When", "Account", "User", "To", "Reason", "The provider says")
    for fax in failed:
        table.add_row(
            plain(_moment(fax.at, zone)),
            *map(plain, (fax.account, fax.user, fax.recipient_number)),
            plain(fax.reason),
            plain(f"{fax.status_code} {fax.reason_text or ''}".strip()),
        )
    return table if failed else Text("No fax failed.", style="dim")


def missing(report: Summary) -> Iterator[RenderableType]:
    """What is not there, and why; nothing if all is complete."""
    for outcome in report.failures:
        yield Text.assemble(
            (f"{outcome.state}: ", STYLES[outcome.state]),
            plain(_part(outcome)),
            ": ",
            _why(outcome),
        )


def timing(report: Report) -> Group:
    """How long it took, beside what one account after the other would have taken."""
    spent: dict[str, timedelta] = {}
    for outcome in report.outcomes:
        spent[outcome.account] = max(spent.get(outcome.account, timedelta()), outcome.elapsed)
    one_by_one = sum(spent.values(), timedelta())
    table = new_table("Account", numbers=("Seconds",))
    for account, elapsed in spent.items():
        table.add_row(plain(account), _seconds(elapsed))
    table.add_section()
    table.add_row("one after the other", _seconds(one_by_one))
    table.add_row("all at once", _seconds(report.elapsed), style="bold")
    return Group(table)


def new_table(*names: str, numbers: Sequence[str] = ()) -> Table:
    """A table with columns of texts, which fold where it is narrow, and of numbers."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, collapse_padding=True)
    for name in names:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _part(outcome: Outcome) -> str:
    return f"{outcome.account} {outcome.kind}"


def _why(outcome: Outcome) -> Text:
    # What went wrong alike in several feeds is said once.
    errors = {(type(error), error.message): str(error) for error in reversed(outcome.errors)}
    gaps = dict.fromkeys(gap.text for gap in outcome.gaps)
    return plain("; ".join((*reversed(errors.values()), *gaps)))


def _moment(moment: datetime | None, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).strftime("%m-%d %H:%M") if moment else ""


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.2f}"
