"""Other programs of the benchmarks, each a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_MEGABYTES = 2**20 / (1 if sys.platform == "darwin" else 2**10)


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTES


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """Run a `python -m` program meanwhile; what it says first is where it serves."""
    command = [sys.executable, "-m", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            yield program.stdout.readline()
        finally:
            program.terminate()


def told(*arguments: str) -> list[str]:
    """The lines that a `python -m` program prints."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()
