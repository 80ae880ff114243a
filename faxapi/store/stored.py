"""What a store holds, read as records: for a report of it, without asking any provider."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Self

from faxapi import errors
from faxapi.errors import ConfigurationError, FaxApiError
from faxapi.export.schema import COLUMNS
from faxapi.notice import Feed, Notice
from faxapi.records import Direction, FaxRecord, JobRecord, Kind, Record
from faxapi.report import Outcome, Summary
from faxapi.store.database import database, tables
from faxapi.store.destinations import DATASET
from faxapi.window import Window


class _Sync(NamedTuple):
    """A row of `outcomes`."""

    provider: str
    account: str
    kind: str
    records: int
    elapsed: float
    errors: Any
    gaps: Any
    since: datetime | None
    through: datetime | None
    collected_at: datetime


class Stored:
    """A store, open for reading.

    Args:
        address: Of a DuckDB file or a PostgreSQL database, as for `sync`.
        accounts: Names of the accounts to look at; None for all.

    Raises:
        ConfigurationError: It is neither, nothing was synced into it, or an account is not there.
        FaxApiError: It does not answer.
    """

    def __init__(self, address: str, accounts: Sequence[str] | None = None) -> None:
        self._database = database(address)
        self._accounts = accounts
        query = f'select {_listed(_Sync._fields)} from {DATASET}.outcomes where "kind" <> ?'  # noqa: S608 - names of ours
        # A usage total of a window and those of its days overlap: a report adds up the faxes.
        self._syncs = [_Sync(*row) for row in self._rows(query, [Kind.USAGE])]
        self._syncs.sort(key=lambda sync: sync.collected_at)
        # One for each kind of each account: the last one stays.
        self._latest = {(sync.account, sync.kind): sync for sync in self._syncs}
        if missing := {*(accounts or ())} - {account for account, _ in self._latest}:
            self._database.close()
            text = f"the store has no account {', '.join(map(repr, sorted(missing)))}"
            raise ConfigurationError(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @property
    def through(self) -> datetime:
        """Up to when the store knows the faxes of the account that it knows best."""
        known = [each.through for each in self._latest.values() if each.through]
        return max(known, default=datetime.now(UTC)).astimezone(UTC)

    def records(self, window: Window) -> Iterator[Record]:
        """The faxes of a window, and the jobs as they stood last."""
        there = tables(self._database)
        for kind, record in ((Kind.FAXES, FaxRecord), (Kind.JOBS, JobRecord)):
            if kind not in there:
                continue
            names = [each.name for each in COLUMNS[kind] if each.name in record.model_fields]
            query = f"select {_listed(names)} from {DATASET}.{kind} where true"  # noqa: S608 - likewise
            values: list[object] = []
            if kind is Kind.FAXES:
                query += ' and ("at" is null or "at" >= ? and "at" < ?)'
                values = [window.since, window.until]
            for row in self._rows(query, values):
                yield record.model_validate(dict(zip(names, map(_shortest, row), strict=True)))

    def summary(self, window: Window) -> Summary:
        """How the last syncs went, and what of a window the store does not cover."""
        return Summary(
            outcomes=[
                Outcome(
                    provider=last.provider,
                    account=last.account,
                    kind=Kind(last.kind),
                    records=last.records,
                    errors=tuple(_errors(last)),
                    notices=(
                        *_gaps(last, last.gaps, gap=True),
                        *_uncovered(last, window),
                        *self._earlier(last),
                    ),
                    elapsed=timedelta(seconds=last.elapsed),
                )
                for last in self._latest.values()
            ]
        )

    def _earlier(self, last: _Sync) -> Iterator[Notice]:
        """What earlier syncs left out: later ones may have brought it, or nobody can."""
        for sync in self._syncs:
            if sync is not last and (sync.account, sync.kind) == (last.account, last.kind):
                yield from _gaps(sync, sync.gaps, gap=False)

    def _rows(self, query: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        if self._accounts is not None:
            query += f" and account in ({', '.join('?' for _ in self._accounts)})"
            values = [*values, *self._accounts]
        return self._database.rows(query, values)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _shortest(value: object) -> object:
    """A value as the provider wrote it: a column fills decimals up with zeros."""
    if not isinstance(value, Decimal):
        return value
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


def _parsed(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a text, or what it says
    return json.loads(value) if isinstance(value, str) else value or []


def _errors(sync: _Sync) -> Iterator[FaxApiError]:
    for row in _parsed(sync.errors):
        kind = getattr(errors, row["type"], FaxApiError)
        plain = kind if issubclass(kind, FaxApiError) else FaxApiError
        yield plain(
            row["text"],
            provider=sync.provider,
            account=sync.account,
            operation=row["operation"],
            code=row["code"],
            hint=row["hint"],
        )


def _gaps(sync: _Sync, gaps: Any, *, gap: bool) -> Iterator[Notice]:  # noqa: ANN401 - as above
    for row in _parsed(gaps):
        direction = Direction(row["direction"]) if row["direction"] else None
        when = f"{sync.collected_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        yield Notice(
            row["code"],
            row["text"] if gap else f"the sync of {when} left out: {row['text']}",
            Feed(sync.account, Kind(sync.kind), direction),
            gap=gap,
            since=_moment(row["since"]),
            until=_moment(row["until"]),
            count=row["count"],
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _uncovered(sync: _Sync, window: Window) -> Iterator[Notice]:
    """What of a window a sync did not ask for."""
    if sync.kind != Kind.FAXES:
        return
    feed = Feed(sync.account, Kind.FAXES)
    if sync.since and sync.since > window.since:
        yield Notice(
            "not_synced",
            "the store knows nothing of the time before its first sync's",
            feed,
            gap=True,
            since=window.since,
            until=min(sync.since.astimezone(UTC), window.until),
        )
    if sync.through is None or sync.through < window.until:
        since = sync.through.astimezone(UTC) if sync.through else window.since
        yield Notice(
            "not_synced",
            "the store was not brought up to date since then",
            feed,
            gap=True,
            since=max(since, window.since),
            until=window.until,
        )
