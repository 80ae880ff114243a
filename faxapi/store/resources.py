"""The dlt source: a resource for each kind of record, and one for how the collections went."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
from dlt.common.schema.typing import TColumnSchema
from dlt.extract import DltResource, DltSource

from faxapi.api import FaxApi
from faxapi.cursor import Cursor
from faxapi.errors import ConfigurationError, ExportFailed, FaxApiError
from faxapi.export.account import utc
from faxapi.export.rows import RowMaker
from faxapi.export.schema import COLUMNS, Column, ColumnType
from faxapi.records import Kind, Record
from faxapi.store.progress import Merged
from faxapi.store.reading import Ask, Reader

if TYPE_CHECKING:
    from faxapi.notice import Notice
    from faxapi.report import Outcome, Progress, Summary
    from faxapi.window import Window

Accounts = Callable[[], FaxApi] | str | os.PathLike[str] | None
"""A function that makes an api, or a configuration file; None for the environment."""

NAME = "faxapi"
OUTCOMES = "outcomes"
# Where a resource keeps its cursor, in the state that dlt commits together with the rows.
_CURSOR = "cursor"
_DIGITS, _DECIMALS = 38, 18
_LARGEST = 2**63
_TYPES: dict[ColumnType, TColumnSchema] = {
    ColumnType.TEXT: {"data_type": "text"},
    ColumnType.WORD: {"data_type": "text"},
    ColumnType.INTEGER: {"data_type": "bigint"},
    ColumnType.DECIMAL: {"data_type": "decimal", "precision": _DIGITS, "scale": _DECIMALS},
    ColumnType.TIME: {"data_type": "timestamp", "timezone": True, "precision": 6},
    # Seconds: not every database has a type for spans of time.
    ColumnType.DURATION: {"data_type": "double"},
}
_KEY: TColumnSchema = {"name": "key", "data_type": "text", "nullable": False}
_OUTCOME_COLUMNS: dict[str, TColumnSchema] = {
    "key": _KEY,
    "provider": _TYPES[ColumnType.TEXT],
    "account": _TYPES[ColumnType.TEXT],
    "kind": _TYPES[ColumnType.TEXT],
    "state": _TYPES[ColumnType.TEXT],
    "records": _TYPES[ColumnType.INTEGER],
    "error": _TYPES[ColumnType.TEXT],
    "errors": {"data_type": "json"},
    "gaps": {"data_type": "json"},
    "since": _TYPES[ColumnType.TIME],
    "through": _TYPES[ColumnType.TIME],
    "elapsed": _TYPES[ColumnType.DURATION],
    "collected_at": _TYPES[ColumnType.TIME],
}


def source(
    accounts: Accounts = None,
    window: Window | None = None,
    *,
    only: Iterable[str] | None = None,
    deadline: timedelta | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_summary: Callable[[Summary], None] | None = None,
) -> DltSource:
    """A dlt source with the resources `faxes`, `usage`, `jobs` and `outcomes`.

    Rows merge on `key`. Each kind's cursor is part of dlt's state, which dlt commits with the rows:
    the next run of the pipeline asks for what is new and for what was still in process.

    Args:
        accounts: A function that makes an api, such as `lambda: FaxApi(…)`, or a configuration
            file; the environment unless given.
        window: The time to look at where there is no cursor yet.
        only: Names of the accounts to ask; all unless given.
        deadline: How long it may collect. What is not done by then is left to the next run.
        on_progress: As in `FaxApi.collect`, called in another thread.
        on_summary: Called with how it went, once for each kind, when that has been read.

    Raises:
        ConfigurationError: The accounts are given as something else.
    """
    progress = Merged(on_progress).add if on_progress else None
    ask = Ask(window, list(only) if only is not None else None, deadline, progress)
    reader = Reader(_maker(accounts))
    results = _Results(on_summary)

    @dlt.source(name=NAME, max_table_nesting=0)
    def everything() -> Iterator[DltResource]:
        for kind in Kind:
            columns = {"key": _KEY, **{each.name: _column(each) for each in COLUMNS[kind]}}
            yield _resource(_records, str(kind), columns)(reader, ask, kind, results)
        yield _resource(_outcomes, OUTCOMES, _OUTCOME_COLUMNS)(results)

    return everything()


def _resource(
    rows: Callable[..., Iterator[Any]], name: str, columns: dict[str, TColumnSchema]
) -> DltResource:
    return dlt.resource(
        rows,
        name=name,
        columns=columns,
        primary_key="key",
        # A row that is there is changed, and stays where it is.
        write_disposition={"disposition": "merge", "strategy": "upsert"},
    )


class _Results:
    """How the kinds went that are read; dlt reads all resources by turns."""

    def __init__(self, on_summary: Callable[[Summary], None] | None) -> None:
        self._on_summary = on_summary
        self._reading: set[Kind] = set()
        self._rows: list[dict[str, Any]] = []

    def begin(self, kind: Kind) -> None:
        self._reading.add(kind)

    def end(self, kind: Kind, summary: Summary) -> None:
        self._reading.discard(kind)
        self._rows += [_outcome_row(each, summary.cursor) for each in summary.outcomes]
        if self._on_summary:
            self._on_summary(summary)

    def take(self) -> list[dict[str, Any]] | None:
        """The outcomes' rows; None until all that is read has been read."""
        if self._reading:
            return None
        rows, self._rows = self._rows, []
        return rows


