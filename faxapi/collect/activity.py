"""A collection under way.

Feeds push; the reader's pace holds them back. Together with `tasks` this is the only module that
starts tasks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import anyio

from faxapi.collect import watch
from faxapi.collect.channel import Channel, Checkpoint
from faxapi.collect.feedout import FeedOut
from faxapi.collect.plan import Task
from faxapi.collect.tally import cross_checks, outcomes, progress
from faxapi.collect.tasks import alone
from faxapi.cursor import AccountState, Cursor, login_of
from faxapi.errors import ClientClosed, ConfigurationError, DeadlineExceeded, FaxApiError
from faxapi.records import Record
from faxapi.report import Progress, Summary

if TYPE_CHECKING:
    from types import TracebackType

    from anyio.abc import TaskGroup

    from faxapi.observe import Span

# Seconds between two reports of the progress: a few a second are what a person can read.
_TICK = 0.25
# Seconds that a batch has to fill.
_PATIENCE = 1.0


class Activity:
    """A collection under way: read its records inside `async with`; leaving it ends it.

    `async for record in activity` gives the records as they come, `batches` gives lists of them.
    What goes wrong with an account is in `summary`, not raised; what goes wrong in the reader's own
    code comes out as itself.

    Args:
        tasks: The feeds.
        cursor: Where they go on; what it knows of other feeds is carried through.
        deadline: Seconds for all of it; None for no limit.
        on_progress: Called a few times a second, and at the end.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        cursor: Cursor | None = None,
        *,
        deadline: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._before = cursor or Cursor()
        self._deadline = deadline
        self._on_progress = on_progress
        self._channel: Channel[FeedOut] = Channel()
        self._outs = [FeedOut(task, self._channel) for task in tasks]
        self._checks = cross_checks(tasks)
        self._running = len(tasks)
        self._open = self._entered = False
        self._begun = self._ended = 0.0
        self._group: TaskGroup
        self._span: Span

    async def __aenter__(self) -> Self:
        """Start every feed.

        Raises:
            ClientClosed: It was entered before.
        """
        if self._entered:
            text = "a collection runs once"
            raise ClientClosed(text, hint="Call stream() again")
        self._entered = True
        self._begun = anyio.current_time()
        ends_at = math.inf if self._deadline is None else self._begun + self._deadline
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        self._open = True
        self._span = watch.begun(self._outs)
        for out in self._outs:
            out.started = out.ended = self._begun
            self._group.start_soon(self._watched, out, ends_at)
        if self._on_progress:
            self._group.start_soon(self._tell, self._on_progress)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open = False
        # The reader's own error must come out bare, so the group sees only a cancellation.
        canceled = _is_cancellation(error)
        broken = self._group.cancel_scope.cancel_called
        if not canceled:
            self._group.cancel_scope.cancel()
        bug: BaseException | None = None
        try:
            seen = (kind, error, traceback) if canceled else (None, None, None)
            await self._group.__aexit__(*seen)
        except BaseExceptionGroup as group:
            # Trio's group holds the cancellation of the caller's own scope as well.
            _, bugs = group.split(anyio.get_cancelled_exc_class())
            bug = alone(bugs or group)
        finally:
            self._ended = anyio.current_time()
            for out in self._outs:
                out.count_delivered()
            watch.ended(self._span, self._outs, self.summary.outcomes, bug)
        # What a feed's bug has made the reader raise is not the reader's own error.
        if bug is not None and (error is None or canceled or broken):
            raise bug from (None if canceled else error)
        if self._on_progress and bug is None:
            self._on_progress(progress(self._outs, self._elapsed()))

    def __aiter__(self) -> Self:
        """The records, in the order in which they come."""
        return self

    async def __anext__(self) -> Record:
        while True:
            self._check_open()
            record = self._take()
            if record is not None:
                return record
            if not await self._channel.arrival():
                raise StopAsyncIteration

    def batches(self, size: int) -> Batches:
        """The records in lists of at most `size`.

        A list is shorter at the end, and where it did not fill within a second.

        Raises:
            ConfigurationError: `size` is below 1.
        """
        if size < 1:
            text = f"a batch of {size} records was asked for"
            raise ConfigurationError(text, hint="Ask for 1 or more")
        return Batches(self, size)

    async def next_batch(self, size: int) -> list[Record]:
        """The next records, at most `size`; none at the end."""
        self._check_open()
        batch: list[Record] = []
        while not batch and await self._channel.arrival():
            with anyio.move_on_after(_PATIENCE):
                await self._channel.arrival(size)
            # From here on nothing waits, so whatever cancels the reader, it has the records or
            # they are still here.
            batch = self.take_received(size)
        return batch

    def take_received(self, size: int) -> list[Record]:
        """The records that are here by now, at most `size`: for a reader that has to stop."""
        self._check_open()
        batch: list[Record] = []
        while len(batch) < size and (record := self._take()):
            batch.append(record)
        return batch

    @property
    def cursor(self) -> Cursor:
        """Where the next collection goes on, by what was read so far: never further."""
        return self._before.with_feeds(
            (
                out.task.feed,
                AccountState(
                    provider=out.task.provider.provider,
                    login=login_of(out.task.provider.username),
                ),
                out.reached,
            )
            for out in self._outs
        )

    @property
    def summary(self) -> Summary:
        """How it went so far; after leaving, how it went."""
        return Summary(
            outcomes=outcomes(self._outs, self._checks),
            cursor=self.cursor,
            elapsed=self._elapsed(),
            requests=sum(out.meter.requests for out in self._outs),
        )

    def _take(self) -> Record | None:
        """The next record that is here, and every checkpoint before and right behind it."""
        channel = self._channel
        record = None
        while record is None and (taken := channel.take()):
            out, entry = taken
            if isinstance(entry, Checkpoint):
                out.advance(entry)
            else:
                out.records += 1
                record = entry
                if check := self._checks.get(out.task.feed.account):
                    check.add(record)
        while behind := channel.take_checkpoint():
            out, checkpoint = behind
            out.advance(checkpoint)
        return record

    def _check_open(self) -> None:
        if not self._open:
            text = "the collection was left" if self._entered else "the collection is not running"
            raise ClientClosed(text, hint="Read it inside `async with api.stream(…)`")

    async def _watched(self, out: FeedOut, ends_at: float) -> None:
        with watch.feed(self._span, out):
            await self._run(out, ends_at)

    async def _run(self, out: FeedOut, ends_at: float) -> None:
        whole = False
        with anyio.CancelScope(deadline=ends_at) as scope:
            try:
                with out.meter.measured():
                    await out.task.method(out.ask, out)
                whole = True
            except FaxApiError as error:
                out.error(error)
        if scope.cancelled_caught:
            text = f"the collection's {self._deadline:g} s were over before this was done"
            out.error(
                DeadlineExceeded(
                    text, hint="Go on from the cursor, or allow more time or a shorter window"
                )
            )
        out.end(whole=whole)
        self._running -= 1
        if not self._running:
            self._channel.end()

    async def _tell(self, on_progress: Callable[[Progress], None]) -> None:
        while True:
            on_progress(progress(self._outs, self._elapsed()))
            await anyio.sleep(_TICK)

    def _elapsed(self) -> timedelta:
        if not self._entered:
            return timedelta()
        until = anyio.current_time() if self._open else self._ended
        return timedelta(seconds=until - self._begun)


class Batches:
    """The records of a collection in lists."""

    def __init__(self, activity: Activity, size: int) -> None:
        self._activity = activity
        self._size = size

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[Record]:
        batch = await self._activity.next_batch(self._size)
        if not batch:
            raise StopAsyncIteration
        return batch


def _is_cancellation(error: BaseException | None) -> bool:
    """Whether an error is a cancellation, or a group of nothing else."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_cancellation(each) for each in error.exceptions)
    return isinstance(error, anyio.get_cancelled_exc_class())
