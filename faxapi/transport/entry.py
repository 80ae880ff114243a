"""How a call comes onto the network, and what it gives back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from faxapi.errors import ClientClosed, ConnectFailed
from faxapi.transport.pace import Lane, Paused

if TYPE_CHECKING:
    import anyio

    from faxapi.transport.exchange import Exchange
    from faxapi.transport.retry import Budget


class Entry:
    """A call's way onto the network: its login's slot, and then a place, taken for each try.

    Both are given back while it waits for the next try. The waits for them are not charged to the
    call's deadline; a call that waits for its slot keeps nobody else from a place.
    """

    def __init__(
        self, lane: Lane, budget: Budget, places: anyio.Semaphore, entries: set[Entry]
    ) -> None:
        self._lane = lane
        self._budget = budget
        self._places = places
        self._entries = entries
        self._kept: Exchange | None = None

    async def _take(self) -> None:
        await self._lane.take()
        try:
            await self._places.acquire()
        except BaseException:
            self._lane.give_back(spent=False)
            raise
        self._entries.add(self)
        try:
            # A pause may have begun while the call waited for its place.
            self._lane.check()
        except Paused:
            self.give_back(spent=False)
            raise

    def give_back(self, *, spent: bool) -> None:
        """Let another call have the slot, spent or as good as new, and the place."""
        if self in self._entries:
            self._entries.discard(self)
            self._lane.give_back(spent=spent)
            if self._kept:
                self._kept.end()
            else:
                self._places.release()

    def keep(self, exchange: Exchange) -> None:
        """Leave the answer to its reader: the slot until it is closed, a place for each read.

        A reader who does something else meanwhile, another call perhaps, holds no place.
        """
        if self in self._entries:
            self._places.release()
        self._kept = exchange
        exchange.place = self._places
        exchange.on_close = partial(self.give_back, spent=True)

    async def __aenter__(self) -> None:
        await self._budget.uncharged(self._take())

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        if not self._kept:
            self.give_back(spent=not isinstance(error, ConnectFailed | ClientClosed))
