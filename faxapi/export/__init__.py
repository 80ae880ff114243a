"""Records in files: JSON Lines, JSON, CSV and Parquet, and as Arrow tables.

What an export says of a record is the same in every format, see `schema`. It is written as the
records come, so memory stays flat however many there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from faxapi.errors import ConfigurationError
from faxapi.export.account import Collection, account_of
from faxapi.export.schema import COLUMNS, SCHEMA_VERSION, Column, ColumnType
from faxapi.export.target import Sink, Target, opened
from faxapi.export.text import Csv, Json, JsonLines
from faxapi.export.writer import Writer
from faxapi.records import Kind, Record

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "COLUMNS",
    "SCHEMA_VERSION",
    "Column",
    "ColumnType",
    "Export",
    "Format",
    "open_export",
    "to_arrow",
]


_ChoiceT = TypeVar("_ChoiceT", bound=StrEnum)


class Format(StrEnum):
    """What an export is written as."""

    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


class Export:
    """A file or a stream that records are written to; `open_export` makes it.

    Attributes:
        path: Where the file lies, once it is finished; None for a stream.
    """

    def __init__(self, target: Target, writer: Writer, kind: Kind | None) -> None:
        self.path: Path | None = None
        self._target = target
        self._writer = writer
        self._kind = kind
        self._open = True

    def write(self, records: Iterable[Record]) -> None:
        """Write records; any number of times.

        Raises:
            ConfigurationError: A record of another kind, or the export is finished.
            ExportFailed: The disk is full, or a value does not fit its column.
            BrokenPipeError: Nobody reads the stream any more.
        """
        self._require_open()
        self._writer.write(self._of_kind(records))
        self._target.flush()

    def finish(self, summary: Collection, *, partial: bool = False) -> None:
        """Say how the collection went, and let the file appear under its name.

        Args:
            summary: The collection's `Report` or `Summary`.
            partial: Whether the collection was stopped before its end. The file is NAME.partial.EXT
                then, with a number if there is such a file: it replaces none.

        Raises:
            ConfigurationError: The export is finished.
            ExportFailed: The disk is full, or a value does not fit its column.
            BrokenPipeError: Nobody reads the stream any more.
        """
        self._require_open()
        self._writer.finish(account_of(summary, self._kind, partial=partial))
        self.path = self._target.publish(partial=partial)
        self._open = False

    def close(self) -> None:
        """Take no more; `open_export` calls it."""
        self._open = False
        self._writer.abandon()

    def _require_open(self) -> None:
        if not self._open:
            text = "the export is finished"
            raise ConfigurationError(text, hint="Open another one")

    def _of_kind(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            if self._kind not in {None, record.kind}:
                text = f"an export of {self._kind} was given {record.kind}"
                raise ConfigurationError(text, hint="Write each kind to a file of its own")
            yield record


@contextmanager
def open_export(
    target: str | os.PathLike[str] | BinaryIO,
    format: Format | str,  # noqa: A002 - what everybody calls it
    *,
    kind: Kind | str | None = None,
) -> Iterator[Export]:
    """Write records to a file or a stream; use it in `with`, and end with `finish`.

    A file has mode 0600 and appears whole, under its name, when it is finished; left without that,
    it leaves nothing. What a stream was given is out.

    Args:
        target: A path, or a stream of bytes such as `sys.stdout.buffer`, which stays open.
        format: `jsonl`, `json`, `csv` or `parquet`; the last needs the extra `faxapi[arrow]`.
        kind: What it holds: `faxes`, `usage` or `jobs`. CSV and Parquet hold one kind; without it,
            the others hold all.

    Raises:
        ConfigurationError: There is no such format or kind, pyarrow is not installed, or there can
            be no such file.
    """
    chosen = _one_of(Format, format)
    held = None if kind is None else _one_of(Kind, kind)
    start = _writer_of(chosen, held)
    with opened(target) as place:
        if chosen is Format.PARQUET and place.is_terminal:
            text = "Parquet is nothing to show on a terminal"
            raise ConfigurationError(text, hint="Name a file, or redirect the output")
        export = Export(place, start(place), held)
        try:
            yield export
        finally:
            export.close()


def to_arrow(records: Iterable[Record], summary: Collection, kind: Kind | str) -> pa.Table:
    """Records of one kind as an Arrow table, see `Report.to_arrow`.

    Raises:
        ConfigurationError: There is no such kind, or pyarrow is not installed.
        ExportFailed: A value does not fit its column.
    """
    from faxapi.export.arrow import table_of  # noqa: PLC0415 - late, it needs an extra

    one = _one_of(Kind, kind)
    return table_of(records, one, account_of(summary, one, partial=False))


def _writer_of(chosen: Format, kind: Kind | None) -> Callable[[Sink], Writer]:
    if chosen is Format.JSONL:
        return JsonLines
    if chosen is Format.JSON:
        return Json
    if kind is None:
        text = f"a file in {chosen} holds one kind of records"
        raise ConfigurationError(text, hint=f"Say which: {', '.join(Kind)}")
    if chosen is Format.CSV:
        return partial(Csv, kind=kind)
    from faxapi.export.arrow import Parquet  # noqa: PLC0415 - late, it needs an extra

    return partial(Parquet, kind=kind)


def _one_of(choices: type[_ChoiceT], value: str) -> _ChoiceT:
    try:
        return choices(value)
    except ValueError:
        pass
    text = f"{value!r} is no {choices.__name__.lower()} of an export"
    raise ConfigurationError(text, hint=f"Choose one of {', '.join(choices)}")
