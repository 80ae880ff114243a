"""How far a user's sent faxes were read: what a cursor keeps of them. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import AwareDatetime

from faxapi.notice import Notice
from faxapi.providers.feed import State
from faxapi.providers.interfax.models import FaxItemEx

# Ids are not proven to follow the time of submission, so the youngest are read once more.
_SETTLING = timedelta(minutes=2)


class Gap(State):
    """Faxes that were not read yet: those with ids strictly between two others.

    Attributes:
        above: The lower id; 0 where the window's start bounds them.
        below: The upper id.
    """

    above: int
    below: int


class OpenFax(State):
    """A fax that was in process when it was last seen.

    Attributes:
        id: Its TransactionID.
        submitted_at: Its SubmitTime.
        missed: Whether InterFax did not know it when it was last asked for.
    """

    id: int
    submitted_at: AwareDatetime | None = None
    missed: bool = False


class UserState(State):
    """How far one user's faxes were read.

    Attributes:
        top: Every fax up to this id was read, but for the gaps; 0 before the first.
        gaps: What a run that was cut short left below it, the newest first.
        open: The faxes to look at again, whatever their ids.
    """

    top: int = 0
    gaps: tuple[Gap, ...] = ()
    open: tuple[OpenFax, ...] = ()


class OutboundState(State):
    """How far the feed was read: each user by a digest of the name."""

    users: Mapping[str, UserState] = {}


@dataclass(slots=True)
class Marks:
    """A user's state while a run moves it on.

    Attributes:
        top: As in `UserState`.
        until: The window's end: what was submitted from then on is left for the next run.
        gaps: As in `UserState`.
        open: As in `UserState`, by id.
        met: The ids that were delivered in this run and are or were open.
    """

    top: int
    until: datetime
    gaps: list[Gap] = field(default_factory=list)
    open: dict[int, OpenFax] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    _newest: datetime | None = None
    _settled: int = 0
    _capped: bool = False
    _unsettled: list[FaxItemEx] = field(default_factory=list)
    _left: Gap | None = None

    @classmethod
    def of(cls, state: UserState, until: datetime) -> Marks:
        """The marks that a run starts with."""
        return cls(state.top, until, list(state.gaps), {fax.id: fax for fax in state.open})

    def state(self) -> UserState:
        """What the next run is to start with."""
        return UserState(top=self.top, gaps=tuple(self.gaps), open=tuple(self.open.values()))

    def note(self, item: FaxItemEx) -> None:
        """Keep in mind that a fax was delivered in its present state."""
        number = item.transaction_id
        if is_open(item):
            self.met.add(number)
            self.open[number] = OpenFax(id=number, submitted_at=item.submit_time)
        elif self.open.pop(number, None):
            self.met.add(number)

    def unmet(self) -> list[int]:
        """The open faxes that this run has not come across."""
        return sorted(self.open.keys() - self.met)

    def missed(self, numbers: Iterable[int]) -> list[OpenFax]:
        """Note that InterFax does not know these; returns those that it has missed before."""
        gone = []
        for number in numbers:
            fax = self.open.pop(number)
            if fax.missed:
                gone.append(fax)
            else:
                self.open[number] = fax.model_copy(update={"missed": True})
        return gone

    def read_down(self, items: Sequence[FaxItemEx], floor: int) -> None:
        """Move on by a page of the walk from the newest fax down to the fax `floor`.

        Until one is met that has settled, the marks stay: all of it is read again.
        """
        self._see(items)
        for item in items:
            if self._is_later(item):
                self._settled = 0
            elif not self._settled and self._has_settled(item):
                self._settled = item.transaction_id
        self.end_walk()
        self.top = max(self._settled, floor)
        lowest = min(item.transaction_id for item in items)
        if self.top > floor and lowest > floor + 1:
            self._left = Gap(above=floor, below=lowest)
            self.gaps.insert(0, self._left)

    def end_walk(self) -> None:
        """Note that the walk has left nothing out."""
        if self._left in self.gaps:
            self.gaps.remove(self._left)
        self._left = None

    def read_gap(self, gap: Gap, items: Sequence[FaxItemEx]) -> Gap:
        """Move on by a page of the walk through a gap; what is left of it."""
        rest = gap.model_copy(update={"below": min(item.transaction_id for item in items)})
        self.gaps[self.gaps.index(gap)] = rest
        return rest

    def widen(self) -> None:
        """Take what lies above the lowest gap for unread, for a route that knows no gaps."""
        self.top = min([self.top, *(gap.above for gap in self.gaps)])
        self.gaps.clear()

    def read_up(self, items: Iterable[FaxItemEx]) -> None:
        """Move on by a page of a query that goes upwards."""
        self._unsettled += items
        self._see(self._unsettled)
        for item in self._unsettled:
            self._capped = self._capped or self._is_later(item)
            if not self._capped and self._has_settled(item):
                self.top = max(self.top, item.transaction_id)
        left = [item for item in self._unsettled if item.transaction_id > self.top]
        self._unsettled = [] if self._capped else left

    def _see(self, items: Iterable[FaxItemEx]) -> None:
        times = [item.submit_time for item in items if item.submit_time]
        self._newest = max(times + ([self._newest] if self._newest else []), default=None)

    def _is_later(self, item: FaxItemEx) -> bool:
        return item.submit_time is not None and item.submit_time >= self.until

    def _has_settled(self, item: FaxItemEx) -> bool:
        return bool(
            item.submit_time and self._newest and item.submit_time <= self._newest - _SETTLING
        )


def is_open(item: FaxItemEx) -> bool:
    """Whether a fax can still change: by its sign, and where it has no status nobody knows."""
    return item.status is None or item.status < 0


def vanished(faxes: Sequence[OpenFax]) -> Notice:
    """Open faxes that InterFax has twice not known."""
    times = [fax.submitted_at for fax in faxes if fax.submitted_at]
    return Notice(
        "vanished",
        "faxes that were in process are no longer listed, so nobody knows how they ended",
        gap=True,
        since=min(times, default=None),
        until=max(times, default=None),
        count=len(faxes),
    )
