"""Ctrl-C, and SIGTERM: the first ends the work in order, the second ends the program at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import anyio

from faxapi.cli.common import leave

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# Signals are the process's, and so are these: the innermost is the last.
_SCOPES: list[anyio.CancelScope] = []


@contextmanager
def interruptible() -> Iterator[None]:
    """Work that Ctrl-C ends; what comes behind it goes on."""
    with anyio.CancelScope() as scope:
        _SCOPES.append(scope)
        try:
            yield
        finally:
            _SCOPES.remove(scope)


@contextmanager
def signals_caught() -> Iterator[None]:
    """Let the first signal cancel the innermost `interruptible`, on this event loop."""
    loop = asyncio.get_running_loop()

    def first(_number: int, _frame: FrameType | None) -> None:
        for number in before:
            signal.signal(number, leave)
        # It is between any two instructions of the loop itself, and perhaps asleep.
        loop.call_soon_threadsafe(cancel)

    def cancel() -> None:
        if _SCOPES:
            _SCOPES[-1].cancel()

    # What a shell lets a background job ignore stays ignored.
    before = {
        number: handler
        for number in _SIGNALS
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN
    }
    for number in before:
        signal.signal(number, first)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
