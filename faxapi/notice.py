"""What a collection has to say besides its records: gaps, and things worth knowing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from faxapi.records import Direction, Kind


class Feed(NamedTuple):
    """The unit of work and of failure: one account's records of one kind and direction."""

    account: str
    kind: Kind
    direction: Direction | None = None

    @property
    def name(self) -> str:
        """What tells it from its account's others, such as `outbound faxes`."""
        return " ".join(part for part in (self.direction, self.kind) if part)

    def __str__(self) -> str:
        return f"{self.account} {self.name}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader of a collection must know.

    Attributes:
        code: A fixed name, such as `retention`, `skipped_record` or `timezone_assumed`.
        text: One sentence for people.
        feed: Where it was met; the engine fills it in.
        gap: True if records are or may be missing; then the outcome is not complete.
        since: Start of the time that is missing, where known.
        until: End of the time that is missing, where known.
        count: How many records, elements or calls it speaks of.
        path: The element or field it speaks of; never a value.
    """

    code: str
    text: str
    feed: Feed | None = None
    gap: bool = False
    since: datetime | None = None
    until: datetime | None = None
    count: int = 1
    path: str | None = None

    def __str__(self) -> str:
        return f"{self.feed}: {self.text}" if self.feed else self.text
