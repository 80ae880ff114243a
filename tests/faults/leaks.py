"""What must be as it was once a collection is over: files, sockets, threads and tasks."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sniffio
import trio

_LONGEST = 5.0
# Where a POSIX system lists what a process has open.
_FILES = Path("/dev/fd")


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail if a file, a socket or a thread is left; a warning of one is an error anyway."""
    # What is there already is none of its garbage, and need not be looked through.
    gc.freeze()
    files, threads = open_files(), running_threads()
    yield
    gc.collect()
    # The vendor's own server is in a thread: it closes its ends in its own time.
    until = time.monotonic() + _LONGEST
    while (open_files(), running_threads()) != (files, threads) and time.monotonic() < until:
        time.sleep(0.002)
    assert open_files() == files
    assert running_threads() == threads


def open_files() -> int:
    return len([*_FILES.iterdir()]) if _FILES.exists() else 0


def running_threads() -> set[threading.Thread]:
    """Those that Trio keeps for its next run do not count."""
    return {each for each in threading.enumerate() if not each.name.startswith("Trio thread")}


def tasks() -> int:
    """How many tasks this event loop has."""
    if sniffio.current_async_library() == "trio":
        return trio.lowlevel.current_statistics().tasks_living
    return len(asyncio.all_tasks())
