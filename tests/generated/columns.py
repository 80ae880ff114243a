"""The tables of what stands in exports."""

from __future__ import annotations

from faxapi import Kind
from faxapi.export import COLUMNS, Column
from tests.marked import table


def column_table(kind: Kind) -> str:
    """The columns of a kind; if it changes, think of SCHEMA_VERSION."""
    return table(("Column", "Type", "Says"), map(_row, COLUMNS[kind]))


def _row(column: Column) -> tuple[str, str, str]:
    known = "" if column.nullable else ", always known"
    words = "".join(f" `{word}`" for word in column.words)
    return f"`{column.name}`", f"{column.type}{known}", f"{column.meaning}{words}"
