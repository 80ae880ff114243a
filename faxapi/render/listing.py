"""Records as people look through them at a terminal: a table for each kind, and totals."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from faxapi.records import Direction, FaxRecord, JobRecord, JobState, Kind, Record, UsageRecord
from faxapi.render.tables import STYLES, WAYS, StatusTotals, new_table, plain
from faxapi.render.words import price

_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_SHORT, _DATED = "%m-%d %H:%M", "%Y-%m-%d %H:%M"
_MOST_OF_A_YEAR = timedelta(days=300)
# So many columns have room for more of a fax, and so many for less.
_WIDE, _NARROW = 110, 70


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
            yield _table(kind, records, width)
            if newest.left_out:
                yield Text(f"The newest {len(records):,} of {newest.met:,} {kind}.", style="dim")
            if kind is Kind.FAXES:
                yield Rule("Totals")
                yield self._totals.table(narrow=width < _NARROW)


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
            # It has no time; one that runs is of more interest.
            return _END if record.state is JobState.RUNNING else _BEGINNING


def _table(kind: Kind, records: Iterable[Record], width: int) -> Table:
    match kind:
        case Kind.FAXES:
            return _faxes([each for each in records if isinstance(each, FaxRecord)], width)
        case Kind.USAGE:
            return _usage([each for each in records if isinstance(each, UsageRecord)])
        case Kind.JOBS:
            return _jobs([each for each in records if isinstance(each, JobRecord)])


def _faxes(faxes: Sequence[FaxRecord], width: int) -> Table:
    columns = _columns(faxes)
    if width < _NARROW:
        columns = {name: columns[name] for name in ("When", "Account", "Number", "Status")}
    elif width < _WIDE:
        del columns["Subject"], columns["The provider says"]
    table = new_table()
    for name in columns:
        fixed = name in {"When", "Way", "Number", "Pages"}
        table.add_column(name, no_wrap=fixed, overflow="fold")
    table.columns[-1].justify = "right" if "Pages" in columns else "left"
    for fax in faxes:
        table.add_row(*(cell(fax) for cell in columns.values()))
    return table


def _columns(faxes: Iterable[FaxRecord]) -> dict[str, Callable[[FaxRecord], Text]]:
    """What can be shown of faxes: a column's name, and its cell for a fax."""
    form = _form(fax.at for fax in faxes)
    return {
        "When": lambda fax: Text(_moment(fax.at, form)),
        "Account": lambda fax: plain(fax.account),
        "Way": lambda fax: Text(WAYS[fax.direction]),
        "User": lambda fax: plain(fax.user),
        "Number": lambda fax: plain(_number(fax)),
        "Status": lambda fax: Text(
            f"{fax.status}: {fax.reason}" if fax.reason else fax.status,
            style=STYLES.get(fax.status, ""),
        ),
        "Subject": lambda fax: plain(fax.subject),
        "The provider says": lambda fax: plain(
            f"{fax.status_code or ''} {fax.reason_text or ''}".strip()
        ),
        "Pages": lambda fax: plain(fax.pages),
    }


def _number(fax: FaxRecord) -> str | None:
    """The other side's number."""
    if fax.direction is Direction.OUTBOUND:
        return fax.recipient_number
    return fax.sender or fax.remote_id


def _usage(totals: Sequence[UsageRecord]) -> Table:
    table = new_table(
        "From", "To", "Account", "Way", "User or number", numbers=("Faxes", "Pages", "Cost")
    )
    form = _form(total.since for total in totals)
    for total in totals:
        cost = "-" if total.cost is None else price(total.cost, total.currency)
        table.add_row(
            _moment(total.since, form),
            _moment(total.until, form),
            plain(total.account),
            WAYS[total.direction],
            plain(total.user or total.phone_number),
            plain(total.faxes),
            plain(total.pages),
            cost,
        )
    return table


def _jobs(jobs: Sequence[JobRecord]) -> Table:
    table = new_table(
        "Account", "Job", "Bill code", "State", numbers=("Attempts", "Successful", "Failed")
    )
    for job in jobs:
        counts = (job.destinations, job.successful, job.failed)
        table.add_row(*map(plain, (job.account, job.id, job.bill_code, job.state, *counts)))
    return table


def _form(moments: Iterable[datetime | None]) -> str:
    """How to write times: with the year where a day of another could be meant."""
    since = datetime.now(UTC) - _MOST_OF_A_YEAR
    return _DATED if any(moment and moment < since for moment in moments) else _SHORT


def _moment(moment: datetime | None, form: str) -> str:
    return moment.astimezone().strftime(form) if moment else ""
