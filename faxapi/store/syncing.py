"""Bring a store up to date: one run of the source."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

import dlt
from dlt.common.exceptions import DltException

from faxapi.errors import FaxApiError
from faxapi.records import Kind
from faxapi.report import Outcome, Summary
from faxapi.store.destinations import DATASET, Form, Store, store
from faxapi.store.resources import NAME, OUTCOMES, Accounts, source
from faxapi.store.surroundings import private_folder
from faxapi.store.views import create_views
from faxapi.transport.redact import redact

if TYPE_CHECKING:
    from dlt.destinations.impl.filesystem.filesystem import FilesystemClient

    from faxapi.report import Progress
    from faxapi.window import Window


def sync(
    accounts: Accounts = None,
    to: str = "duckdb:///faxes.duckdb",
    window: Window | None = None,
    *,
    only: Iterable[str] | None = None,
    deadline: timedelta | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Summary:
    """Bring what a store has up to date: new records, and those that have changed.

    It may be stopped at any point: what the store has not got is asked for by the next run. What
    goes wrong with an account is in the summary, and in the table `outcomes`; it is not raised.

    Args:
        accounts: A function that makes an api, such as `lambda: FaxApi(…)`, or a configuration
            file; the environment unless given.
        to: `duckdb:///faxes.duckdb`, `postgresql://…`, a folder or a bucket (`s3://…`) for Parquet
            files, or the name of a dlt destination, which dlt's own settings describe.
        window: The time to look at where the store knows nothing yet.
        only: Names of the accounts to ask; all unless given.
        deadline: How long it may collect. What is not done by then is left to the next run.
        on_progress: As in `FaxApi.collect`, called in another thread.

    Raises:
        ConfigurationError: Something given is wrong, or another sync is under way.
        FaxApiError: The store could not be written to.
    """
    begun = time.monotonic()
    outcomes: list[Outcome] = []
    requests = 0

    def ended(summary: Summary) -> None:
        nonlocal requests
        outcomes.extend(summary.outcomes)
        requests += summary.requests

    there = store(to)
    with (
        private_folder(there.address, users_settings=there.has_settings) as folder,
        _plain_errors(there),
    ):
        records = source(
            accounts,
            window,
            only=only,
            deadline=deadline,
            on_progress=on_progress,
            on_summary=ended,
        )
        pipeline = dlt.pipeline(
            NAME, destination=there.destination, dataset_name=DATASET, pipelines_dir=str(folder)
        )
        if there.form in {Form.DUCKDB, Form.FILES}:
            # DuckDB takes rows as SQL too, at a fifth of the speed and ten times the memory.
            pipeline.run(records, loader_file_format="parquet")
        else:
            pipeline.run(records)
        if there.form is Form.FILES:
            _sweep(pipeline)
        create_views(pipeline, there.form)
    elapsed = timedelta(seconds=time.monotonic() - begun)
    return Summary(outcomes=outcomes, requests=requests, elapsed=elapsed)


def _sweep(pipeline: dlt.Pipeline) -> None:
    """Remove the files of loads that were cut short: what they brought has been asked for again."""
    with pipeline.destination_client() as client:
        files = cast("FilesystemClient", client)
        # A finished load's name, and its state's, have the load's id behind two underscores.
        marks = (files.list_table_files(name) for name in ("_dlt_loads", "_dlt_pipeline_state"))
        finished = {Path(mark).stem.split("__")[1] for mark in chain.from_iterable(marks)}
        for table in (*Kind, OUTCOMES):
            if not files.fs_client.exists(files.get_table_dir(table)):
                continue
            for file in files.list_table_files(table):
                load = Path(file).name.rsplit(".", 2)[0]
                if load not in finished:
                    files.fs_client.rm(file)


@contextmanager
def _plain_errors(there: Store) -> Iterator[None]:
    """Make one clear error of what dlt raises, whose texts name paths, settings and values.

    Raises:
        FaxApiError: What was at the bottom of it.
    """
    try:
        yield
    except DltException as error:
        found = _bottom(error)
        step = str(getattr(error, "step", "run"))
    else:
        return
    if isinstance(found, FaxApiError):
        raise found.with_traceback(None) from None
    is_ours = step == "extract" and not isinstance(found, DltException | OSError)
    if is_ours or not isinstance(found, Exception):
        # A bug, Ctrl-C, or what asks the program to end.
        raise found
    says = redact((str(found).strip() or type(found).__name__).partition("\n")[0])
    raise FaxApiError(
        f"the store could not be written to ({step}): {says}",
        hint=_HINTS[there.form],
    )


_HINTS = {
    Form.DUCKDB: "Another program may have the file open. The next sync repeats what is missing",
    Form.POSTGRES: "Look at the server and its rights. The next sync repeats what is missing",
    Form.FILES: "Look at the folder and its rights. The next sync repeats what is missing",
    Form.OTHER: "dlt's settings name the destination: .dlt/secrets.toml, or the environment",
}


def _bottom(error: BaseException) -> BaseException:
    """What an error came from; a `FaxApiError` before what that came from."""
    while not isinstance(error, FaxApiError):
        context = None if error.__suppress_context__ else error.__context__
        below = getattr(error, "exception", None) or error.__cause__ or context
        if not isinstance(below, BaseException):
            break
        error = below
    return error
