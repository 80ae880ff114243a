"""Arrow tables and Parquet files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from faxapi.errors import ConfigurationError, ExportFailed
from faxapi.export.rows import RowMaker
from faxapi.export.schema import COLUMNS, Column, ColumnType
from faxapi.export.writer import Writer
from faxapi.records import Kind, Record

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] != "pyarrow":
        raise
    text = "Parquet and Arrow need pyarrow, which is not installed"
    raise ConfigurationError(text, hint='Install it: pip install "faxapi[arrow]"') from None

if TYPE_CHECKING:
    from faxapi.export.target import Sink

METADATA = "faxapi"
"""The key under which a table or a file says what collection it is of, in JSON."""

# Rows that lie in memory as Python's values, and as Arrow's until they are a row group.
_BATCH = 2_000
_ROW_GROUP = 64_000

_TYPES = {
    ColumnType.TEXT: pa.string(),
    ColumnType.WORD: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    # 20 digits before the point, more than any money has, and 18 behind it.
    ColumnType.DECIMAL: pa.decimal128(38, 18),
    ColumnType.TIME: pa.timestamp("us", tz="UTC"),
    ColumnType.DURATION: pa.duration("us"),
}


def schema_of(kind: Kind) -> pa.Schema:
    """The columns of a kind in Arrow's types."""
    return pa.schema([_field(column) for column in COLUMNS[kind]])


def _field(column: Column) -> pa.Field:
    values = _TYPES[column.type]
    kept = pa.dictionary(pa.int32(), values) if column.repeats else values
    return pa.field(column.name, kept, column.nullable, {"meaning": column.meaning})


class Batches:
    """Records of one kind on their way to Arrow, converted before there are many of them.

    Attributes:
        schema: Of what comes out.
        rows: How many were added and not taken.
    """

    def __init__(self, kind: Kind) -> None:
        self.schema = schema_of(kind)
        self.rows = 0
        self._maker = RowMaker(kind, {})
        self._waiting: list[list[Any]] = []
        self._converted: list[pa.RecordBatch] = []

    def add(self, record: Record) -> None:
        """Add a record.

        Raises:
            ExportFailed: A value that does not fit its column's type.
        """
        self._waiting.append(self._maker.row(record))
        self.rows += 1
        if len(self._waiting) >= _BATCH:
            self._convert()

    def take(self) -> pa.Table:
        """What was added; it is kept no longer.

        Raises:
            ExportFailed: A value that does not fit its column's type.
        """
        self._convert()
        # Otherwise only the first batch of a row group would be written with its dictionary.
        table = pa.Table.from_batches(self._converted, self.schema).unify_dictionaries()
        self._converted, self.rows = [], 0
        return table

    def _convert(self) -> None:
        if not self._waiting:
            return
        columns = zip(self.schema, zip(*self._waiting, strict=True), strict=True)
        arrays = [self._array(field, values) for field, values in columns]
        self._converted.append(pa.RecordBatch.from_arrays(arrays, schema=self.schema))
        self._waiting = []

    def _array(self, field: pa.Field, values: tuple[Any, ...]) -> pa.Array:
        array = _array_of(field, values)
        if array is not None:
            return array
        place = next(n for n, value in enumerate(values) if _array_of(field, (value,)) is None)
        row = dict(zip(self._maker.names, self._waiting[place], strict=True))
        raise ExportFailed(
            f"{field.name} of {row.get('id', 'a total')} does not fit {field.type}",
            provider=row["provider"],
            account=row["account"],
            hint="Write another format: it has room for any value",
        )


def _array_of(field: pa.Field, values: tuple[Any, ...]) -> pa.Array | None:
    """The values in a field's type; None if one does not fit."""
    try:
        return pa.array(values, field.type)
    except (pa.ArrowInvalid, OverflowError):
        return None


class Parquet(Writer):
    """A Parquet file; the account of the collection stands in its footer."""

    def __init__(self, sink: Sink, kind: Kind) -> None:
        self._batches = Batches(kind)
        self._door = _Door(sink)
        self._writer = pq.ParquetWriter(self._door, self._batches.schema, compression="zstd")

    def write(self, records: Iterable[Record]) -> None:
        """Write a row group whenever there are enough rows."""
        for record in records:
            self._batches.add(record)
            if self._batches.rows >= _ROW_GROUP:
                self._writer.write_table(self._batches.take())

    def finish(self, account: Mapping[str, Any]) -> None:
        """Write the rows that are left, and the footer."""
        if self._batches.rows:
            self._writer.write_table(self._batches.take())
        self._writer.add_key_value_metadata({METADATA: json.dumps(account)})
        self._writer.close()

    def abandon(self) -> None:
        """Let nothing out any more: left open, the writer would end the file as garbage."""
        self._door.shut()
        with suppress(pa.ArrowException, OSError):
            self._writer.close()


class _Door(io.RawIOBase):
    """What pyarrow writes through; once it is shut, nothing goes out any more."""

    def __init__(self, sink: Sink) -> None:
        self._sink: Sink | None = sink

    def writable(self) -> bool:
        """It is for writing."""
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - any buffer
        """Take it all."""
        if self._sink:
            self._sink.write(data)
        return len(data)

    def shut(self) -> None:
        self._sink = None


def table_of(records: Iterable[Record], kind: Kind, account: Mapping[str, Any]) -> pa.Table:
    """An Arrow table of records of one kind, with the account of the collection as metadata.

    Raises:
        ExportFailed: A value that does not fit its column's type.
    """
    batches = Batches(kind)
    for record in records:
        batches.add(record)
    return batches.take().replace_schema_metadata({METADATA: json.dumps(account)})
