"""What lies between the feeds and the reader."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

from faxapi.errors import ConfigurationError
from faxapi.records import Record

if TYPE_CHECKING:
    from pydantic import JsonValue

SourceT = TypeVar("SourceT")

# Enough to keep the feeds busy while the reader stores what it has; a few megabytes.
_ROOM = 1000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a feed was read, behind the records that it pushed before.

    Attributes:
        state: What its provider needs to go on.
        through: Up to when it was read to its end; None if it was not.
        last: Whether the feed has ended.
    """

    state: JsonValue
    through: datetime | None = None
    last: bool = False


class Channel(Generic[SourceT]):
    """One queue of records and checkpoints, each with the feed that it came from.

    A feed puts an entry in one step and then waits for room: so whatever cancels it, the entry is
    the reader's. At most `_ROOM` records wait, or as many as the reader wants at once, and one more
    for each feed.
    """

    def __init__(self) -> None:
        self._entries: deque[tuple[SourceT, Record | Checkpoint]] = deque()
        self._records = 0
        self._ended = False
        self._wanted = 0
        self._arrival: anyio.Event | None = None
        self._room: anyio.Event | None = None

    @property
    def full(self) -> bool:
        """Whether a feed is to wait."""
        return self._records >= max(_ROOM, self._wanted)

    @property
    def _arrived(self) -> bool:
        """Whether what the reader waits for is here."""
        return self._records >= self._wanted and bool(self._entries)

    def put(self, source: SourceT, entry: Record | Checkpoint) -> None:
        """Hand over an entry; a checkpoint takes the place of its feed's last one."""
        if isinstance(entry, Checkpoint) and self._entries:
            last, before = self._entries[-1]
            if last is source and isinstance(before, Checkpoint):
                self._entries.pop()
        self._entries.append((source, entry))
        self._records += not isinstance(entry, Checkpoint)
        self._wake_reader()

    async def room(self) -> None:
        """Wait while the reader is behind."""
        while self.full:
            if self._room is None:
                self._room = anyio.Event()
            await self._room.wait()

    def take(self) -> tuple[SourceT, Record | Checkpoint] | None:
        """The next entry; None if none is here."""
        if not self._entries:
            return None
        source, entry = self._entries.popleft()
        if not isinstance(entry, Checkpoint):
            self._records -= 1
            if self._records <= _ROOM // 2:
                self._let_in()
        return source, entry

    def take_checkpoint(self) -> tuple[SourceT, Checkpoint] | None:
        """The next entry if it is a checkpoint."""
        if not self._entries:
            return None
        source, entry = self._entries[0]
        if not isinstance(entry, Checkpoint):
            return None
        self.take()
        return source, entry

    async def arrival(self, records: int = 0) -> bool:
        """Wait until so many records are here, or any entry, or the last one.

        Returns:
            False once nothing is here and nothing will come.

        Raises:
            ConfigurationError: Somebody else waits already.
        """
        if self._arrival is not None:
            raise ConfigurationError(
                "another task reads this collection already",
                hint="Let one task read, and hand the records on from there",
            )
        self._wanted = records
        try:
            while not (self._arrived or self._ended):
                self._let_in()
                self._arrival = anyio.Event()
                await self._arrival.wait()
        finally:
            self._wanted = 0
            self._arrival = None
        return bool(self._entries)

    def end(self) -> None:
        """No more entries will come."""
        self._ended = True
        self._wake_reader()

    def _let_in(self) -> None:
        if self._room is not None:
            self._room.set()
            self._room = None

    def _wake_reader(self) -> None:
        if self._arrival is not None and (self._arrived or self._ended):
            self._arrival.set()
