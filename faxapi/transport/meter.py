"""What a piece of work costs on the network, counted for whoever wants to know.

A meter counts what is done inside its `measured`, in the tasks started there too. Where there is
none, nothing is counted.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from faxapi import observe

if TYPE_CHECKING:
    from collections.abc import Iterator

_CURRENT: ContextVar[Meter | None] = ContextVar("faxapi_meter", default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Wait:
    """A wait that goes on now.

    Attributes:
        reason: What for: "rate limit" is faxapi's own pace, "refused by the provider" a refusal.
        until: When it will be over, as far as is known: aware, in UTC.
    """

    reason: str
    until: datetime


@dataclass(slots=True, eq=False)
class Meter:
    """What was sent, received and waited for.

    Attributes:
        requests: How often a request was sent; each new try is another one.
        bytes: How many bytes of answers' bodies were received, compressed as they came.
        waited: Seconds that were spent in waits for a provider's limits, all tasks' together.
        waits: The waits that go on now.
    """

    requests: int = 0
    bytes: int = 0
    waited: float = 0.0
    waits: list[Wait] = field(default_factory=list)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Count what is done inside here."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)


def count(*, requests: int = 0, received: int = 0) -> None:
    """Add to the meter of this task, if it has one."""
    if meter := _CURRENT.get():
        meter.requests += requests
        meter.bytes += received


@contextmanager
def waiting(reason: str, seconds: float) -> Iterator[None]:
    """Tell the meter of this task, if it has one, of a wait."""
    meter = _CURRENT.get() or Meter()
    wait = Wait(reason, datetime.now(UTC) + timedelta(seconds=seconds))
    begun = time.monotonic()
    meter.waits.append(wait)
    try:
        yield
    finally:
        waited = time.monotonic() - begun
        meter.waits.remove(wait)
        meter.waited += waited
        observe.waited(reason, waited)
