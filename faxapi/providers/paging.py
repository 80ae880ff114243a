"""Lists that a vendor gives page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

ItemT = TypeVar("ItemT")


@dataclass(slots=True)
class Paged(Generic[ItemT]):
    """Items of pages, each page read whole before its first item is handed on.

    A plain iterator, so that leaving it early leaves nothing behind.
    """

    next_page: Callable[[], Awaitable[Sequence[ItemT] | None]]
    _items: deque[ItemT] = field(default_factory=deque)
    _ended: bool = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ItemT:
        while not self._items:
            page = None if self._ended else await self.next_page()
            if page is None:
                self._ended = True
                raise StopAsyncIteration
            self._items.extend(page)
        return self._items.popleft()
