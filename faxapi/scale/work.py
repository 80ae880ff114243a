"""What runs on the workers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

import anyio

from faxapi.api import FaxApi
from faxapi.config import Table
from faxapi.cursor import AccountState, Cursor
from faxapi.errors import ConfigurationError, ExportFailed, FaxApiError
from faxapi.providers.base import Provider
from faxapi.report import Outcome, Summary
from faxapi.scale import dataset, marks
from faxapi.scale.job import Budget, Job, Task, failed
from faxapi.scale.sharing import Place

_BATCH = 1000


def begin(job: Job, tables: Sequence[Table]) -> list[Place]:
    """Make the dataset's folder ready, and say which accounts share a host and a login.

    A login may be a secret, an API key for one. So it is done where the secrets are, and numbers
    tell of it.

    Raises:
        ConfigurationError: The folder cannot be written to.
    """
    dataset.prepare(job.out, job.run)
    logins: dict[tuple[str, ...], int] = {}
    places = []
    for table in tables:
        try:
            login: tuple[str, ...] = table.account().login
        except ConfigurationError:
            # The worker that has it in its share says so.
            login = ("", "", f"account {table.number}")
        places.append(Place(login[1], logins.setdefault(login, len(logins))))
    return places


def end(job: Job) -> None:
    """Leave nothing behind but the dataset."""
    dataset.tidy(job.out, job.run)


def collect(job: Job, task: Task) -> Summary:
    """Collect a share into the dataset, and say how it went.

    What goes wrong with an account is in the summary.

    Raises:
        ConfigurationError: The folder is not the one that was prepared.
        ExportFailed: The disk is full.
        OSError: A file cannot be written.
    """
    lost: dict[str, FaxApiError] = {}
    with _lease(task.budget):
        while True:
            try:
                return anyio.run(_collect, job, task, lost)
            except ExportFailed as error:
                # A value of this account's that fits no column must not cost the others theirs.
                if error.account is None or error.account in lost:
                    raise
                lost[error.account] = error


def _lease(budget: Budget | None) -> AbstractContextManager[object]:
    """A lease, which is renewed while it is held; the scheduler takes back that of a lost worker.

    It is made here, since it is the worker's event loop that renews it.
    """
    if budget is None:
        return nullcontext()
    from distributed import Semaphore  # noqa: PLC0415 - late, only a cluster needs it

    return Semaphore(budget.leases, budget.name)


def write_off(job: Job, task: Task, error: FaxApiError) -> Summary:
    """Put into the dataset that a share could not be collected, and why."""
    outcomes = [each for table in task.tables for each in failed(job, table, error)]
    summary = Summary(outcomes=outcomes)
    with dataset.Draft(job.out, job.run, task.number) as draft:
        draft.publish(summary)
        draft.clear()
    return summary


async def _collect(job: Job, task: Task, lost: dict[str, FaxApiError]) -> Summary:
    opened = _Accounts(job, task, lost)
    async with FaxApi(*opened.accounts, max_connections=task.connections) as api:
        names = opened.asked(api)
        with dataset.Draft(job.out, job.run, task.number) as draft:
            summary = Summary()
            if names:
                stream = partial(api.stream, job.window, cursor=opened.cursor, accounts=names)
                async with stream(kinds=job.kinds) as activity:
                    async for batch in activity.batches(_BATCH):
                        draft.write(batch)
                summary = activity.summary
            after = summary.cursor
            summary = replace(summary, outcomes=[*summary.outcomes, *opened.outcomes])
            draft.publish(summary)
            # After the records: a cursor must never lead what can be read.
            marks.save(job.out, job.run, names, opened.cursor, after)
            draft.clear()
    # The cursors lie in the dataset.
    return replace(summary, cursor=Cursor())


class _Accounts:
    """The accounts of a share, those that are fit to be asked told from the others.

    Attributes:
        accounts: Those that could be made.
        cursor: Where they go on.
        outcomes: Of the others.
    """

    def __init__(self, job: Job, task: Task, lost: dict[str, FaxApiError]) -> None:
        self.accounts: list[Provider] = []
        self.cursor = Cursor()
        self.outcomes: list[Outcome] = []
        self._job = job
        self._tables = {str(table.name): table for table in task.tables}
        known: dict[str, AccountState] = {}
        for name, table in self._tables.items():
            try:
                if name in lost:
                    raise lost[name]
                account = table.account()
                known.update(marks.load(job.out, job.run, name).accounts)
            except FaxApiError as error:
                self._fail(name, error)
            else:
                self.accounts.append(account)
        self.cursor = Cursor().model_copy(update={"accounts": known})

    def asked(self, api: FaxApi) -> list[str]:
        """The names of those that report what is wanted, and whose cursor is theirs."""
        names = []
        wanted = self._job.kinds
        for account in self.accounts:
            if not any(wanted is None or feed.kind in wanted for feed, _ in account.feeds()):
                continue
            try:
                # Nothing is sent before it is entered.
                api.stream(
                    self._job.window, cursor=self.cursor, accounts=[account.name], kinds=wanted
                )
            except ConfigurationError as error:
                self._fail(account.name, error)
            else:
                names.append(account.name)
        return names

    def _fail(self, name: str, error: FaxApiError) -> None:
        # What it is raised from may hold secrets, and it travels.
        error.__cause__ = error.__context__ = error.__traceback__ = None
        self.outcomes += failed(self._job, self._tables[name], error)
