"""How far a user's sent faxes were read: what a cursor keeps of them. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from faxapi.cursor import Mark
from faxapi.notice import Notice
from faxapi.providers.feed import State
from faxapi.providers.interfax.models import FaxItemEx

if TYPE_CHECKING:
    from faxapi.providers.feed import Ask

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
    submitted_at: Mark | None = None
    missed: bool = False


class UserState(State):
    """How far one user's faxes were read.

    Attributes:
        top: Every fax up to this id was read, but for the gaps; 0 before the first.
        gaps: What a run that was cut short left below it, the newest first.
        open: The faxes to look at again, whatever their ids.
        head: The largest id that was seen.
        head_at: When it was first seen, by our clock.
    """

    top: int = 0
    gaps: tuple[Gap, ...] = ()
    open: tuple[OpenFax, ...] = ()
    head: int = 0
    head_at: Mark | None = None


class OutboundState(State):
    """How far the feed was read.

    Attributes:
        users: Each user by a digest of the name.
        last: The user that was read last, for the others to have their turn.
    """

    users: Mapping[str, UserState] = {}
    last: str | None = None


class Marks:
    """A user's state while a run moves it on.

    Args:
        state: Where the run starts.
        ask: What it is asked for: what was submitted from the window's end on is left for later.

    Attributes:
        top: As in `UserState`, and so are the next two.
        gaps: The newest first.
        open: By id.
        met: The ids that were delivered in this run and are or were open.
    """

    def __init__(self, state: UserState, ask: Ask) -> None:
        self.top = state.top
        self.gaps = list(state.gaps)
        self.open = {fax.id: fax for fax in state.open}
        self.met: set[int] = set()
        self._ask = ask
        self._head, self._head_at = state.head, state.head_at
        # Whatever was young when this one came has had its time since.
        seen_before = state.head_at is not None and ask.now - state.head_at >= _SETTLING
        self._old = state.head if seen_before else 0
        self._newest: datetime | None = None
        self._settled = 0
        self._capped = False
        self._unsettled: list[FaxItemEx] = []
        self._left: Gap | None = None
        self._not_yet = 0

    def state(self) -> UserState:
        """What the next run is to start with."""
        return UserState(
            top=self.top,
            gaps=tuple(self.gaps),
            open=tuple(self.open.values()),
            head=self._head,
            head_at=self._head_at,
        )

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
        """Move on by a page of the walk through a gap; what is left of it.

        Where some of it is left for later, none of it counts as read before its end.
        """
        later = [item.transaction_id for item in items if self._is_later(item)]
        self._not_yet = min(later, default=self._not_yet)
        if self._not_yet:
            return gap
        rest = gap.model_copy(update={"below": min(item.transaction_id for item in items)})
        self.gaps[self.gaps.index(gap)] = rest
        return rest

    def end_gap(self, gap: Gap) -> None:
        """Note that a gap was read to its end, but for what is left for later."""
        place = self.gaps.index(gap)
        above = self._not_yet - 1
        self.gaps[place : place + 1] = (
            [gap.model_copy(update={"above": above})] if self._not_yet else []
        )
        self._not_yet = 0

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

    def _see(self, items: Sequence[FaxItemEx]) -> None:
        times = [item.submit_time for item in items if item.submit_time]
        self._newest = max(times + ([self._newest] if self._newest else []), default=None)
        head = max((item.transaction_id for item in items), default=0)
        if head > self._head:
            self._head, self._head_at = head, self._ask.now

    def _is_later(self, item: FaxItemEx) -> bool:
        moment = item.submit_time or item.completion_time
        return moment is not None and moment >= self._ask.window.until

    def _has_settled(self, item: FaxItemEx) -> bool:
        if item.transaction_id <= self._old:
            return True
        if item.submit_time is None or self._newest is None:
            return False
        return self._ask.latest(item.submit_time) <= self._newest - _SETTLING


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
