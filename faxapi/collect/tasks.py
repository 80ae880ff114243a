"""Several things at the same time; beside `collect` the only place that starts tasks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

from faxapi.errors import FaxApiError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


async def each(
    items: Iterable[ItemT], worker: Callable[[ItemT], Awaitable[None]], *, limit: int
) -> None:
    """Run `worker` for each item, at most `limit` at a time.

    Raises:
        FaxApiError: The first that a worker raised; it stops the rest.
    """
    waiting = iter(items)
    failures: list[FaxApiError] = []

    async def work() -> None:
        try:
            for item in waiting:
                await worker(item)
        except FaxApiError as error:
            failures.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(limit):
            group.start_soon(work)
    if failures:
        raise failures[0]


async def at_once(
    items: Iterable[ItemT], worker: Callable[[ItemT], Awaitable[ResultT]]
) -> list[ResultT]:
    """Run `worker` for every item at the same time; the results, in the items' order."""
    results: dict[int, ResultT] = {}

    async def work(number: int, item: ItemT) -> None:
        results[number] = await worker(item)

    try:
        async with anyio.create_task_group() as group:
            for number, item in enumerate(items):
                group.start_soon(work, number, item)
    except BaseExceptionGroup as errors:
        _, bugs = errors.split(anyio.get_cancelled_exc_class())
        bug = alone(bugs or errors)
    else:
        return [results[number] for number in sorted(results)]
    raise bug


def alone(error: BaseException) -> BaseException:
    """A lone error without the groups around it."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
