"""The engine: every account's feeds at once, one bounded channel, one outcome a part.

Feeds push; the reader's pace holds them back. This is the only module with task groups.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
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

ItemT = TypeVar("ItemT")
Batch = list[Record]

# A channel of batches costs a hundredth of a channel of records; a few of them keep feeds busy
# without piling records up in front of a slow reader.
_BATCH = 100
_WAITING_BATCHES = 8


@dataclass(frozen=True, slots=True)
class Task:
    """One feed of one account.

    Attributes:
        provider: The account.
        feed: Which of its feeds.
        method: The provider's method for it.
        explicit: Whether its kind was asked for by name.
    """

    provider: Provider
    feed: Feed
    method: Callable[[Ask, Out], Awaitable[None]]
    explicit: bool = False


_NO_TIME = Notice("no_time", "a fax has no time, so nobody can tell whether it is of the window")


class Channel:
    """What lies between feeds and reader: a few batches, and no more.

    A feed waits for room, and then hands its batch over in one step: so whatever cancels a feed,
    the batch is still the feed's, or it is the reader's.
    """

    def __init__(self) -> None:
        self._room = anyio.Semaphore(_WAITING_BATCHES)
        self._sender, self._receiver = anyio.create_memory_object_stream[Batch](float("inf"))

    async def room(self) -> None:
        """Wait until there is room for a batch."""
        await self._room.acquire()

    def put(self, batch: Batch) -> None:
        """Hand over a batch that there is room for; an empty one gives its room back."""
        if batch:
            self._sender.send_nowait(batch)
        else:
            self._room.release()

    async def get(self) -> Batch | None:
        """Take the next batch; None once every feed has ended."""
        try:
            batch = await self._receiver.receive()
        except anyio.EndOfStream:
            return None
        self._room.release()
        return batch

    def end(self) -> None:
        """No more batches will come."""
        self._sender.close()

    def close(self) -> None:
        """Nobody reads any more."""
        self._sender.close()
        self._receiver.close()


class FeedOut:
    """A feed's end of the channel, and what it has said so far."""

    def __init__(self, task: Task, ask: Ask, channel: Channel) -> None:
        self.task = task
        self.errors: list[FaxApiError] = []
        self.records = 0
        self.started = self.ended = anyio.current_time()
        self.ask = ask
        self._channel = channel
        self._batch: Batch = []
        self._notices: dict[tuple[str, str | None, str], Notice] = {}

    @property
    def notices(self) -> list[Notice]:
        """One notice for each thing said, however often."""
        return list(self._notices.values())

    async def record(self, record: Record) -> None:
        """Deliver a record that lies in the window; waits while the reader is behind."""
        if isinstance(record, FaxRecord):
            if not self.ask.holds(record.at):
                return
            if record.at is None:
                self.notice(_NO_TIME)
        self._batch.append(record)
        if len(self._batch) >= _BATCH:
            await self.flush()

    async def flush(self) -> None:
        """Hand on what was gathered."""
        if self._batch:
            await self._channel.room()
            batch, self._batch = self._batch, []
            self.records += len(batch)
            self._channel.put(batch)

    def notice(self, notice: Notice) -> None:
        """Say something about the feed; what is said again is counted.

        What is missing outside the window was not asked for, and is no gap.
        """
        if not self._concerns(notice):
            return
        key = (notice.code, notice.path, notice.text)
        if before := self._notices.get(key):
            notice = replace(
                notice,
                count=before.count + notice.count,
                since=before.since and notice.since and min(before.since, notice.since),
                until=before.until and notice.until and max(before.until, notice.until),
            )
        self._notices[key] = replace(notice, feed=self.task.feed)

    def _concerns(self, notice: Notice) -> bool:
        window, since, until = self.ask.window, notice.since, notice.until
        spans = since and until and since < window.until and until > window.since
        return bool(spans) or self.ask.holds(since)

    def error(self, error: FaxApiError, *, gap: Notice | None = None) -> None:
        """Note that one item failed, and go on."""
        if gap is not None and not self._concerns(gap):
            return
        provider = self.task.provider
        self.errors.append(error.locate(provider=provider.provider, account=provider.name))
        if gap is not None:
            self.notice(replace(gap, gap=True))

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
        self._channel = Channel()
        self._outs: list[FeedOut] = []
        self._running = 0
        self._group: TaskGroup

    async def __aenter__(self) -> Self:
        ends_at = math.inf if self._deadline is None else anyio.current_time() + self._deadline
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        for task in self._tasks:
            ask = replace(self._ask, zone=task.provider.settings.zone, explicit=task.explicit)
            out = FeedOut(task, ask, self._channel)
            self._outs.append(out)
            self._running += 1
            self._group.start_soon(self._run, out, ends_at)
        if not self._running:
            self._channel.end()
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
            # Trio's group holds the cancellation of the caller's own scope as well.
            _, bugs = group.split(anyio.get_cancelled_exc_class())
            bug = _alone(bugs or group)
        else:
            return
        finally:
            self._channel.close()
        if error is None or canceled:
            raise bug

    def __aiter__(self) -> Self:
        """Batches of records, in the order in which they come."""
        return self

    async def __anext__(self) -> Batch:
        batch = await self._channel.get()
        if batch is None:
            raise StopAsyncIteration
        return batch

    def outcomes(self) -> list[Outcome]:
        """One for each account and kind; true once every batch was read."""
        parts: dict[tuple[str, str], list[FeedOut]] = {}
        for out in self._outs:
            parts.setdefault((out.task.feed.account, out.task.feed.kind), []).append(out)
        return [_outcome(outs) for outs in parts.values()]

    async def _run(self, out: FeedOut, ends_at: float) -> None:
        with anyio.CancelScope(deadline=ends_at) as scope:
            try:
                await out.task.method(out.ask, out)
            except FaxApiError as error:
                out.error(error)
        if scope.cancelled_caught:
            text = f"the collection's {self._deadline:g} s were over before this was done"
            out.error(DeadlineExceeded(text, hint="Allow more time, or a shorter window"))
        await out.flush()
        out.ended = anyio.current_time()
        self._running -= 1
        if not self._running:
            self._channel.end()


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
