"""The dlt source: a resource for each kind of record, and one for how the collections went."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
from dlt.common.schema.typing import TColumnSchema
from dlt.extract import DltResource, DltSource

from faxapi.api import FaxApi
from faxapi.cursor import Cursor
from faxapi.errors import ConfigurationError
from faxapi.export.account import utc
from faxapi.export.rows import RowMaker
from faxapi.export.schema import COLUMNS, Column, ColumnType
from faxapi.records import Kind, Record
from faxapi.store.reading import Ask, read

if TYPE_CHECKING:
    from faxapi.report import Outcome, Progress
    from faxapi.window import Window

Accounts = Callable[[], FaxApi] | str | os.PathLike[str] | None
"""A function that makes an api, or a configuration file; None for the environment."""

NAME = "faxapi"
# Where a resource keeps its cursor, in the state that dlt commits together with the rows.
_CURSOR = "cursor"
_KEY: TColumnSchema = {"name": "key", "data_type": "text", "nullable": False}
_TYPES: dict[ColumnType, TColumnSchema] = {
    ColumnType.TEXT: {"data_type": "text"},
    ColumnType.WORD: {"data_type": "text"},
    ColumnType.INTEGER: {"data_type": "bigint"},
    ColumnType.DECIMAL: {"data_type": "decimal", "precision": 38, "scale": 18},
    ColumnType.TIME: {"data_type": "timestamp", "timezone": True, "precision": 6},
    # Seconds: not every database has a type for spans of time.
    ColumnType.DURATION: {"data_type": "double"},
}
_OUTCOMES: dict[str, TColumnSchema] = {
    "provider": {"data_type": "text"},
    "account": {"data_type": "text"},
    "kind": {"data_type": "text"},
    "state": {"data_type": "text"},
    "records": {"data_type": "bigint"},
    "errors": {"data_type": "text"},
    "gaps": {"data_type": "text"},
    "collected_at": {"data_type": "timestamp", "timezone": True, "precision": 6},
}


def source(
    accounts: Accounts = None,
    window: Window | None = None,
    *,
    only: Iterable[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> DltSource:
    """A dlt source with the resources `faxes`, `usage`, `jobs` and `outcomes`.

    Rows merge on `key`. Each kind's cursor is part of dlt's state, which dlt commits with the rows:
    the next run of the pipeline asks for what is new and for what was still in process.

    Args:
        accounts: A function that makes an api, such as `lambda: FaxApi(…)`, or a configuration
            file; the environment unless given.
        window: The time to look at where there is no cursor yet.
        only: Names of the accounts to ask; all unless given.
        on_progress: As in `FaxApi.collect`, called in another thread.
        on_outcome: Called with each outcome, when its kind has been read.

    Raises:
        ConfigurationError: The accounts are given as something else.
    """
    ask = Ask(window, list(only) if only is not None else None, on_progress)
    make = _maker(accounts)
    results = _Results(on_outcome)

    @dlt.source(name=NAME, max_table_nesting=0)
    def everything() -> Iterator[DltResource]:
        for kind in Kind:
            resource = dlt.resource(
                _records,
                name=str(kind),
                columns={"key": _KEY, **{each.name: _column(each) for each in COLUMNS[kind]}},
                primary_key="key",
                write_disposition={"disposition": "merge", "strategy": "upsert"},
            )
            yield resource(make, ask, kind, results)
        yield dlt.resource(
            results.rows(),
            name="outcomes",
            columns=_OUTCOMES,
            primary_key=("provider", "account", "kind"),
            write_disposition={"disposition": "merge", "strategy": "upsert"},
        )

    return everything()


class _Results:
    """How the kinds went that are read; dlt reads all resources by turns."""

    def __init__(self, on_outcome: Callable[[Outcome], None] | None) -> None:
        self._on_outcome = on_outcome
        self._reading: set[Kind] = set()
        self._rows: list[dict[str, Any]] = []

    def begin(self, kind: Kind) -> None:
        self._reading.add(kind)

    def end(self, kind: Kind, outcomes: Iterable[Outcome]) -> None:
        self._reading.discard(kind)
        for outcome in outcomes:
            self._rows.append(_outcome(outcome))
            if self._on_outcome:
                self._on_outcome(outcome)

    def rows(self) -> Iterator[list[dict[str, Any]] | None]:
        """One row for each account and kind; None lets dlt turn to the others first."""
        while self._reading:
            yield None
        yield self._rows


def _maker(accounts: Accounts) -> Callable[[], FaxApi]:
    if accounts is None or isinstance(accounts, str | os.PathLike):
        return partial(FaxApi.from_config, None if accounts is None else Path(accounts))
    if callable(accounts):
        return accounts
    text = f"a source cannot open a {type(accounts).__name__} for each kind"
    raise ConfigurationError(text, hint="Give a function that makes it: lambda: FaxApi(…)")


def _records(
    make: Callable[[], FaxApi], ask: Ask, kind: Kind, results: _Results
) -> Iterator[list[dict[str, Any]]]:
    results.begin(kind)
    state = dlt.current.resource_state(str(kind))
    saved = state.get(_CURSOR)
    batches = read(make, ask, kind, Cursor.from_json(saved) if saved else None)
    to_row = _row_maker(kind)
    while True:
        try:
            batch = next(batches)
        except StopIteration as end:
            summary = end.value
            break
        yield [to_row(record) for record in batch]
    state[_CURSOR] = summary.cursor.model_dump_json()
    results.end(kind, summary.outcomes)


def _row_maker(kind: Kind) -> Callable[[Record], dict[str, Any]]:
    maker = RowMaker(kind, {ColumnType.DURATION: lambda span: span.total_seconds()})
    names = ("key", *maker.names)

    def to_row(record: Record) -> dict[str, Any]:
        return dict(zip(names, (_key(record), *maker.row(record)), strict=True))

    return to_row


def _key(record: Record) -> str:
    """The record's key as one text: parts of it may be null, and null equals nothing in SQL."""
    return json.dumps(
        [utc(part) if isinstance(part, datetime) else part for part in record.key],
        separators=(",", ":"),
        ensure_ascii=False,
    )


def _column(column: Column) -> TColumnSchema:
    return {"name": column.name, "nullable": column.nullable, **_TYPES[column.type]}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "provider": outcome.provider,
        "account": outcome.account,
        "kind": str(outcome.kind),
        "state": str(outcome.state),
        "records": outcome.records,
        "errors": "\n".join(map(str, outcome.errors)) or None,
        "gaps": "\n".join(gap.text for gap in outcome.gaps) or None,
        "collected_at": datetime.now(UTC),
    }
