"""A collection for code without an event loop: it runs in a thread, and waits for its reader."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
from anyio.from_thread import start_blocking_portal

from faxapi.records import Kind, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from anyio.abc import ObjectSendStream

    from faxapi.api import FaxApi
    from faxapi.cursor import Cursor
    from faxapi.report import Progress, Summary
    from faxapi.window import Window

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Ask:
    """What to collect; see `FaxApi.stream`.

    Attributes:
        window: The time to look at; with a cursor alone, until now.
        accounts: Names of the accounts; None for all.
        on_progress: Called in the collection's thread.
    """

    window: Window | None = None
    accounts: Sequence[str] | None = None
    on_progress: Callable[[Progress], None] | None = None


def read(
    open_api: Callable[[], FaxApi], ask: Ask, kind: Kind, cursor: Cursor | None
) -> Generator[list[Record], None, Summary]:
    """Read one kind's records in batches; the summary is what the generator returns.

    Closing the generator stops the collection.

    Raises:
        FaxApiError: As `FaxApi.stream`.
    """

    async def collect(out: ObjectSendStream[list[Record]]) -> Summary:
        stream = {"cursor": cursor, "accounts": ask.accounts, "on_progress": ask.on_progress}
        async with out, open_api() as api, api.stream(ask.window, kinds=[kind], **stream) as activity:
            async for batch in activity.batches(_BATCH):
                await out.send(batch)
        return activity.summary

    with start_blocking_portal() as portal:
        out, batches = anyio.create_memory_object_stream[list[Record]](0)
        collection = portal.start_task_soon(collect, out)
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
