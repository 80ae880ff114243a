"""What `faxapi watch` draws: as much as fits, and how much there is."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from faxapi.cli.board import Account, Board, Change, What
from faxapi.cli.changes import stand
from faxapi.records import FaxRecord, JobRecord
from faxapi.render.tables import STYLES, plain

# How long something new stands out.
_FRESH = timedelta(seconds=15)
_TROUBLE_LINES = 4
_DAY = timedelta(days=1)
_OVER = {What.ENDED, What.GONE}

Row = Sequence[Text]


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading, and rows below it of which the first are shown."""

    heading: str
    rows: Sequence[Row]

    def drawn(self, lines: int) -> Iterator[RenderableType]:
        """So many lines of it at most."""
        shown = self.rows[: max(0, lines - 1)]
        heading = self.heading
        if shown and len(shown) < len(self.rows):
            heading += f", {len(shown)} shown"
        if lines:
            yield Text(heading, "bold", no_wrap=True, overflow="ellipsis")
        if shown:
            yield _grid(shown)


def picture(board: Board, width: int, height: int, now: datetime) -> RenderableType:
    """The board in so many columns and lines."""
    sections = [each for each in _sections(board, width, now) if each.rows]
    wanted = [1 + len(section.rows) for section in sections]
    airy = sum(wanted) + len(wanted) < height
    parts: list[RenderableType] = [_head(board, now)]
    for section, lines in zip(sections, _shares(wanted, height - 1), strict=True):
        if airy:
            parts.append("")
        parts += section.drawn(lines)
    return Group(*parts)


def _shares(wanted: Sequence[int], room: int) -> list[int]:
    """What each gets of the room: as much as it wants, or as much as the others."""
    shares = [0] * len(wanted)
    while room > 0 and shares != [*wanted]:
        for place, most in enumerate(wanted):
            if room > 0 and shares[place] < most:
                shares[place] += 1
                room -= 1
    return shares


def _head(board: Board, now: datetime) -> Text:
    jobs = sum(len(account.jobs.current) for account in board.accounts)
    faxes = sum(len(account.faxes.current) for account in board.accounts)
    return Text.assemble(
        (f"{_clock(now)}  {_count(faxes, 'fax', 'faxes')} in process, ", "bold"),
        (f"{_count(jobs, 'job', 'jobs')} running", "bold"),
        ("  Ctrl-C ends it", "dim"),
        no_wrap=True,
        overflow="ellipsis",
    )


def _sections(board: Board, width: int, now: datetime) -> Iterator[_Section]:
    fresh: set[Hashable] = {
        change.record.key
        for change in board.latest
        if change.record and change.what is not What.FOUND and now - change.at < _FRESH
    }
    accounts = board.accounts
    yield _Section(f"Accounts: {len(accounts)}", [_account(each, now) for each in accounts])
    yield _Section("Trouble", [*_trouble(accounts, width)])
    jobs = [job for account in accounts for job in account.jobs.current.values()]
    yield _Section(f"Running jobs: {len(jobs)}", [_job(job, fresh) for job in jobs])
    faxes = [fax for account in accounts for fax in account.faxes.current.values()]
    faxes.sort(key=lambda fax: (fax.at is None, fax.at))
    yield _Section(f"In process: {len(faxes)}", [_fax(fax, fresh, now) for fax in faxes])
    ended = [change for change in reversed(board.latest) if change.what in _OVER]
    yield _Section(f"Ended: {board.totals()}", [_end(change, now) for change in ended])


def _account(account: Account, now: datetime) -> Row:
    if account.problem:
        state = Text("trouble", "red" if account.problem.error else "yellow")
    else:
        state = Text("ok", "green") if account.looked_at else Text("")
    asked = f"answered {_clock(account.looked_at)}" if account.looked_at else ""
    return plain(account.name), state, _next(account, now), Text(asked)


def _next(account: Account, now: datetime) -> Text:
    if account.next_at:
        return Text(f"again in {_left(account.next_at, now)} s", "dim")
    if account.waits:
        # The shortest wait is when something happens next.
        wait = account.waits[-1]
        return Text(f"waits {_left(wait.until, now)} s: {wait.reason}", "yellow")
    return Text("asking …")


def _trouble(accounts: Sequence[Account], width: int) -> Iterator[Row]:
    for account in accounts:
        if problem := account.problem:
            lines = textwrap.wrap(
                plain(problem.text).plain, width, max_lines=_TROUBLE_LINES, placeholder=" …"
            )
            for line in lines:
                yield (Text(line, "red" if problem.error else "yellow"),)


def _job(job: JobRecord, fresh: set[Hashable]) -> Row:
    done = f"{job.destinations or 0:,} done"
    failed = f"{job.failed or 0:,} failed"
    cells = (plain(job.account), plain(job.id), Text(done), Text(failed), plain(job.bill_code))
    return _lit(cells, lit=job.key in fresh)


def _fax(fax: FaxRecord, fresh: set[Hashable], now: datetime) -> Row:
    when = Text(_moment(fax.at, now))
    cells = (when, plain(fax.account), Text(fax.status), plain(fax.user), plain(fax.id))
    return _lit(cells, lit=fax.key in fresh)


def _end(change: Change, now: datetime) -> Row:
    record = change.record
    how, style, user, name = "no longer listed", "yellow", "", ""
    if isinstance(record, FaxRecord):
        user, name = record.user or "", record.id
    elif record:
        name = f"job {record.id}"
    if record and change.what is What.ENDED:
        how = stand(record)
        style = STYLES.get(record.status, "") if isinstance(record, FaxRecord) else "green"
    cells = (Text(_clock(change.at)), plain(change.account), Text(how, style), plain(user))
    return _lit((*cells, plain(name)), lit=now - change.at < _FRESH)


def _lit(cells: Row, *, lit: bool) -> Row:
    """A row that stands out, if it is to."""
    if lit:
        for cell in cells:
            cell.stylize("bold")
    return cells


def _grid(rows: Sequence[Row]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for _ in rows[0][1:]:
        table.add_column(no_wrap=True, overflow="ellipsis")
    # What is longest stands last, and gives way first.
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for row in rows:
        table.add_row(*row)
    return table


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _left(moment: datetime, now: datetime) -> int:
    """Seconds until then, counted down to 0."""
    return max(0, -((now - moment) // timedelta(seconds=1)))


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M:%S}"


def _moment(moment: datetime | None, now: datetime) -> str:
    """A time of the last day, or the day of an older one; in the zone of this machine."""
    if moment is None:
        return ""
    return f"{moment.astimezone():{'%H:%M' if now - moment < _DAY else '%m-%d'}}"
