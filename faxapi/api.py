"""The whole: several accounts on one shared client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from faxapi.check import Check, checked
from faxapi.collect.activity import Activity
from faxapi.collect.plan import Plan, Task
from faxapi.config import configured
from faxapi.cursor import Cursor
from faxapi.errors import ClientClosed, ConfigurationError
from faxapi.providers.base import Provider
from faxapi.records import FaxRecord, JobRecord, Kind, Record, UsageRecord
from faxapi.report import Progress, Report
from faxapi.transport.http import Transport
from faxapi.window import Window, to_seconds

if TYPE_CHECKING:
    from types import TracebackType

RecordT = TypeVar("RecordT", bound=Record)

_BATCH = 1000


class FaxApi:
    """Accounts at any providers, asked at once; use it in `async with`.

    Between enter and exit it holds no task group and no cancel scope, so it may be opened in one
    task and closed in another.

    Args:
        accounts: Clients such as `InterFax(…)`; their names are unique here.
        max_connections: The most requests on the network at one time, over all accounts; a stream
            counts while it waits for more.
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
        if transport is None:
            # The accounts are another owner's, or closed.
            return
        for account in self._accounts.values():
            account.detach()
        await transport.aclose()

    async def collect(
        self,
        window: Window | None = None,
        *,
        cursor: Cursor | None = None,
        accounts: Iterable[str] | None = None,
        kinds: Iterable[Kind | str] | None = None,
        deadline: float | timedelta | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Report:
        """Ask every account at once and wait for all of it.

        What goes wrong with an account is in the report, not raised, and costs the others nothing.
        The report holds every record in memory, about 7 KB each with its vendor's model: `stream`
        holds none.

        Args:
            window: The time to look at; with a cursor alone, until now.
            cursor: An earlier report's: what it knows goes on from there, and the window's start
                is for what it does not know.
            accounts: Names of the accounts to ask; all unless given.
            kinds: What to ask for; everything each account can report unless given.
            deadline: Seconds or a timedelta for the whole collection. It never raises: what was
                not done by then is partial or failed, with `DeadlineExceeded` among its errors.
            on_progress: Called a few times a second, and at the end.

        Raises:
            ConfigurationError: Neither window nor cursor, a cursor of other logins or of none of
                this, an account or kind that is not here, or nothing that could be reported.
            ClientClosed: The api is not open.
        """
        records: list[Record] = []
        async with self.stream(
            window,
            cursor=cursor,
            accounts=accounts,
            kinds=kinds,
            deadline=deadline,
            on_progress=on_progress,
        ) as activity:
            async for batch in activity.batches(_BATCH):
                records += batch
        summary = activity.summary
        return Report(
            faxes=sorted(_of(FaxRecord, records), key=_order),
            usage=_of(UsageRecord, records),
            jobs=_of(JobRecord, records),
            **{field.name: getattr(summary, field.name) for field in fields(summary)},
        )

    def stream(
        self,
        window: Window | None = None,
        *,
        cursor: Cursor | None = None,
        accounts: Iterable[str] | None = None,
        kinds: Iterable[Kind | str] | None = None,
        deadline: float | timedelta | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Activity:
        """Ask every account at once and hand on the records as they come; use it in `async with`.

        Feeds wait while the reader is behind, so memory stays flat. See `collect` for the
        arguments and errors.
        """
        self._require_open()
        seconds = _seconds(deadline)
        tasks = self._tasks(window, cursor, accounts, kinds)
        return Activity(tasks, cursor, deadline=seconds, on_progress=on_progress)

    @classmethod
    def from_config(cls, path: str | Path | None = None) -> Self:
        """Make an api of the accounts in a TOML file, or in the environment.

        Nothing but the file, the files that it names for secrets, and the environment is read.

        Args:
            path: The file; unless given, the one that FAXAPI_CONFIG names, else one account for
                each provider whose variables are set, such as INTERFAX_USERNAME.

        Raises:
            ConfigurationError: Something there is wrong; the error names file, account and key.
        """
        return configured(cls, path)

    async def check(
        self,
        *,
        accounts: Iterable[str] | None = None,
        deadline: float | timedelta | None = None,
    ) -> list[Check]:
        """Try whether each account can be reached and logged into, all at once.

        It costs one cheap call an account, which counts against a vendor's limit as any other.
        What is wrong with an account is in its result, not raised.

        Args:
            accounts: Names of the accounts to try; all unless given.
            deadline: Seconds or a timedelta for all of it.

        Raises:
            ConfigurationError: An account that is not here.
            ClientClosed: The api is not open.
        """
        self._require_open()
        return await checked(self._chosen(accounts), _seconds(deadline))

    def _require_open(self) -> None:
        if self._transport is None:
            raise ClientClosed("the api is not open", hint="Use it inside `async with FaxApi(…)`")

    def _chosen(self, accounts: Iterable[str] | None) -> list[Provider]:
        """The accounts of these names, in the api's own order."""
        names = set(self._accounts if accounts is None else _names(accounts))
        if missing := names - self._accounts.keys():
            raise ConfigurationError(
                f"no account is called {', '.join(map(repr, sorted(missing)))}",
                hint=f"Accounts here: {', '.join(self._accounts)}",
            )
        return [account for name, account in self._accounts.items() if name in names]

    def _tasks(
        self,
        window: Window | None,
        cursor: Cursor | None,
        accounts: Iterable[str] | None,
        kinds: Iterable[Kind | str] | None,
    ) -> list[Task]:
        chosen = self._chosen(accounts)
        wanted = set(Kind if kinds is None else _names(kinds))
        if unknown := wanted - set(Kind):
            raise ConfigurationError(
                f"{', '.join(map(repr, sorted(unknown)))} cannot be collected",
                hint=f"Kinds are {', '.join(Kind)}",
            )
        plan = Plan(window, cursor, self._clock(), by_name=kinds is not None)
        tasks = [
            plan.task(account, feed, method)
            for account in chosen
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
    return max(0.0, to_seconds("deadline", deadline))


def _names(names: Iterable[str]) -> list[str]:
    """The names given; a lone string is one name, not its letters."""
    return [names] if isinstance(names, str) else list(names)


def _of(kind: type[RecordT], records: Iterable[Record]) -> list[RecordT]:
    return [record for record in records if isinstance(record, kind)]


def _order(fax: FaxRecord) -> tuple[object, ...]:
    at = fax.at
    return (at is None, at.timestamp() if at else 0.0, fax.account, fax.direction, fax.id)
