"""A feed's end of the channel: what it pushes goes through here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import anyio

from faxapi import observe
from faxapi.collect.channel import Channel, Checkpoint
from faxapi.collect.plan import Task
from faxapi.collect.tasks import each
from faxapi.cursor import FeedState
from faxapi.errors import FaxApiError, Incomplete
from faxapi.notice import Notice
from faxapi.records import FaxRecord, Record
from faxapi.transport.meter import Meter

if TYPE_CHECKING:
    from pydantic import BaseModel

ItemT = TypeVar("ItemT")

# A wait that nobody would notice is not worth a word.
_WORTH_TELLING = 1.0

_NO_TIME = Notice("no_time", "a fax has no time, so nobody can tell whether it is of the window")


class FeedOut:
    """A feed's end of the channel, and what it has said so far.

    Attributes:
        task: The feed.
        errors: What went wrong.
        found: How many records it has pushed.
        records: How many records the reader has got.
        reached: How far the feed was read, by the checkpoints that the reader has got.
        done: Whether it has ended, and the reader has got all of it.
        meter: What it has cost on the network.
        started: When it was started, on the event loop's clock.
        ended: When it ended.
    """

    def __init__(self, task: Task, channel: Channel[FeedOut]) -> None:
        self.task = task
        self.ask = task.ask
        self.errors: list[FaxApiError] = []
        self.found = 0
        self.records = 0
        self.reached = FeedState.model_construct(
            since=self.ask.window.since, through=self.ask.through, state=self.ask.state
        )
        self.done = False
        self.meter = Meter()
        self.started = self.ended = 0.0
        self._channel = channel
        self._counted = 0
        self._last = self.ask.state
        self._notices: dict[tuple[str, str | None, str], Notice] = {}

    def all_errors(self) -> list[FaxApiError]:
        """What went wrong, and that it was left before its end where it was."""
        if self.done:
            return self.errors
        left = Incomplete("this was left before it was done", hint="Go on from the cursor")
        provider = self.task.provider
        return [*self.errors, left.locate(provider=provider.provider, account=provider.name)]

    @property
    def notices(self) -> list[Notice]:
        """One notice for each thing said, however often; and for its waits, if they were long."""
        found = list(self._notices.values())
        if self.meter.waited >= _WORTH_TELLING:
            text = f"it waited {self.meter.waited:.0f} s for the provider's limits"
            found.append(Notice("waited", text, feed=self.task.feed))
        return found

    async def record(self, record: Record) -> None:
        """Deliver a record that lies in the window; waits while the reader is behind."""
        if isinstance(record, FaxRecord):
            if not self.ask.holds(record.at):
                return
            if record.at is None:
                self.notice(_NO_TIME)
        self.found += 1
        self._channel.put(self, record)
        if self._channel.full:
            await self._channel.room()

    def checkpoint(self, state: BaseModel) -> None:
        """Leave what the next run needs to go on behind the records delivered so far."""
        self._last = state.model_dump(mode="json")
        self._channel.put(self, Checkpoint(self._last, self.ask.through))

    def end(self, *, whole: bool) -> None:
        """Nothing more will come; `whole` if it was read to its end."""
        self.ended = anyio.current_time()
        through = self.ask.through
        if whole:
            # Of what is still to come nothing was read.
            until = min(self.ask.window.until, self.ask.now)
            through = max(until, through or until)
        self._channel.put(self, Checkpoint(self._last, through, last=True))

    def advance(self, checkpoint: Checkpoint) -> None:
        """Note that the reader has got everything up to a checkpoint."""
        self.done = checkpoint.last
        self.count_delivered()
        self.reached = FeedState.model_construct(
            since=self.reached.since, through=checkpoint.through, state=checkpoint.state
        )

    @property
    def place(self) -> dict[str, str | None]:
        """What tells this feed from others, where work is told of."""
        feed = self.task.feed
        return {
            "provider": self.task.provider.provider,
            "account": feed.account,
            "kind": str(feed.kind),
            "direction": feed.direction and str(feed.direction),
        }

    def count_delivered(self) -> None:
        """Add the records that the reader has got since the last time to the metric."""
        observe.count("faxapi.records", self.records - self._counted, **self.place)
        self._counted = self.records

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
        observe.count("faxapi.errors", 1, **self.place, error=observe.type_of(error))
        if gap is not None:
            self.notice(replace(gap, gap=True))

    async def each(
        self, items: Iterable[ItemT], worker: Callable[[ItemT], Awaitable[None]], *, limit: int
    ) -> None:
        """Run `worker` for each item, at most `limit` at a time; its first error stops the rest."""
        await each(items, worker, limit=limit)
