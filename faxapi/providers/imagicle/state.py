"""How far one direction's faxes were read: what a cursor keeps of them. No I/O."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from faxapi.cursor import Mark
from faxapi.providers.feed import State
from faxapi.providers.imagicle.models import Fax
from faxapi.window import Window

# It is not proven what time the server's filter goes by, nor that faxes are listed in its order.
_MARGIN = timedelta(days=1)
_SLICE = timedelta(days=1)
# How far behind the mark a fax is still looked at whose status is not documented: an assumption,
# and longer than any fax is tried. Without a bound those would be more and more.
FOLLOWED = timedelta(days=30)
# What the lists show again: the margin, and the hour by which a time without a zone may be early.
_KEPT = _MARGIN + timedelta(hours=1)


class FaxesState(State):
    """How far the feed was read.

    Attributes:
        mark: Submit time of the newest fax up to which each was delivered, or is in `open` or
            `owed`; None before the first.
        listed: Up to where lists were read. It says how the next ones are cut, not what is read.
        done: Faxes that need no second look, with the lists' dates: those that the lists still
            show, and not all that ever were.
        open: Faxes that may still change, with their submit times, whatever their age; and those
            whose submit time no window has reached yet.
        owed: Faxes that have ended, whose details could not be had: the same of them.
    """

    mark: Mark | None = None
    listed: Mark | None = None
    done: Mapping[str, Mark | None] = {}
    open: Mapping[str, Mark | None] = {}
    owed: Mapping[str, Mark | None] = {}


@dataclass(slots=True)
class Progress:
    """The state while a run moves it on.

    Attributes:
        window: What is asked for.
        mark: As in `FaxesState`, and so are the others.
        edges: Where this run's lists begin, end and are cut.
    """

    window: Window
    mark: datetime | None
    listed: datetime | None
    done: dict[str, datetime | None]
    open: dict[str, datetime | None]
    owed: dict[str, datetime | None]
    edges: list[datetime] = field(init=False)
    _met: set[str] = field(default_factory=set)
    _newest: datetime | None = None

    def __post_init__(self) -> None:
        until = self.window.until
        since = min(self._reach, until) - _MARGIN
        read = since if self.listed is None else max(since, min(self.listed, until))
        self.edges = edges(since, read, until + _MARGIN)

    @classmethod
    def of(cls, state: FaxesState, window: Window) -> Progress:
        """What a run starts with."""
        return cls(
            window, state.mark, state.listed, dict(state.done), dict(state.open), dict(state.owed)
        )

    def state(self) -> FaxesState:
        """What the next run is to start with."""
        floor = self._reach - _KEPT
        self.done = {
            identity: date for identity, date in self.done.items() if date is None or date >= floor
        }
        return FaxesState(
            mark=self.mark,
            listed=self.listed,
            done=dict(self.done),
            open=dict(self.open),
            owed=dict(self.owed),
        )

    def shows(self, date: datetime | None) -> bool:
        """Whether this run's lists are to show a fax of this date; without one, any may."""
        return date is None or self.edges[0] <= date < self.edges[-1]

    def meet(self, fax_id: str, date: datetime | None) -> bool:
        """Note that a list shows a fax; whether it is to be looked at."""
        if fax_id in self.done:
            self._see(date)
        wanted = fax_id not in self.done and fax_id not in self._met
        self._met.add(fax_id)
        return wanted

    def unmet(self, holds: Callable[[datetime | None], bool]) -> list[Fax]:
        """The faxes to look at again that no list has shown, as far as the window holds them."""
        return [
            Fax(fax_id=fax_id, date=at)
            for fax_id, at in (*self.open.items(), *self.owed.items())
            if fax_id not in self._met and holds(at)
        ]

    def deliver(
        self, listed: Fax, at: datetime | None, *, may_change: bool, lacks_details: bool
    ) -> None:
        """Note that a fax of this time was delivered, and whether it is to be looked at again."""
        self._see(at)
        if may_change or lacks_details:
            waiting = self.open if may_change else self.owed
            waiting[self.forget(listed)] = at
        else:
            self.settle(listed)

    def put_off(self, listed: Fax, at: datetime | None) -> None:
        """Note that a fax is of a later window: no list may show it by then."""
        self.open[self.forget(listed)] = at

    def is_long_past(self, at: datetime | None) -> bool:
        """Whether a time is so far behind the mark that what has it has ended, it is assumed."""
        return at is not None and self.mark is not None and at < self.mark - FOLLOWED

    def settle(self, listed: Fax) -> None:
        """Note that a fax needs no second look."""
        self.done[self.forget(listed)] = listed.date

    def forget(self, fax: Fax) -> str:
        """Look at a fax no more; its id."""
        fax_id = fax.fax_id or ""
        self.open.pop(fax_id, None)
        self.owed.pop(fax_id, None)
        return fax_id

    def postpone(self, fax: Fax) -> None:
        """Put a fax to be looked at again behind the others, so that each has its turn."""
        waiting = self.open if fax.fax_id in self.open else self.owed
        waiting[self.forget(fax)] = fax.date

    def read_to(self, edge: datetime) -> None:
        """Note that each fax that the lists show up to here was looked at."""
        listed = min(edge, self.window.until)
        self.listed = max(self.listed or listed, listed)
        if self._newest is not None:
            mark = min(self._newest, edge)
            self.mark = max(self.mark or mark, mark)

    def end(self) -> None:
        """Note that every list was read: what has no date and is in none needs no more keeping."""
        self.done = {
            fax_id: date
            for fax_id, date in self.done.items()
            if date is not None or fax_id in self._met
        }

    @property
    def _reach(self) -> datetime:
        return max(self.window.since, self.mark or self.window.since)

    def _see(self, at: datetime | None) -> None:
        # What is not of the window yet is for the next run.
        if at is not None and at < self.window.until:
            self._newest = max(self._newest or at, at)


def edges(since: datetime, read: datetime, until: datetime) -> list[datetime]:
    """Where the lists of a span are cut: what comes after `read` into days at most.

    What an earlier run has read goes with the first of them, in one call: of that there is hardly
    more than the margin's faxes. The parts are equal, since a short one could run backwards on a
    clock that is set back.
    """
    whole = until - read
    parts = math.ceil(whole / _SLICE)
    return [since, *(read + whole * part / parts for part in range(1, parts + 1))]
