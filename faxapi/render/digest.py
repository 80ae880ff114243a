"""What many records come to, added up one by one: memory grows with what is told apart only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import lru_cache
from heapq import heappush, heappushpop
from typing import Generic, NamedTuple, TypeVar

from faxapi.records import (
    Direction,
    FaxRecord,
    JobRecord,
    JobState,
    Reason,
    Record,
    Status,
    UsageRecord,
)
from faxapi.transport.redact import redact

# An account's amounts have 38 digits at most, so that no sum is rounded, whatever context is set.
_EXACT = Context(prec=76, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
_OPEN = {Status.QUEUED, Status.IN_PROGRESS}
_NO_TIME = datetime.max.replace(tzinfo=UTC)

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


@dataclass(slots=True)
class Total:
    """Faxes, with their pages and what they cost.

    Attributes:
        faxes: How many.
        pages: Pages that went through.
        costs: Money by currency; where no price is named there is no entry, which is not 0.
    """

    faxes: int = 0
    pages: int = 0
    costs: dict[str | None, Decimal] = field(default_factory=dict)

    def add(
        self, faxes: int, pages: int | None, cost: Decimal | None, currency: str | None
    ) -> None:
        """Add some more."""
        self.faxes += faxes
        self.pages += pages or 0
        if cost is not None:
            self.costs[currency] = _EXACT.add(self.costs.get(currency, Decimal(0)), cost)

    def add_fax(self, fax: FaxRecord) -> None:
        """Add a fax."""
        self.add(1, fax.pages, fax.cost, fax.currency)

    def merge(self, other: Total) -> None:
        """Add another total."""
        self.add(other.faxes, other.pages, None, None)
        for currency, cost in other.costs.items():
            self.add(0, 0, cost, currency)

    @classmethod
    def of(cls, totals: Iterable[Total]) -> Total:
        """The sum of totals."""
        whole = cls()
        for total in totals:
            whole.merge(total)
        return whole


class FaxGroup(NamedTuple):
    """What faxes are counted by."""

    provider: str
    account: str
    direction: Direction
    status: Status

    @classmethod
    def of(cls, fax: FaxRecord) -> FaxGroup:
        """Where a fax is counted."""
        return cls(fax.provider, fax.account, fax.direction, fax.status)


class Payer(NamedTuple):
    """Who used what, when, and in which money."""

    provider: str
    account: str
    user: str | None
    direction: Direction
    month: date | None
    """Its first day, in the reader's zone; None for what has no time, or no one month."""
    currency: str | None
    """None for what has no price, or a price in no known currency."""


class Failure(NamedTuple):
    """Why a fax failed: in the common vocabulary, and in the vendor's."""

    provider: str
    reason: Reason | None
    code: str | None
    text: str | None


@dataclass(slots=True)
class Destination:
    """What became of the faxes to one number.

    Attributes:
        completed: Faxes that went through.
        failed: Faxes that did not.
        pages: Pages of those whose time on the line is known.
        spent: Their time on the line.
        last_failure: When the newest failed.
        last_reason: Why.
    """

    completed: int = 0
    failed: int = 0
    pages: int = 0
    spent: timedelta = timedelta()
    last_failure: datetime | None = None
    last_reason: Reason | None = None

    @property
    def seconds_per_page(self) -> float:
        """How slow it is; 0 where that is not known."""
        return self.spent.total_seconds() / self.pages if self.pages else 0.0

    def add(self, fax: FaxRecord) -> None:
        """Add a fax that has ended."""
        if fax.status is Status.COMPLETED:
            self.completed += 1
            if fax.pages and fax.duration:
                self.pages += fax.pages
                self.spent += fax.duration
        else:
            self.failed += 1
            at = fax.completed_at or fax.at
            if self.last_failure is None or (at is not None and at >= self.last_failure):
                self.last_failure, self.last_reason = at, fax.reason


