"""Whether a provider's totals and the faxes that it delivered agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from faxapi.notice import Notice
from faxapi.records import Direction, FaxRecord, Record, Status, UsageRecord

if TYPE_CHECKING:
    from faxapi.window import Window

_Who = tuple[Direction, str | None]


@dataclass(slots=True)
class CrossCheck:
    """Counts an account's faxes and totals of one collection by direction and user.

    Whether a vendor's totals count every fax or those that got through is often not documented, so
    either count will do.
    """

    window: Window
    _faxes: Counter[_Who] = field(default_factory=Counter)
    _completed: Counter[_Who] = field(default_factory=Counter)
    _totals: Counter[_Who] = field(default_factory=Counter)
    _directions: set[Direction] = field(default_factory=set)

    def add(self, record: Record) -> None:
        """Count a record."""
        if isinstance(record, FaxRecord):
            who = record.direction, record.user
            self._faxes[who] += 1
            self._completed[who] += record.status is Status.COMPLETED
        elif isinstance(record, UsageRecord) and self._spans(record) and record.faxes is not None:
            self._directions.add(record.direction)
            self._totals[record.direction, record.user] += record.faxes

    def notice(self, direction: Direction) -> Notice | None:
        """Say where the totals of a direction say something else than its faxes."""
        if direction not in self._directions:
            return None
        whose = {who for who in {*self._faxes, *self._totals} if who[0] is direction}
        differ = [
            who
            for who in whose
            if self._totals[who] not in {self._faxes[who], self._completed[who]}
        ]
        if not differ:
            return None
        users = "1 user" if len(differ) == 1 else f"{len(differ)} users"
        counted = sum(self._totals[who] for who in differ)
        delivered = sum(self._faxes[who] for who in differ)
        return Notice(
            "totals_differ",
            f"the provider's totals of {users} count {counted} {direction} faxes, and {delivered} "
            "were delivered",
            since=self.window.since,
            until=self.window.until,
            count=len(differ),
        )

    def _spans(self, record: UsageRecord) -> bool:
        """Whether a total is of the whole window; vendors count in whole seconds."""
        since, until = record.since, record.until
        return bool(
            since
            and until
            and abs((since - self.window.since).total_seconds()) < 1
            and abs((until - self.window.until).total_seconds()) < 1
        )
