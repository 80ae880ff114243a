"""The engine: every account's feeds at once, one bounded channel, one outcome a part.

Feeds push; the reader's pace holds them back. This is the only module with task groups.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Self, TypeVar

import anyio

from faxapi.errors import DeadlineExceeded, FaxApiError
from faxapi.notice import Feed, Notice
from faxapi.providers.base import Ask, Out, Provider
from faxapi.records import FaxRecord, Record
from faxapi.report import Outcome

if TYPE_CHECKING:
    from types import TracebackType

    from anyio.abc import TaskGroup
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

ItemT = TypeVar("ItemT")
Batch = list[Record]

# A channel of batches costs a hundredth of a channel of records; a few of them keep feeds busy
# without piling records up in front of a slow reader.
_BATCH = 100
_WAITING_BATCHES = 8


@dataclass(frozen=True, slots=True)
class Task:
    """One feed of one account, and the provider's method for it."""

    provider: Provider
    feed: Feed
    method: Callable[[Ask, Out], Awaitable[None]]


class FeedOut:
    """A feed's end of the channel, and what it has said so far."""

    def __init__(self, task: Task, ask: Ask, channel: MemoryObjectSendStream[Batch]) -> None:
        self.task = task
        self.errors: list[FaxApiError] = []
        self.records = 0
        self.started = self.ended = anyio.current_time()
        self._ask = ask
        self._channel = channel
        self._batch: Batch = []
        self._notices: dict[tuple[str, str | None, str], Notice] = {}

    @property
    def notices(self) -> list[Notice]:
        """One notice for each thing said, however often."""
        return list(self._notices.values())

    async def record(self, record: Record) -> None:
        """Deliver a record that lies in the window; waits while the reader is behind."""
        at = record.at if isinstance(record, FaxRecord) else None
        if at is not None and at not in self._ask.window:
            return
        self._batch.append(record)
        if len(self._batch) >= _BATCH:
            await self.flush()

    async def flush(self) -> None:
        """Hand on what was gathered."""
        if self._batch:
            batch, self._batch = self._batch, []
            self.records += len(batch)
            await self._channel.send(batch)

    def notice(self, notice: Notice) -> None:
        """Say something about the feed; what is said again is counted."""
        key = (notice.code, notice.path, notice.text)
        before = self._notices.get(key)
        count = notice.count + (before.count if before else 0)
        self._notices[key] = replace(notice, feed=self.task.feed, count=count)

    def error(self, error: FaxApiError, *, gap: Notice | None = None) -> None:
        """Note that one item failed, and go on."""
        provider = self.task.provider
        self.errors.append(error.locate(provider=provider.provider, account=provider.name))
        if gap is not None:
            self.notice(replace(gap, gap=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended = anyio.current_time()
        self._channel.close()

    async def each(
        self, items: Iterable[ItemT], worker: Callable[[ItemT], Awaitable[None]], *, limit: int
    ) -> None:
        """Run `worker` for each item, at most `limit` at a time; its first error stops the rest."""
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


class Activity:
    """A collection under way: read its batches inside `async with`; leaving ends it.

    A class, not a generator: what goes wrong in a feed's code comes out here as itself, and what
    goes wrong in the reader's code is the reader's.
    """

    def __init__(self, tasks: Sequence[Task], ask: Ask, *, deadline: float | None = None) -> None:
        self._tasks = tasks
        self._ask = ask
        self._deadline = deadline
        self._outs: list[FeedOut] = []
        self._group: TaskGroup
        self._channel: MemoryObjectReceiveStream[Batch]

    async def __aenter__(self) -> Self:
        sender, self._channel = anyio.create_memory_object_stream[Batch](_WAITING_BATCHES)
        ends_at = anyio.current_time() + (self._deadline or float("inf"))
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        with sender:
            for task in self._tasks:
                out = FeedOut(task, self._ask, sender.clone())
                self._outs.append(out)
                self._group.start_soon(self._run, out, ends_at)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # The reader's own error must come out bare, so the group sees only a cancellation.
        canceled = isinstance(error, anyio.get_cancelled_exc_class())
        if not canceled:
            self._group.cancel_scope.cancel()
        try:
            seen = (kind, error, traceback) if canceled else (None, None, None)
            await self._group.__aexit__(*seen)
        except BaseExceptionGroup as group:
            bug = _alone(group)
        else:
            return
        finally:
            self._channel.close()
        if error is None or canceled:
            raise bug

    def __aiter__(self) -> AsyncIterator[Batch]:
        """Batches of records, in the order in which they come."""
        return aiter(self._channel)

    def outcomes(self) -> list[Outcome]:
        """One for each account and kind; true once every batch was read."""
        parts: dict[tuple[str, str], list[FeedOut]] = {}
        for out in self._outs:
            parts.setdefault((out.task.feed.account, out.task.feed.kind), []).append(out)
        return [_outcome(outs) for outs in parts.values()]

    async def _run(self, out: FeedOut, ends_at: float) -> None:
        with out:
            with anyio.CancelScope(deadline=ends_at) as scope:
                try:
                    await out.task.method(self._ask, out)
                except FaxApiError as error:
                    out.error(error)
            if scope.cancelled_caught:
                text = f"the collection's {self._deadline:g} s were over before this was done"
                out.error(DeadlineExceeded(text, hint="Allow more time, or a shorter window"))
            await out.flush()


def _outcome(outs: Sequence[FeedOut]) -> Outcome:
    task = outs[0].task
    elapsed = max(out.ended for out in outs) - min(out.started for out in outs)
    return Outcome(
        provider=task.provider.provider,
        account=task.feed.account,
        kind=task.feed.kind,
        records=sum(out.records for out in outs),
        errors=tuple(error for out in outs for error in out.errors),
        notices=tuple(notice for out in outs for notice in out.notices),
        elapsed=timedelta(seconds=elapsed),
    )


def _alone(error: BaseException) -> BaseException:
    """A lone error without the groups around it."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