class Bounded(dict[KeyT, ValueT], Generic[KeyT, ValueT]):
    """A dict that takes no new keys once it is full, and counts what it turned away.

    Args:
        most: How many keys it takes.

    Attributes:
        left_out: How many records it turned away.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.left_out = 0
        self._most = most

    def takes(self, key: KeyT) -> bool:
        """Whether there is an entry for a key, or room for one."""
        if key in self or len(self) < self._most:
            return True
        self.left_out += 1
        return False


class Digest:
    """Adds up what a collection brings; `add` takes the records one by one, in any order.

    Args:
        zone: The reader's, for days and months; None for this machine's.
        most: How many destinations, and how many different failures, are told apart; a hundred
            thousand take some 30 MB. Those that come later are counted in `left_out`.
        oldest: How many of the open faxes are kept.

    Attributes:
        groups: Faxes by provider, account, direction and status.
        days: Faxes by day and provider; those without a time under None.
        payers: Faxes by account, user, direction, month and currency, as far as faxes were read;
            what has no price is counted apart.
        vendor_totals: The same in the vendors' own totals; their month is None.
        failures: Why outbound faxes failed, and how many.
        destinations: By number, as the vendor writes it; outbound faxes that have ended.
        running: The jobs under way.
        jobs: How many jobs there are, by state.
    """

    def __init__(
        self, zone: tzinfo | None = None, *, most: int = 100_000, oldest: int = 20
    ) -> None:
        self.zone = zone
        self.groups: dict[FaxGroup, Total] = {}
        self.days: Counter[tuple[date | None, str]] = Counter()
        self.payers: dict[Payer, Total] = {}
        self.vendor_totals: dict[Payer, Total] = {}
        self.failures: Bounded[Failure, int] = Bounded(most)
        self.destinations: Bounded[str, Destination] = Bounded(most)
        self.running: list[JobRecord] = []
        self.jobs: Counter[JobState] = Counter()
        self._oldest = oldest
        self._open: list[tuple[float, int, FaxRecord]] = []
        self._met = 0

    @classmethod
    def of(cls, records: Iterable[Record], zone: tzinfo | None = None) -> Digest:
        """A digest of these records."""
        digest = cls(zone)
        for record in records:
            digest.add(record)
        return digest

    def add(self, record: Record) -> None:
        """Add a record."""
        match record:
            case FaxRecord():
                self._add_fax(record)
            case UsageRecord():
                total = self.vendor_totals.setdefault(_payer(record, None), Total())
                total.add(record.faxes or 0, record.pages, record.cost, record.currency)
            case JobRecord():
                self.jobs[record.state] += 1
                if record.state is JobState.RUNNING:
                    self.running.append(record)

    def select(
        self, *, direction: Direction | None = None, status: Status | None = None
    ) -> Iterator[tuple[FaxGroup, Total]]:
        """The groups of a direction and a status, any unless given."""
        for group, total in self.groups.items():
            if direction in {None, group.direction} and status in {None, group.status}:
                yield group, total

    @property
    def open_faxes(self) -> list[FaxRecord]:
        """The oldest faxes in process, oldest first."""
        return [fax for _, _, fax in sorted(self._open, reverse=True)]

    @property
    def open_count(self) -> int:
        """How many faxes are in process."""
        return sum(total.faxes for group, total in self.groups.items() if group.status in _OPEN)

    def _add_fax(self, fax: FaxRecord) -> None:
        day = fax.at.astimezone(self.zone).date() if fax.at else None
        month = day.replace(day=1) if day else None
        self.groups.setdefault(FaxGroup.of(fax), Total()).add_fax(fax)
        self.payers.setdefault(_payer(fax, month), Total()).add_fax(fax)
        self.days[day, fax.provider] += 1
        if fax.status in _OPEN:
            self._keep_open(fax)
        elif fax.direction is Direction.OUTBOUND:
            self._add_ended(fax)

    def _add_ended(self, fax: FaxRecord) -> None:
        if fax.status is Status.FAILED:
            # A text that names the number would make a reason of its own of each fax.
            text = _plain(fax.reason_text) if fax.reason_text else None
            failure = Failure(fax.provider, fax.reason, fax.status_code, text)
            if self.failures.takes(failure):
                self.failures[failure] = self.failures.get(failure, 0) + 1
        number = fax.recipient_number
        has_ended = fax.status in {Status.COMPLETED, Status.FAILED}
        if number and has_ended and self.destinations.takes(number):
            self.destinations.setdefault(number, Destination()).add(fax)

    def _keep_open(self, fax: FaxRecord) -> None:
        # A heap whose first is the newest: it gives way to an older one.
        self._met += 1
        entry = (-(fax.at or _NO_TIME).timestamp(), -self._met, fax)
        if len(self._open) < self._oldest:
            heappush(self._open, entry)
        else:
            heappushpop(self._open, entry)


def _payer(record: FaxRecord | UsageRecord, month: date | None) -> Payer:
    currency = None if record.cost is None else record.currency
    who = (record.provider, record.account, record.user, record.direction)
    return Payer(*who, month, currency)


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return redact(text)
