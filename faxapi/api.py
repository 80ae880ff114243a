"""The whole: several accounts on one shared client."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anyio

from faxapi.collect import Activity, Task
from faxapi.errors import ClientClosed, ConfigurationError
from faxapi.providers.base import Ask, Provider
from faxapi.records import FaxRecord, JobRecord, Kind, Record, UsageRecord
from faxapi.report import Report
from faxapi.transport.http import Transport
from faxapi.window import Window

if TYPE_CHECKING:
    from types import TracebackType

RecordT = TypeVar("RecordT", bound=Record)


class FaxApi:
    """Accounts at any providers, asked at once; use it in `async with`.

    Between enter and exit it holds no task group and no cancel scope, so it may be opened in one
    task and closed in another.

    Args:
        accounts: Clients such as `InterFax(…)`; their names are unique here.
        max_connections: The most requests on the network at one time, over all accounts.
        clock: The present, aware, by which vendors' retention is reckoned; the real one unless
            given.

    Raises:
        ConfigurationError: Two accounts have one name.
    """

    def __init__(
        self,
        *accounts: Provider,
        max_connections: int = 100,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._accounts = {account.name: account for account in accounts}
        if len(self._accounts) < len(accounts):
            names = sorted(
                {a.name for a in accounts if sum(a.name == b.name for b in accounts) > 1}
            )
            raise ConfigurationError(
                f"several accounts are called {', '.join(map(repr, names))}",
                hint="Give each its own name=…",
            )
        if max_connections < 1:
            raise ConfigurationError(f"max_connections is {max_connections}, and must be 1 or more")
        self._max_connections = max_connections
        self._clock = clock or partial(datetime.now, UTC)
        self._transport: Transport | None = None

    def __repr__(self) -> str:
        return f"FaxApi({', '.join(map(repr, self._accounts.values()))})"

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - whoever made the account knows its type
        """The client of that name, its vendor methods usable while the api is open.

        Raises:
            KeyError: No account has that name.
        """
        return self._accounts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)

    async def __aenter__(self) -> Self:
        """Open every account.

        Raises:
            ClientClosed: An account was opened before, or belongs to another owner.
        """
        for account in self._accounts.values():
            account.check_unopened()
        self._transport = Transport(max_connections=self._max_connections)
        for account in self._accounts.values():
            account.attach(self._transport, "a FaxApi")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        transport, self._transport = self._transport, None
        for account in self._accounts.values():
            account.detach()
        if transport is not None:
            await transport.aclose()

    async def collect(
        self,
        window: Window | None = None,
        *,
        accounts: Iterable[str] | None = None,
        kinds: Iterable[Kind | str] | None = None,
        deadline: float | timedelta | None = None,
    ) -> Report:
        """Ask every account at once and wait for all of it.

        What goes wrong with an account is in the report, not raised, and costs the others nothing.
        The report holds every record in memory; about 7 KB each with its vendor's model.

        Args:
            window: The time to look at.
            accounts: Names of the accounts to ask; all unless given.
            kinds: What to ask for; everything each account can report unless given.
            deadline: Seconds or a timedelta for the whole collection. It never raises: what was
                not done by then is partial or failed, with `DeadlineExceeded` among its errors.

        Raises:
            ConfigurationError: No window, or an account or kind that is not here, or nothing that
                the chosen accounts could report.
            ClientClosed: The api is not open.
        """
        if self._transport is None:
            raise ClientClosed("the api is not open", hint="Use it inside `async with FaxApi(…)`")
        if window is None:
            raise ConfigurationError(
                "no window is given", hint="Give one, such as Window.last(timedelta(days=7))"
            )
        tasks = self._tasks(accounts, kinds)
        ask = Ask(window, now=self._clock())
        begun = anyio.current_time()
        records: list[Record] = []
        async with Activity(tasks, ask, deadline=_seconds(deadline)) as activity:
            async for batch in activity:
                records += batch
        return Report(
            faxes=sorted(_of(FaxRecord, records), key=_order),
            usage=_of(UsageRecord, records),
            jobs=_of(JobRecord, records),
            outcomes=activity.outcomes(),
            elapsed=timedelta(seconds=anyio.current_time() - begun),
        )

    def _tasks(
        self, accounts: Iterable[str] | None, kinds: Iterable[Kind | str] | None
    ) -> list[Task]:
        names = set(self._accounts if accounts is None else _names(accounts))
        if missing := names - self._accounts.keys():
            raise ConfigurationError(
                f"no account is called {', '.join(map(repr, sorted(missing)))}",
                hint=f"Accounts here: {', '.join(self._accounts)}",
            )
        wanted = set(Kind if kinds is None else _names(kinds))
        if unknown := wanted - set(Kind):
            raise ConfigurationError(
                f"{', '.join(map(repr, sorted(unknown)))} cannot be collected",
                hint=f"Kinds are {', '.join(Kind)}",
            )
        tasks = [
            Task(account, feed, method, kinds is not None or account.settings.kinds is not None)
            for name, account in self._accounts.items()
            if name in names
            for feed, method in account.feeds()
            if feed.kind in wanted
        ]
        if not tasks:
            raise ConfigurationError(
                "nothing is asked for: no account that was chosen reports a kind that was chosen",
                hint="Leave out accounts or kinds to ask for all of them",
            )
        return tasks


def _seconds(deadline: float | timedelta | None) -> float | None:
    """A deadline in seconds; one that has passed is no time at all.

    Raises:
        ConfigurationError: It is not a number.
    """
    if deadline is None:
        return None
    seconds = deadline.total_seconds() if isinstance(deadline, timedelta) else deadline
    if math.isnan(seconds):
        raise ConfigurationError("deadline is not a number")
    return max(0.0, seconds)


def _names(names: Iterable[str]) -> list[str]:
    """The names given; a lone string is one name, not its letters."""
    return [names] if isinstance(names, str) else list(names)


def _of(kind: type[RecordT], records: Iterable[Record]) -> list[RecordT]:
    return [record for record in records if isinstance(record, kind)]


def _order(fax: FaxRecord) -> tuple[object, ...]:
    at = fax.at
    return (at is None, at.timestamp() if at else 0.0, fax.account, fax.direction, fax.id)
