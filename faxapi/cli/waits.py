"""What a single call waits for, told at a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from faxapi.cli.consoles import tell
from faxapi.transport.meter import Meter, Wait

_LOOK_EVERY = 0.5
# A shorter wait is over before it is read.
_WORTH_TELLING = 1.0


@contextmanager
def waits_told() -> Iterator[None]:
    """Say on stderr, if that is a terminal, what is waited for: each wait once."""
    meter, over = Meter(), threading.Event()
    with meter.measured():
        if not sys.stderr.isatty():
            yield
            return
        # A thread, since the event loop's time is the call's.
        threading.Thread(target=_tell, args=(meter, over), daemon=True).start()
        try:
            yield
        finally:
            over.set()


def _tell(meter: Meter, over: threading.Event) -> None:
    told: set[Wait] = set()
    while not over.wait(_LOOK_EVERY):
        for wait in {*meter.waits} - told:
            told.add(wait)
            seconds = (wait.until - datetime.now(UTC)).total_seconds()
            if seconds > _WORTH_TELLING:
                tell(f"waiting {seconds:.0f} s: {wait.reason}")
