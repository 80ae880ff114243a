"""What runs where the collection is started."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import dask.config
from distributed import Client, Future, KilledWorker, Semaphore, as_completed

from faxapi.config import PATH_VARIABLE, Table, read_tables
from faxapi.errors import ConfigurationError, FaxApiError
from faxapi.records import Kind
from faxapi.report import Outcome, Summary
from faxapi.scale import work
from faxapi.scale.job import Budget, Job, Task
from faxapi.scale.sharing import Share, share_out
from faxapi.window import Window

# Seconds within which a cluster must have a worker.
_PATIENCE = 60.0


def collect(
    config: str | os.PathLike[str] | None,
    window: Window,
    *,
    client: Client,
    out: str | os.PathLike[str],
    accounts: Iterable[str] | None = None,
    kinds: Iterable[Kind | str] | None = None,
    share: int = 250,
    connections: int = 100,
    on_progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Collect the accounts of a file on the workers of a Dask cluster, into a Parquet dataset.

    Each account goes on from its cursor in the dataset; the window's start is for what has none.
    What goes wrong with an account is in the summary, not raised, and costs the others nothing. A
    worker that is lost costs time alone.

    Args:
        config: The file, read here; secrets stand in it by reference, and each worker looks up
            those of its accounts. Unless given, the file that FAXAPI_CONFIG names.
        window: The time to look at.
        client: Of the cluster, and synchronous.
        out: The dataset's folder, which every worker can write to under this path. One collection
            may run in it at a time.
        accounts: Names of the accounts to ask; all unless given.
        kinds: What to ask for; everything each account can report unless given.
        share: How many accounts are collected together, and again if their worker is lost.
        connections: The most requests at one time to one host, from all workers together.
        on_progress: Called with how many shares are done, and how many there are.

    Returns:
        How it went; the cursors are in the dataset.

    Raises:
        ConfigurationError: Something in the file, an argument or the folder is wrong.
        ExportFailed: The disk is full.
        FaxApiError: The cluster has no worker.
        OSError: A file cannot be written.
    """
    begun = time.monotonic()
    _check_positive(share=share, connections=connections)
    job = Job(
        run=f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}",
        out=Path(out).absolute(),
        window=window,
        kinds=_kinds(kinds),
    )
    tables, most = _read(config, accounts)
    threads = _threads(client)
    # All tables go to one worker at first, of which Dask would warn.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
        places = client.submit(work.begin, job, tables, key=_key(job, "begin")).result()
    shares = share_out(places, share)
    budgets = _budgets(job, shares, threads, connections)
    tasks = [
        Task(
            number,
            tuple(tables[place] for place in each.accounts),
            min(most, budgets[each.host].connections if each.host else connections),
            budgets[each.host] if each.host else None,
        )
        for number, each in enumerate(shares)
    ]
    outcomes: list[Outcome] = []
    requests = 0
    for done, summary in enumerate(_collected(client, job, tasks), 1):
        outcomes += summary.outcomes
        requests += summary.requests
        if on_progress:
            on_progress(done, len(tasks))
    client.submit(work.end, job, key=_key(job, "end")).result()
    _close(client, budgets.values())
    elapsed = timedelta(seconds=time.monotonic() - begun)
    return Summary(outcomes=outcomes, elapsed=elapsed, requests=requests)


def _budgets(job: Job, shares: Sequence[Share], threads: int, most: int) -> dict[str, Budget]:
    """What each host of several shares allows, so that as many run at a time as there can."""
    budgets = {}
    for host, count in Counter(share.host for share in shares if share.host).items():
        each = max(1, most // min(threads, count))
        budgets[host] = Budget(_key(job, host), each, most // each)
    return budgets


def _close(client: Client, budgets: Iterable[Budget]) -> None:
    for budget in budgets:
        leases = Semaphore(
            budget.leases, budget.name, scheduler_rpc=client.scheduler, loop=client.loop
        )
        # A worker that was lost may still have one, until it times out: Dask would warn of it.
        if not leases.get_value():
            leases.close()


def _collected(client: Client, job: Job, tasks: Sequence[Task]) -> Iterator[Summary]:
    """How each share went, as they end."""
    futures = {
        client.submit(
            work.collect, job, task, key=_key(job, task.number), priority=-task.number
        ): task
        for task in tasks
    }
    try:
        for future in as_completed(futures):
            yield _result(client, job, future, futures.pop(future))
    finally:
        client.cancel(list(futures))


def _result(client: Client, job: Job, future: Future[Summary], task: Task) -> Summary:
    try:
        return future.result()
    except KilledWorker:
        error = FaxApiError(
            "every worker that had this in its share was lost",
            hint="They may be short of memory; the next collection goes on from the cursor",
        )
        key = _key(job, f"{task.number}-lost")
        return client.submit(work.write_off, job, task, error, key=key).result()
    except CancelledError:
        problem = "the connection to the cluster was lost"
    raise FaxApiError(problem, hint="Collect again: what was done is in the dataset")


def _key(job: Job, part: object) -> str:
    return f"faxapi-{job.run}-{part}"


def _read(
    config: str | os.PathLike[str] | None, accounts: Iterable[str] | None
) -> tuple[list[Table], int]:
    """The accounts that are asked for, and the most requests that one process may have."""
    path = config or os.environ.get(PATH_VARIABLE)
    if not path:
        text = "a collection on a cluster needs a configuration file"
        raise ConfigurationError(text, hint=f"Name it, here or in {PATH_VARIABLE}")
    # The folder is where workers find what it refers to.
    tables, options = read_tables(Path(path).absolute())
    by_name: dict[str, Table] = {}
    for table in tables:
        table.check()
        name = str(table.name)
        if name in by_name:
            text = f"{path}: several accounts are called {name!r}"
            raise ConfigurationError(text, hint="Give each its own name = …")
        by_name[name] = table
    names = by_name if accounts is None else dict.fromkeys(accounts)
    if missing := names.keys() - by_name.keys():
        text = f"no account is called {', '.join(map(repr, sorted(missing)))}"
        raise ConfigurationError(text)
    return [by_name[name] for name in names], options.get("max_connections", 100)


def _kinds(kinds: Iterable[Kind | str] | None) -> tuple[Kind, ...] | None:
    if kinds is None:
        return None
    names = {kinds} if isinstance(kinds, str) else {*kinds}
    if unknown := names - {*Kind}:
        text = f"{', '.join(map(repr, sorted(unknown)))} cannot be collected"
        raise ConfigurationError(text, hint=f"Kinds are {', '.join(Kind)}")
    return tuple(kind for kind in Kind if kind in names)


def _check_positive(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise ConfigurationError(f"{name} is {number}, and must be 1 or more")


def _threads(client: Client) -> int:
    """How many shares the cluster can collect at one time."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        problem = f"the cluster had no worker for {_PATIENCE:.0f} s"
    else:
        threads: dict[str, int] = cast("Any", client.nthreads())
        return sum(threads.values())
    raise FaxApiError(problem, hint="Start some, with faxapi[scale] installed")
