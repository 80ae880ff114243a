"""Records as people look through them at a terminal: a table for each kind, and totals."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from faxapi.records import Direction, FaxRecord, JobRecord, Kind, Record, UsageRecord
from faxapi.render.tables import STYLES, StatusTotals, money, new_table, plain

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_WAYS = {Direction.OUTBOUND: "out", Direction.INBOUND: "in"}
# From so many columns on, there is room for more of a fax.
_WIDE = 110


class Listing:
    """The newest records of each kind, and what all come to; the others are not kept.

    Args:
        limit: How many of each kind are kept.
        kinds: Which kinds there are to be.
    """

    def __init__(self, limit: int, kinds: Iterable[Kind]) -> None:
        self._newest = {kind: _Newest(limit) for kind in kinds}
        self._totals = StatusTotals()

    def add(self, record: Record) -> None:
        """Add a record."""
        self._newest[record.kind].add(record)
        if isinstance(record, FaxRecord):
            self._totals.add(record)

    def parts(self, width: int) -> Iterator[RenderableType]:
        """What to print, one below the other, in so many columns; times are this machine's."""
        for kind, newest in self._newest.items():
            records = newest.oldest_first()
            yield Rule(kind.capitalize())
            if not records:
                yield Text(f"There are no {kind}.", style="dim")
                continue
            yield _table(kind, records, wide=width >= _WIDE)
            if newest.left_out:
                yield Text(f"The newest {len(records):,} of {newest.met:,} {kind}.", style="dim")
            if kind is Kind.FAXES:
                yield Rule("Totals")
                yield self._totals.table()


class _Newest:
    """Keeps the newest records that it meets, and counts all."""

    def __init__(self, limit: int) -> None:
        self.met = 0
        self._limit = limit
        # The first is the oldest; the number keeps records of one time in order, and apart.
        self._heap: list[tuple[datetime, int, Record]] = []

    @property
    def left_out(self) -> int:
        return self.met - len(self._heap)

    def add(self, record: Record) -> None:
        self.met += 1
        entry = (_time_of(record), self.met, record)
        if len(self._heap) < self._limit:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def oldest_first(self) -> list[Record]:
        return [record for *_, record in sorted(self._heap)]


def _time_of(record: Record) -> datetime:
    match record:
        case FaxRecord():
            return record.at or _BEGINNING
        case UsageRecord():
            return record.until or _BEGINNING
        case JobRecord():
            return _BEGINNING


def _table(kind: Kind, records: Iterable[Record], *, wide: bool) -> Table:
    match kind:
        case Kind.FAXES:
            return _faxes((each for each in records if isinstance(each, FaxRecord)), wide=wide)
        case Kind.USAGE:
            return _usage(each for each in records if isinstance(each, UsageRecord))
        case Kind.JOBS:
            return _jobs(each for each in records if isinstance(each, JobRecord))


def _faxes(faxes: Iterable[FaxRecord], *, wide: bool) -> Table:
    more = ("Subject", "The provider says") if wide else ()
    table = new_table("When", "Account", "Way", "User", "Number", "Status", *more)
    table.add_column("Pages", justify="right", no_wrap=True)
    for column in table.columns:
        column.no_wrap = column.header in {"When", "Way", "Number"}
    for fax in faxes:
        sent = fax.direction is Direction.OUTBOUND
        number = fax.recipient_number if sent else fax.sender or fax.remote_id
        status = f"{fax.status}: {fax.reason}" if fax.reason else str(fax.status)
        says = f"{fax.status_code or ''} {fax.reason_text or ''}".strip()
        texts = map(plain, (fax.subject, says)) if wide else ()
        table.add_row(
            _moment(fax.at),
            plain(fax.account),
            _WAYS[fax.direction],
            plain(fax.user),
            plain(number),
            Text(status, style=STYLES.get(fax.status, "")),
            *texts,
            plain(fax.pages),
        )
    return table


def _usage(totals: Iterable[UsageRecord]) -> Table:
    table = new_table(
        "From", "To", "Account", "Way", "User or number", numbers=("Faxes", "Pages", "Cost")
    )
    for total in totals:
        cost = "-" if total.cost is None else money(total.cost, total.currency)
        table.add_row(
            _moment(total.since),
            _moment(total.until),
            plain(total.account),
            _WAYS[total.direction],
            plain(total.user or total.phone_number),
            plain(total.faxes),
            plain(total.pages),
            cost,
        )
    return table


def _jobs(jobs: Iterable[JobRecord]) -> Table:
    table = new_table(
        "Account", "Job", "Bill code", "State", numbers=("Attempts", "Successful", "Failed")
    )
    for job in jobs:
        counts = (job.destinations, job.successful, job.failed)
        table.add_row(*map(plain, (job.account, job.id, job.bill_code, job.state, *counts)))
    return table


def _moment(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""
