"""Records of every kind with any values, and how each format is read back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pyarrow.parquet as pq
from hypothesis import strategies as st

from faxapi import FaxRecord, JobRecord, Kind, Report, UsageRecord
from faxapi.export import COLUMNS, ColumnType, open_export
from faxapi.records import Record

MODELS: dict[Kind, type[Record]] = {
    Kind.FAXES: FaxRecord,
    Kind.USAGE: UsageRecord,
    Kind.JOBS: JobRecord,
}
FORMATS = ("jsonl", "json", "csv", "parquet")
EMPTY = Report()
# What spreadsheets, lines and quotes trip over comes often.
_TEXT = st.text() | st.text(alphabet="=+-@'\"\t\r\n\0,;é\u2028\uff1d ", max_size=4)
_VALUES: dict[ColumnType, st.SearchStrategy[Any]] = {
    ColumnType.TEXT: _TEXT,
    ColumnType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    ColumnType.DECIMAL: st.decimals(min_value=-(10**19), max_value=10**19, places=18)
    | st.decimals(min_value=-(10**6), max_value=10**6, places=2),
    ColumnType.TIME: st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1)).map(  # noqa: DTZ001 - it is given a zone
        lambda moment: moment.replace(tzinfo=UTC)
    ),
    # To the microsecond, which a number in JSON has up to 272 years.
    ColumnType.DURATION: st.timedeltas(timedelta(days=-36_500), timedelta(days=36_500)),
}


@cache
def records(kind: Kind) -> st.SearchStrategy[Record]:
    """Records of a kind, of any values that their columns may have."""
    values = {}
    for column in COLUMNS[kind]:
        if column.name in MODELS[kind].model_fields:
            value = st.sampled_from(column.words) if column.words else _VALUES[column.type]
            values[column.name] = value | st.none() if column.nullable else value
    return st.fixed_dictionaries(values).map(MODELS[kind].model_validate)


def exported(found: list[Record], form: str, kind: Kind) -> bytes:
    """What records become in a format."""
    stream = io.BytesIO()
    with open_export(stream, form, kind=kind) as export:
        export.write(found)
        export.finish(EMPTY)
    return stream.getvalue()


def restored(data: bytes, form: str, kind: Kind) -> list[Record]:
    """The records again."""
    match form:
        case "jsonl":
            rows = [json.loads(line) for line in data.split(b"\n")[:-1]]
        case "json":
            rows = json.loads(data)["records"]
        case "csv":
            with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="") as lines:
                rows = [undone(row, kind) for row in csv.DictReader(lines, strict=True)]
        case _:
            rows = pq.read_table(io.BytesIO(data)).to_pylist()
    for row in rows:
        assert list(row) == [column.name for column in COLUMNS[kind]]
        row.pop("at", None)
    return [MODELS[kind].model_validate(row) for row in rows]


def undone(row: dict[str, str], kind: Kind) -> dict[str, Any]:
    """A row of a CSV file as the documentation says that it is read."""
    values: dict[str, Any] = {}
    for column in COLUMNS[kind]:
        text = row[column.name]
        if column.type is ColumnType.TEXT:
            values[column.name] = text.removeprefix("'") if text else None
        elif column.type is ColumnType.DURATION:
            values[column.name] = float(text) if text else None
        else:
            values[column.name] = text or None
    return values
