"""What workers are told; no secret is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from faxapi.config import Table
from faxapi.errors import FaxApiError
from faxapi.providers import registered
from faxapi.records import Kind
from faxapi.report import Outcome
from faxapi.window import Window


@dataclass(frozen=True, slots=True)
class Job:
    """A collection.

    Attributes:
        run: Its name; a later one's is greater.
        out: The dataset's folder.
        window: The time to look at.
        kinds: What to ask for; None for everything.
    """

    run: str
    out: Path
    window: Window
    kinds: tuple[Kind, ...] | None


@dataclass(frozen=True, slots=True)
class Task:
    """A share of a job.

    Attributes:
        number: Which.
        tables: Its accounts.
        connections: The most requests at one time.
        budget: What its host allows, if that has other shares.
    """

    number: int
    tables: tuple[Table, ...]
    connections: int
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What a host of several shares allows the whole cluster.

    Attributes:
        name: What tells it from others on the cluster.
        connections: The most requests of each of the shares at one time.
        leases: How many of the shares may be collected at one time.
    """

    name: str
    connections: int
    leases: int


def failed(job: Job, table: Table, error: FaxApiError) -> Iterable[Outcome]:
    """The outcomes of an account that was asked for nothing."""
    provider, name = str(table.provider), str(table.name)
    able = {kind for kind, _ in registered()[provider].reports().values()}
    own = table.values.get("kinds")
    wanted = {*(job.kinds or Kind)} & able & {*(own if isinstance(own, list) else Kind)}
    error.locate(provider=provider, account=name)
    return [Outcome(provider, name, kind, 0, (error,)) for kind in Kind if kind in wanted]
