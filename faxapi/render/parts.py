"""The tables of a report, made from a digest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from faxapi.records import Direction, Status
from faxapi.render import words
from faxapi.render.digest import Destination, Digest, Payer, Total

_FAILURES = 12
_DESTINATIONS = 10
_JOBS = 50
_ACCOUNTS = 40
_PAYERS = 60
# One failure is nothing that repeats.
_REPEATED = 2
OPEN = (Status.QUEUED, Status.IN_PROGRESS)

Mask = Callable[[str | None], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        title: Its head.
        number: Whether it is set to the right.
        wide: Whether it needs more room than others, and may be broken where there is none.
    """

    title: str
    number: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell.

    Attributes:
        lines: What it says.
        share: How long its bar is, from 0 to 1; None for none.
        tone: The bar's colour: "good" or "bad".
        detail: What it says besides, in small print.
        badge: A word of warning.
    """

    lines: Sequence[str]
    share: float | None = None
    tone: str = "bad"
    detail: str = ""
    badge: str = ""


@dataclass(slots=True)
class Table:
    """A table.

    Attributes:
        caption: Its title.
        columns: Its columns; the first names the row.
        rows: Its rows.
        last: What they add up to.
        note: How it is counted, and what it leaves out.
        nothing: What stands in its place where it has no rows.
    """

    caption: str
    columns: Sequence[Column]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    last: Sequence[Cell] = ()
    note: str = ""
    nothing: str = ""

    def add(self, *cells: Cell | str) -> None:
        """Add a row."""
        self.rows.append(_cells(cells))

    def end(self, *cells: Cell | str) -> None:
        """Give it its last row."""
        self.last = _cells(cells)


def _cells(cells: Iterable[Cell | str]) -> list[Cell]:
    return [Cell([each]) if isinstance(each, str) else each for each in cells]


def _columns(*texts: str, numbers: Sequence[str] = (), wide: str = "") -> list[Column]:
    return [
        *(Column(title, wide=title == wide) for title in texts),
        *(Column(title, number=True, wide=title == "Cost") for title in numbers),
    ]


def money(total: Total) -> Cell:
    """What something cost, a line for each currency."""
    return Cell(words.money(total.costs) or [words.NOTHING])


def success(completed: int, failed: int) -> Cell:
    """The share that went through of what has ended."""
    ended = completed + failed
    share = completed / ended if ended else None
    return Cell([words.percent(completed, ended)], share, "good")


@dataclass(slots=True)
class _Account:
    completed: int = 0
    failed: int = 0
    received: int = 0
    open: int = 0
    others: int = 0
    total: Total = field(default_factory=Total)

    def add(self, direction: Direction, status: Status, total: Total) -> None:
        self.total.merge(total)
        if direction is Direction.INBOUND:
            self.received += total.faxes
        elif status is Status.COMPLETED:
            self.completed += total.faxes
        elif status is Status.FAILED:
            self.failed += total.faxes
        elif status in OPEN:
            self.open += total.faxes
        else:
            self.others += total.faxes

    def cells(self, *, others: bool) -> list[Cell | str]:
        counts = (self.received, self.open, *([self.others] if others else []), self.total.pages)
        return [
            words.count(self.completed),
            words.count(self.failed),
            success(self.completed, self.failed),
            *map(words.count, counts),
            money(self.total),
        ]


def accounts(digest: Digest, asked: Mapping[str, str], incomplete: Collection[str]) -> Table:
    """Faxes by account.

    Args:
        digest: Of the records.
        asked: The provider of each account that was asked for faxes.
        incomplete: The accounts whose faxes did not all come.
    """
    found: dict[str, _Account] = {name: _Account() for name in asked}
    providers = dict(asked)
    for group, total in digest.groups.items():
        providers[group.account] = group.provider
        found.setdefault(group.account, _Account()).add(group.direction, group.status, total)
    others = any(account.others for account in found.values())
    titles = [
        "Sent",
        "Failed",
        "Success",
        "Received",
        "In\N{NO-BREAK SPACE}process",
        "Pages",
        "Cost",
    ]
    if others:
        titles.insert(5, "Other")
    table = Table("By account", _columns("Account", numbers=titles))
    if others:
        table.note = "Other: canceled, or in a state that the provider does not explain."
    order = sorted(found, key=lambda name: (name not in incomplete, -found[name].total.faxes, name))
    for name in order[:_ACCOUNTS]:
        badge = "not complete" if name in incomplete else ""
        detail = providers[name] if providers[name] != name else ""
        account = found[name]
        cells: list[Cell | str] = account.cells(others=others)
        if name in incomplete and not account.total.faxes:
            # Nobody knows how many there are, so 0 would be a lie.
            cells = [words.NOTHING] * len(titles)
        table.add(Cell([name], detail=detail, badge=badge), *cells)
    if rest := order[_ACCOUNTS:]:
        whole = _Account()
        for name in rest:
            _merge(whole, found[name])
        more = sum(name in incomplete for name in rest)
        badge = f"{words.count(more)} not complete" if more else ""
        label = Cell([f"{words.count(len(rest))} more accounts"], badge=badge)
        table.add(label, *whole.cells(others=others))
    return table


def _merge(whole: _Account, part: _Account) -> None:
    for name in ("completed", "failed", "received", "open", "others"):
        setattr(whole, name, getattr(whole, name) + getattr(part, name))
    whole.total.merge(part.total)


def failures(digest: Digest) -> Table:
    """Why outbound faxes failed."""
    table = Table(
        "Why faxes failed",
        _columns(
            "Reason",
            "The provider says",
            "Provider",
            numbers=("Share", "Faxes"),
            wide="The provider says",
        ),
        nothing="No outbound fax failed.",
    )
    failed = sum(digest.failures.values()) + digest.failures.left_out
    top = nlargest(_FAILURES, digest.failures.items(), key=lambda each: each[1])
    for failure, faxes in top:
        says = " \N{MIDDLE DOT} ".join(part for part in (failure.code, failure.text) if part)
        table.add(
            _label(failure.reason or "not told"),
            says or words.NOTHING,
            failure.provider,
            words.percent(faxes, failed),
            Cell([words.count(faxes)], faxes / top[0][1]),
        )
    if rest := failed - sum(faxes for _, faxes in top):
        blanks = [words.NOTHING] * 2
        table.add("other reasons", *blanks, words.percent(rest, failed), words.count(rest))
    return table


def payers(
    totals: Mapping[Payer, Total], caption: str, *, note: str, nothing: str, months: bool
) -> Table:
    """Pages and cost by account, user and direction, and by month where it is known."""
    texts = ["User", "Account", *(["Month"] if months else []), "Direction"]
    table = Table(caption, _columns(*texts, numbers=("Faxes", "Pages", "Cost")), nothing=nothing)
    largest = nlargest(_PAYERS, totals.items(), key=lambda each: _size(each[1]))
    kept = dict(sorted(largest, key=lambda each: _payer_order(each[0])))
    for payer, total in kept.items():
        month = f"{payer.month:%Y-%m}" if payer.month else "no time"
        cells = (payer.account, *([month] if months else []), payer.direction)
        table.add(payer.user or "no user", *cells, *_sums(total))
    rest = [total for payer, total in totals.items() if payer not in kept]
    if rest:
        label = f"{words.count(len(rest))} more rows"
        table.add(label, *[words.NOTHING] * (len(texts) - 1), *_sums(Total.of(rest)))
        note = f"{note} The {_PAYERS} rows of the largest cost; `faxapi usage` lists all."
    if len(totals) > 1:
        blanks = [""] * (len(texts) - 1)
        table.end("All", *blanks, *_sums(Total.of(totals.values())))
    table.note = note
    return table


def _sums(total: Total) -> tuple[str, str, Cell]:
    return words.count(total.faxes), words.count(total.pages), money(total)


def _size(total: Total) -> tuple[object, ...]:
    return (max(total.costs.values(), default=0), total.pages, total.faxes)


def _payer_order(payer: Payer) -> tuple[str, ...]:
    texts = (payer.account, payer.user, payer.month, payer.direction, payer.currency)
    return tuple(str(text or "") for text in texts)


def repeated_failures(digest: Digest, mask: Mask) -> Table:
    """The destinations that failed most often."""
    table = Table(
        "Destinations that failed repeatedly",
        _columns("Number", "Last failure", numbers=("Failed", "Sent"), wide="Last failure"),
        nothing="No destination failed more than once.",
        note=_left_out(digest),
    )
    repeated = (each for each in digest.destinations.items() if each[1].failed >= _REPEATED)
    for number, destination in nlargest(
        _DESTINATIONS, repeated, key=lambda each: _trouble(each[1])
    ):
        table.add(
            mask(number),
            Cell(
                [words.moment(destination.last_failure, digest.zone)],
                detail=_label(destination.last_reason or ""),
            ),
            words.count(destination.failed),
            words.count(destination.completed),
        )
    return table


def _trouble(destination: Destination) -> tuple[object, ...]:
    last = destination.last_failure
    return (destination.failed, last.timestamp() if last else 0.0)


def slowest(digest: Digest, mask: Mask) -> Table:
    """The destinations where a page takes longest."""
    table = Table(
        "Slowest destinations",
        _columns("Number", numbers=("Seconds a page", "Faxes", "Pages")),
        nothing="No time on the line is known.",
        note=_left_out(digest),
    )
    timed = (each for each in digest.destinations.items() if each[1].pages)
    top = nlargest(_DESTINATIONS, timed, key=lambda each: (each[1].seconds_per_page, each[1].pages))
    longest = top[0][1].seconds_per_page if top else 0.0
    for number, destination in top:
        seconds = destination.seconds_per_page
        table.add(
            mask(number),
            Cell([f"{seconds:,.0f}"], seconds / longest, "neutral"),
            words.count(destination.completed),
            words.count(destination.pages),
        )
    return table


def _left_out(digest: Digest) -> str:
    if not (left_out := digest.destinations.left_out):
        return ""
    return (
        f"Of the first {words.count(len(digest.destinations))} numbers; "
        f"{words.count(left_out)} faxes went to others."
    )


def running_jobs(digest: Digest) -> Table:
    """The jobs under way."""
    table = Table(
        "Running jobs",
        _columns("Job", "Account", "Bill code", numbers=("Attempts", "Sent", "Failed")),
        nothing="No job is running.",
    )
    for job in digest.running[:_JOBS]:
        counts = map(words.count, (job.destinations, job.successful, job.failed))
        table.add(job.id, job.account, job.bill_code or words.NOTHING, *counts)
    if len(digest.running) > _JOBS:
        table.note = f"{_JOBS} of {words.count(len(digest.running))} running jobs."
    return table


def open_faxes(digest: Digest, mask: Mask, *, show_recipients: bool) -> Table:
    """The faxes that have been in process for longest."""
    personal = ("Name", "Subject") if show_recipients else ()
    table = Table(
        "Faxes in process",
        _columns("Since", "Account", "User", "To", *personal, "Status", numbers=("Attempts",)),
        nothing="No fax is in process.",
    )
    for fax in digest.open_faxes:
        shown = (fax.recipient_name, fax.subject) if show_recipients else ()
        table.add(
            words.moment(fax.at, digest.zone),
            fax.account,
            fax.user or words.NOTHING,
            mask(fax.recipient_number),
            *(text or words.NOTHING for text in shown),
            _label(fax.status),
            words.count(fax.attempts),
        )
    if digest.open_count > len(table.rows):
        table.note = f"The oldest {len(table.rows)} of {words.count(digest.open_count)}."
    return table


def _label(name: str) -> str:
    return name.replace("_", " ")


def total(digest: Digest, direction: Direction, statuses: Iterable[Status]) -> Total:
    """What the faxes of a direction in some states come to."""
    wanted = set(statuses)
    return Total.of(
        part for group, part in digest.select(direction=direction) if group.status in wanted
    )
