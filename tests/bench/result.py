"""What a benchmark says: a ratio against a peer or a floor that ran in the same process."""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """A row of the table.

    Attributes:
        what: What was measured.
        ours: How faxapi did.
        other: How the peer or the floor did, and what it is.
        ratio: The first over the second, or the other way round, as the target has it.
        target: What the ratio must reach; "" for none.
        met: Whether it does.
    """

    what: str
    ours: str
    other: str
    ratio: str
    target: str = ""
    met: bool = True


def faster(what: str, ours: float, peer: float, name: str, *, least: float = 0) -> Result:
    """A row that says how many times faster than a peer it is, from seconds."""
    ratio = peer / ours
    target = f"≥ {least:g} × faster" if least else ""
    times = f"{ratio:.1f} × faster" if ratio >= 1 else f"{1 / ratio:.2f} × slower"
    return Result(what, span(ours), f"{name} {span(peer)}", times, target, ratio >= least)


def at_most(what: str, ours: float, floor: float, name: str, *, most: float = 0) -> Result:
    """A row that says how near to a floor it is, from seconds."""
    ratio = ours / floor
    target = f"≤ {most:g} ×" if most else ""
    met = not most or ratio <= most
    return Result(what, span(ours), f"{name} {span(floor)}", f"{ratio:.2f} ×", target, met)


def span(seconds: float) -> str:
    """Seconds as people read them."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes, with nothing of an earlier one to clean up."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turns(times: int, **works: Callable[[], object]) -> dict[str, float]:
    """The median seconds of several works, each done in turn: what disturbs, disturbs all."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            found[name].append(timed(work))
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def tell(rows: Iterable[Result]) -> None:
    """Print the rows, one JSON object a line: `tests.bench` makes the table."""
    for row in rows:
        sys.stdout.write(json.dumps(asdict(row)) + "\n")
        sys.stdout.flush()


def heard(line: str) -> Result:
    """A row that another process told."""
    values: dict[str, Any] = json.loads(line)
    return Result(**values)
