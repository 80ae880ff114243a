"""Bring a store up to date: one run of the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dlt

from faxapi.store.destinations import destination
from faxapi.store.resources import NAME, Accounts, source
from faxapi.store.surroundings import private_folder
from faxapi.store.views import create_views

if TYPE_CHECKING:
    from faxapi.report import Outcome, Progress
    from faxapi.window import Window

DATASET = "faxes"
"""The schema in the destination."""


@dataclass(frozen=True, slots=True)
class Synced:
    """How a sync went.

    Attributes:
        outcomes: One for each account and kind.
    """

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """True only if every outcome is complete."""
        return all(outcome.complete for outcome in self.outcomes)


def sync(
    accounts: Accounts = None,
    to: str = "duckdb:///faxes.duckdb",
    window: Window | None = None,
    *,
    only: Iterable[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Synced:
    """Bring what a destination has up to date: new records, and those that have changed.

    It may be stopped at any point: what the destination has not got is asked for by the next one.

    Args:
        accounts: As for `source`.
        to: Where to; see `destination`.
        window: The time to look at where the destination knows nothing yet.
        only: Names of the accounts to ask; all unless given.
        on_progress: As in `FaxApi.collect`, called in another thread.

    Raises:
        ConfigurationError: Something given is wrong, or another sync is under way.
        PipelineStepFailed: dlt could not write it.
    """
    outcomes: list[Outcome] = []
    into = destination(to)
    with private_folder(to) as folder:
        pipeline = dlt.pipeline(
            NAME, destination=into, dataset_name=DATASET, pipelines_dir=str(folder)
        )
        pipeline.run(
            source(accounts, window, only=only, on_progress=on_progress, on_outcome=outcomes.append)
        )
        create_views(pipeline)
    return Synced(outcomes)
