"""Records as rows of plain values, in the order of their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from faxapi.export.account import utc
from faxapi.export.schema import COLUMNS, ColumnType
from faxapi.records import Kind, Record

Encoders = Mapping[ColumnType, Callable[[Any], object]]

AS_TEXT: Encoders = {
    ColumnType.DECIMAL: "{:f}".format,
    ColumnType.TIME: utc,
    ColumnType.DURATION: lambda duration: duration.total_seconds(),
}
"""How values are written where a format has no type for them."""


class RowMaker:
    """Makes rows of records of one kind.

    Args:
        kind: Which.
        encoders: What becomes of a known value, by its column's type; others stay as they are.
    """

    def __init__(self, kind: Kind, encoders: Encoders) -> None:
        columns = COLUMNS[kind]
        self.names = [column.name for column in columns]
        self._values = attrgetter(*self.names)
        self._encoders = [
            (place, encoders[column.type])
            for place, column in enumerate(columns)
            if column.type in encoders
        ]

    def row(self, record: Record) -> list[Any]:
        """A record's values."""
        row = list(self._values(record))
        for place, encode in self._encoders:
            if row[place] is not None:
                row[place] = encode(row[place])
        return row
