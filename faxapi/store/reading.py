"""Collections for code without an event loop: they run in a thread, and wait for their reader."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal

from faxapi.api import FaxApi
from faxapi.cursor import Cursor
from faxapi.records import Kind, Record
from faxapi.report import Summary

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectSendStream

    from faxapi.report import Progress
    from faxapi.window import Window

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Ask:
    """What to collect; see `FaxApi.stream`.

    Attributes:
        window: The time to look at; with a cursor alone, until now.
        accounts: Names of the accounts; None for all.
        deadline: How long each kind's collection may take.
        on_progress: Called in the collections' thread.
    """

    window: Window | None = None
    accounts: Sequence[str] | None = None
    deadline: timedelta | None = None
    on_progress: Callable[[Progress], None] | None = None


class Reader:
    """Reads kinds of records, several at a time, with one api on one event loop.

    So a login is tried once, however many kinds are read, and its pace is kept without detours.

    Args:
        open_api: Makes the api, which is open while something is read.
    """

    def __init__(self, open_api: Callable[[], FaxApi]) -> None:
        self._open_api = open_api
        self._lock = Lock()
        self._readers = 0
        self._stack = ExitStack()
        self._opened: tuple[BlockingPortal, FaxApi] | None = None

    def read(
        self, ask: Ask, kind: Kind, cursor: Cursor | None
    ) -> Generator[list[Record], None, Summary]:
        """Read one kind's records in batches; the summary is what the generator returns.

        Closing the generator stops the collection.

        Raises:
            FaxApiError: As `FaxApi.stream`.
        """
        with self._open() as (portal, api):
            if not _is_reported(api, kind, ask.accounts):
                return Summary(cursor=cursor or Cursor())
            out, batches = anyio.create_memory_object_stream[list[Record]](0)
            collection = portal.start_task_soon(_collect, api, ask, kind, cursor, out)
            try:
                while True:
                    try:
                        batch = portal.call(batches.receive)
                    except anyio.EndOfStream:
                        return collection.result()
                    yield batch
            finally:
                collection.cancel()
                portal.call(batches.aclose)

    @contextmanager
    def _open(self) -> Iterator[tuple[BlockingPortal, FaxApi]]:
        """The opened api, and the way into its event loop; the last reader closes both."""
        with self._lock:
            if self._opened is None:
                with ExitStack() as opening:
                    portal = opening.enter_context(start_blocking_portal())
                    entering = portal.wrap_async_context_manager(self._open_api())
                    self._opened = portal, opening.enter_context(entering)
                    self._stack = opening.pop_all()
            self._readers += 1
            opened = self._opened
        try:
            yield opened
        finally:
            with self._lock:
                self._readers -= 1
                if not self._readers:
                    self._opened = None
                    self._stack.close()


def _is_reported(api: FaxApi, kind: Kind, accounts: Sequence[str] | None) -> bool:
    """Whether there is anything to ask for: to most accounts, some kinds are unknown."""
    feeds = (feed for name in accounts or api for feed, _ in api[name].feeds())
    return any(feed.kind is kind for feed in feeds)


async def _collect(
    api: FaxApi,
    ask: Ask,
    kind: Kind,
    cursor: Cursor | None,
    out: MemoryObjectSendStream[list[Record]],
) -> Summary:
    activity = api.stream(
        ask.window,
        cursor=cursor,
        accounts=ask.accounts,
        kinds=[kind],
        deadline=ask.deadline,
        on_progress=ask.on_progress,
    )
    async with out, activity:
        async for batch in activity.batches(_BATCH):
            await out.send(batch)
    return activity.summary
