"""What an export says of a record: the same columns in every format."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime

from faxapi.records import FaxRecord, JobRecord, Kind, Record, UsageRecord

SCHEMA_VERSION: Final = 1
"""Raised when a column goes, or changes its name, type or meaning; a new column raises it not."""

# What a property says, and no field.
_DERIVED = {Kind.FAXES: ("at",)}
# Texts of which a file holds few different ones.
_REPEATED = frozenset({"provider", "account", "status_code", "reason_text", "user", "currency"})


class ColumnType(StrEnum):
    """What a column's values are."""

    TEXT = "text"
    WORD = "word"
    """One of a fixed list, such as a status."""
    INTEGER = "integer"
    DECIMAL = "decimal"
    TIME = "time"
    """In UTC."""
    DURATION = "duration"


_TYPES: dict[Any, ColumnType] = {
    str: ColumnType.TEXT,
    int: ColumnType.INTEGER,
    Decimal: ColumnType.DECIMAL,
    datetime: ColumnType.TIME,
    AwareDatetime: ColumnType.TIME,
    timedelta: ColumnType.DURATION,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: Its name, which is the record's attribute.
        type: What its values are.
        nullable: Whether it can be unknown.
        meaning: What it says.
        words: The list that its values are from, for a word; it may get longer.
    """

    name: str
    type: ColumnType
    nullable: bool
    meaning: str
    words: tuple[str, ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether few different values stand in many rows."""
        return self.type is ColumnType.WORD or self.name in _REPEATED


def _columns_of(record: type[Record]) -> Iterator[Column]:
    for name, field in record.model_fields.items():
        if not field.exclude:
            yield _column(name, field.annotation, field.description)
    for name in _DERIVED.get(record.model_fields["kind"].default, ()):
        getter = getattr(record, name).fget
        yield _column(name, get_type_hints(getter)["return"], inspect.getdoc(getter))


def _column(name: str, annotation: Any, meaning: str | None) -> Column:  # noqa: ANN401 - any type
    is_union = get_origin(annotation) in {Union, UnionType}
    choices = get_args(annotation) if is_union else (annotation,)
    (value,) = (choice for choice in choices if choice is not NoneType)
    # A program that is shipped without its sources has no docstrings of fields.
    says = " ".join((meaning or "").split())
    words = _words_of(value)
    kind = ColumnType.WORD if words else _TYPES[value]
    return Column(name, kind, NoneType in choices, says, words)


def _words_of(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - any type
    if get_origin(value) is Literal:
        return get_args(value)
    return tuple(value) if issubclass(value, StrEnum) else ()


COLUMNS: Final[dict[Kind, tuple[Column, ...]]] = {
    Kind.FAXES: tuple(_columns_of(FaxRecord)),
    Kind.USAGE: tuple(_columns_of(UsageRecord)),
    Kind.JOBS: tuple(_columns_of(JobRecord)),
}
"""The columns of each kind, in order; a reader finds them by name."""
