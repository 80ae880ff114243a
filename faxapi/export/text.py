"""JSON Lines, JSON and CSV, written record by record."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from faxapi.export.rows import AS_TEXT, RowMaker
from faxapi.export.schema import ColumnType
from faxapi.export.writer import Writer
from faxapi.records import Kind, Record

if TYPE_CHECKING:
    from faxapi.export.target import Sink

# What lies beyond ASCII is escaped: a reader may take U+2028 for the end of a line, and a terminal
# some others for commands.
_JSON = json.JSONEncoder(separators=(",", ":"))

# A spreadsheet takes a cell that begins so for a formula, if not everywhere (OWASP, CSV injection).
_FORMULAS = (*"=+-@\t\r\n\0", *"\uff1d\uff0b\uff0d\uff20")
_QUOTE = "'"


class JsonLines(Writer):
    """One record a line."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._makers = {kind: RowMaker(kind, AS_TEXT) for kind in Kind}

    def write(self, records: Iterable[Record]) -> None:
        """Write a line for each."""
        for record in records:
            self._sink.write(self._object(record) + b"\n")

    def finish(self, account: Mapping[str, Any]) -> None:
        """It has no place for an account."""

    def _object(self, record: Record) -> bytes:
        maker = self._makers[record.kind]
        return _JSON.encode(dict(zip(maker.names, maker.row(record), strict=True))).encode()


class Json(JsonLines):
    """One object: the records, each on a line of its own, and behind them the account."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(sink)
        self._before = b"\n"
        sink.write(b'{"records":[')

    def write(self, records: Iterable[Record]) -> None:
        """Write a line for each; the comma comes before the next."""
        for record in records:
            self._sink.write(self._before + self._object(record))
            self._before = b",\n"

    def finish(self, account: Mapping[str, Any]) -> None:
        """Close the list, and write the account."""
        self._sink.write(b"\n],\n" + _JSON.encode(account)[1:].encode() + b"\n")


class Csv(Writer):
    """A header and one record a line, as RFC 4180 has it."""

    def __init__(self, sink: Sink, kind: Kind) -> None:
        self._maker = RowMaker(kind, {**AS_TEXT, ColumnType.TEXT: harmless})
        self._lines = csv.writer(_Encoded(sink), lineterminator="\r\n")
        self._lines.writerow(self._maker.names)

    def write(self, records: Iterable[Record]) -> None:
        """Write a line for each."""
        self._lines.writerows(map(self._maker.row, records))

    def finish(self, account: Mapping[str, Any]) -> None:
        """It has no place for an account."""


class _Encoded:
    """What the csv module writes to."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, text: str) -> None:
        if self._sink.is_terminal:
            # A stranger's escape codes would steer it.
            text = "".join(c if c.isprintable() or c in "\r\n" else "\ufffd" for c in text)
        self._sink.write(text.encode())


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    One that could be, and one that has no letter, begins with an apostrophe; and so does one that
    had an apostrophe already, so that whoever takes one away always has the text as it was.
    """
    return _QUOTE + text if not text or text.startswith((*_FORMULAS, _QUOTE)) else text