def _maker(accounts: Accounts) -> Callable[[], FaxApi]:
    if accounts is None or isinstance(accounts, str | os.PathLike):
        return partial(FaxApi.from_config, None if accounts is None else Path(accounts))
    if callable(accounts):
        return accounts
    text = f"a source cannot open a {type(accounts).__name__} that is made already"
    raise ConfigurationError(text, hint="Give a function that makes it: lambda: FaxApi(…)")


def _records(
    reader: Reader, ask: Ask, kind: Kind, results: _Results
) -> Iterator[list[dict[str, Any]]]:
    results.begin(kind)
    state = dlt.current.resource_state(str(kind))
    saved = state.get(_CURSOR)
    batches = reader.read(ask, kind, Cursor.from_json(saved) if saved else None)
    summary = yield from _rows(batches, _row_maker(kind))
    state[_CURSOR] = summary.cursor.model_dump_json()
    results.end(kind, summary)


def _outcomes(results: _Results) -> Iterator[list[dict[str, Any]] | None]:
    # None lets dlt turn to the others, which have to begin first.
    yield None
    while (rows := results.take()) is None:
        yield None
    yield rows


def _rows(
    batches: Generator[list[Record], None, Summary], to_row: Callable[[Record], dict[str, Any]]
) -> Generator[list[dict[str, Any]], None, Summary]:
    while True:
        try:
            batch = next(batches)
        except StopIteration as end:
            summary: Summary = end.value
            return summary
        yield [to_row(record) for record in batch]


def _row_maker(kind: Kind) -> Callable[[Record], dict[str, Any]]:
    encoders = {
        ColumnType.DURATION: timedelta.total_seconds,
        # No text of PostgreSQL's can hold one.
        ColumnType.TEXT: lambda text: text.replace("\0", "\N{REPLACEMENT CHARACTER}"),
    }
    maker = RowMaker(kind, encoders)
    names = ("key", *maker.names)
    numbers = [
        (column.name, place, _FITS[column.type])
        for place, column in enumerate(COLUMNS[kind])
        if column.type in _FITS
    ]

    def to_row(record: Record) -> dict[str, Any]:
        row = maker.row(record)
        for name, place, fits in numbers:
            if row[place] is not None and not fits(row[place]):
                raise _misfit(name, record)
        return dict(zip(names, (_key(record), *row), strict=True))

    return to_row


_FITS: dict[ColumnType, Callable[[Any], bool]] = {
    ColumnType.INTEGER: lambda number: -_LARGEST <= number < _LARGEST,
    ColumnType.DECIMAL: lambda number: (
        number.is_finite()
        and number.adjusted() < _DIGITS - _DECIMALS
        and number.as_tuple().exponent >= -_DECIMALS
    ),
}


def _misfit(column: str, record: Record) -> ExportFailed:
    """The error of a value that a database would refuse, or round."""
    return ExportFailed(
        f"{column} of {getattr(record, 'id', 'a total')} has more digits than the column",
        provider=record.provider,
        account=record.account,
        hint="Leave the account out until its provider has mended that",
    )


def _key(record: Record) -> str:
    """The record's key as one text: parts of it may be null, and null equals nothing in SQL."""
    return _joined(utc(part) if isinstance(part, datetime) else part for part in record.key)


def _joined(parts: Iterable[str | None]) -> str:
    return json.dumps([*parts], separators=(",", ":"), ensure_ascii=False)


def _column(column: Column) -> TColumnSchema:
    return {"name": column.name, "nullable": column.nullable, **_TYPES[column.type]}


def _outcome_row(outcome: Outcome, cursor: Cursor) -> dict[str, Any]:
    """How a kind went: the last complete run has one row, each that was not has one of its own."""
    now = datetime.now(UTC)
    account = cursor.accounts.get(outcome.account)
    feeds = account.feeds if account else {}
    reached = [state for name, state in feeds.items() if name.endswith(outcome.kind)]
    through = [state.through for state in reached if state.through]
    place = (outcome.provider, outcome.account, str(outcome.kind))
    return {
        "key": _joined([*place, None if outcome.complete else utc(now)]),
        "provider": outcome.provider,
        "account": outcome.account,
        "kind": str(outcome.kind),
        "state": str(outcome.state),
        "records": outcome.records,
        "error": str(outcome.error) if outcome.error else None,
        "errors": [_error(error) for error in outcome.errors],
        "gaps": [_gap(notice) for notice in outcome.gaps],
        "since": max((state.since for state in reached), default=None),
        # Where one direction was never read to its end, nothing is known of the whole.
        "through": min(through, default=None) if len(through) == len(reached) else None,
        "elapsed": outcome.elapsed.total_seconds(),
        "collected_at": now,
    }


def _error(error: FaxApiError) -> dict[str, Any]:
    return {
        "type": type(error).__name__,
        "text": error.message,
        "hint": error.hint,
        "operation": error.operation,
        "code": error.code,
    }


def _gap(gap: Notice) -> dict[str, Any]:
    return {
        "code": gap.code,
        "text": gap.text,
        "direction": gap.feed.direction if gap.feed else None,
        "since": utc(gap.since) if gap.since else None,
        "until": utc(gap.until) if gap.until else None,
        "count": gap.count,
    }
