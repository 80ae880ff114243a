"""Arrow tables and Parquet files, and what reads them."""

from __future__ import annotations

import io
import json
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from faxapi import (
    ConfigurationError,
    Direction,
    ExportFailed,
    FaxRecord,
    JobRecord,
    JobState,
    Kind,
    Report,
    Status,
)
from faxapi.export import COLUMNS, arrow, open_export
from tests.export.samples import EMPTY, FORMATS

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def fax(number: int = 1, **values: Any) -> FaxRecord:  # noqa: ANN401 - the record's fields
    return FaxRecord(
        provider="p",
        account=f"account {number % 3}",
        id=str(number),
        direction=Direction.OUTBOUND,
        status=Status.COMPLETED,
        **values,
    )


REPORT = Report(
    faxes=[
        fax(1, cost=Decimal("1.25"), duration=timedelta(seconds=90), submitted_at=NOON),
        fax(2, cost=Decimal("0.0000000000000000010"), completed_at=NOON + timedelta(days=1)),
        fax(3),
    ],
    jobs=[JobRecord(provider="p", account="a", id="1", state=JobState.RUNNING)],
)


def test_a_table_has_a_type_for_each_value() -> None:
    table = REPORT.to_arrow()
    word = pa.dictionary(pa.int32(), pa.string())
    types = {field.name: (field.type, field.nullable) for field in table.schema}
    assert {name: types[name] for name in ("id", "status", "reason", "pages", "cost", "at")} == {
        "id": (pa.string(), False),
        "status": (word, False),
        "reason": (word, True),
        "pages": (pa.int64(), True),
        "cost": (pa.decimal128(38, 18), True),
        "at": (pa.timestamp("us", tz="UTC"), True),
    }
    assert types["duration"] == (pa.duration("us"), True)
    assert table["cost"].to_pylist() == [Decimal("1.25"), Decimal("1E-18"), None]
    assert table["at"].to_pylist() == [NOON, NOON + timedelta(days=1), None]
    assert table.schema.field("cost").metadata == {b"meaning": b"Money, in `currency`."}
    assert json.loads(table.schema.metadata[b"faxapi"])["version"] == 1


@pytest.mark.parametrize("kind", Kind)
def test_a_table_of_each_kind_has_its_columns(kind: Kind) -> None:
    table = REPORT.to_arrow(kind)
    assert table.column_names == [column.name for column in COLUMNS[kind]]
    assert table.num_rows == len(getattr(REPORT, kind))
    table.validate(full=True)


def test_pandas_polars_and_duckdb_read_a_table() -> None:
    table = REPORT.to_arrow()
    whole = Decimal("1.250000000000000001")
    frame = table.to_pandas()
    assert sum(frame["cost"].dropna()) == whole
    assert frame["at"].max() == pd.Timestamp(NOON) + pd.Timedelta(days=1)
    lazy = pl.from_arrow(table)
    assert isinstance(lazy, pl.DataFrame)
    assert lazy["cost"].sum() == whole
    assert lazy["duration"].max() == timedelta(seconds=90)
    query = "SELECT sum(cost), max(duration), count(*) FROM faxes"
    with duckdb.connect() as database:
        database.register("faxes", table)
        assert database.execute(query).fetchone() == (whole, timedelta(seconds=90), 3)


def test_pandas_polars_and_duckdb_read_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faxes.parquet"
    with open_export(path, "parquet", kind="faxes") as export:
        export.write(REPORT.faxes)
        export.finish(REPORT)
    assert pq.read_table(path) == REPORT.to_arrow()
    whole = Decimal("1.250000000000000001")
    assert sum(pd.read_parquet(path)["cost"].dropna()) == whole
    assert pl.read_parquet(path)["duration"].max() == timedelta(seconds=90)
    query = "SELECT sum(cost), max(duration), list(DISTINCT status) FROM read_parquet($1)"
    # Parquet itself has no durations: what does not read Arrow's notes sees microseconds.
    with duckdb.connect() as database:
        row = database.execute(query, [str(path)]).fetchone()
    assert row == (whole, 90_000_000, ["completed"])


def test_rows_are_written_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "_BATCH", 100)
    monkeypatch.setattr(arrow, "_ROW_GROUP", 400)
    stream = io.BytesIO()
    with open_export(stream, "parquet", kind="faxes") as export:
        for start in range(0, 1_000, 10):
            export.write(fax(number) for number in range(start, start + 10))
        export.finish(EMPTY)
    file = pq.ParquetFile(stream)
    groups = [file.metadata.row_group(place) for place in range(file.metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [400, 400, 200]
    # Each group has its words once.
    place = file.schema_arrow.get_field_index("account")
    assert {group.column(place).encodings[0] for group in groups} <= {"PLAIN", "RLE_DICTIONARY"}
    assert all(group.column(place).has_dictionary_page for group in groups)
    assert file.read()["id"].to_pylist() == [str(number) for number in range(1_000)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"cost": Decimal("1E-19")}, r"cost of 7 does not fit decimal128\(38, 18\)"),
        ({"units": Decimal(10**20)}, r"units of 7 does not fit decimal128\(38, 18\)"),
        ({"pages": 2**63}, "pages of 7 does not fit int64"),
        ({"duration": timedelta.max}, r"duration of 7 does not fit duration\[us\]"),
    ],
)
def test_a_value_without_room_is_told_with_its_record(value: dict[str, Any], text: str) -> None:
    report = Report(faxes=[fax(6), fax(7, **value), fax(8)])
    with pytest.raises(ExportFailed, match=f"^p 'account 1': {text}. Write another format") as told:
        report.to_arrow()
    assert told.value.account == "account 1"
    assert len(json.loads(report.to_json())["records"]) == 3


@pytest.mark.parametrize("name", ["pyarrow", "pyarrow.parquet"])
def test_without_pyarrow_it_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "faxapi.export.arrow")
    monkeypatch.setitem(sys.modules, name, None)
    text = r'not installed. Install it: pip install "faxapi\[arrow\]"'
    with pytest.raises(ConfigurationError, match=text):
        REPORT.to_arrow()
    with (
        pytest.raises(ConfigurationError, match=text),
        open_export(io.BytesIO(), "parquet", kind="faxes"),
    ):
        pass


@pytest.mark.parametrize("form", FORMATS)
def test_memory_does_not_grow_with_the_records(
    form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In small row groups; `python -m tests.bench export` writes a million."""
    monkeypatch.setattr(arrow, "_BATCH", 40)
    monkeypatch.setattr(arrow, "_ROW_GROUP", 400)

    def stream(count: int) -> Iterator[FaxRecord]:
        for number in range(count):
            yield fax(number, subject=f"Fax {number * 7919}", submitted_at=NOON)

    def peak(count: int) -> int:
        pool = pa.default_memory_pool()
        arrows = 0
        tracemalloc.start()
        with open_export(tmp_path / str(count), form, kind="faxes") as export:
            for _ in range(count // 200):
                export.write(stream(200))
                arrows = max(arrows, pool.bytes_allocated())
            export.finish(EMPTY)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most + arrows

    peak(200)
    # Kept in the smallest form that there is, a record takes more: 250 bytes as a row of Arrow.
    assert (peak(2_600) - peak(600)) / 2_000 < 100


def test_a_kind_that_is_none_is_named() -> None:
    with pytest.raises(ConfigurationError, match="'fax' is no kind of an export"):
        REPORT.to_arrow("fax")
