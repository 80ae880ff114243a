"""A collection that is cancelled at one chosen await of its feeds."""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Generator, Iterable
from functools import partial
from typing import Any, TypeVar, cast

import anyio

from faxapi.providers import Ask, Out, Provider

ItemT = TypeVar("ItemT")


class Fuse:
    """Cancels a scope when the feeds of an account come to their n-th wait, whatever it is for.

    Args:
        at: Which one, from 1; 0 for none.

    Attributes:
        met: How many waits there were.
    """

    def __init__(self, at: int) -> None:
        self.scope = anyio.CancelScope()
        self.met = 0
        self._at = at

    def mount(self, account: Provider) -> Provider:
        """Count the waits of an account's feeds, and of the workers that they start."""
        for method in account.reports():
            setattr(account, method, partial(self._feed, getattr(account, method)))
        return account

    async def _feed(
        self, method: Callable[[Ask, Out], Awaitable[None]], ask: Ask, out: Out
    ) -> None:
        await self._counted(method(ask, cast("Out", _Watched(out, self))))

    @types.coroutine
    def _counted(self, waiting: Awaitable[ItemT]) -> Generator[Any, Any, ItemT]:
        steps = waiting.__await__()
        advance: Callable[[], Any] = partial(next, steps)
        while True:
            try:
                wait = advance()
            except StopIteration as end:
                result: ItemT = end.value
                return result
            self.met += 1
            if self.met == self._at:
                self.scope.cancel()
            try:
                answer = yield wait
            except BaseException as error:  # noqa: BLE001 - it is for the feed
                advance = partial(steps.throw, error)
            else:
                advance = partial(steps.send, answer)


class _Watched:
    """A feed's end whose workers are counted too."""

    def __init__(self, out: Out, fuse: Fuse) -> None:
        self._out = out
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the engine's end has
        return getattr(self._out, name)

    async def each(
        self, items: Iterable[ItemT], worker: Callable[[ItemT], Awaitable[None]], *, limit: int
    ) -> None:
        async def counted(item: ItemT) -> None:
            await self._fuse._counted(worker(item))

        await self._out.each(items, counted, limit=limit)
