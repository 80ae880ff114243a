"""Rows of a SOAP answer, read as its bytes arrive.

A report can hold a million rows. Each is handed on as soon as its bytes are here; nothing of it is
kept.
"""

from __future__ import annotations

from xml.parsers import expat

from faxapi.errors import DecodeError
from faxapi.wire.xml import (
    MAX_DEPTH,
    Prologue,
    ReferenceFilter,
    is_nil,
    local_name,
    not_well_formed,
    parser,
)

Row = dict[str, str | None]

# A fault or an error page is far smaller; a vendor's row far smaller still.
_MAX_OUTSIDE = 1 << 20


class RowReader:
    """Turns chunks of a SOAP answer into row dicts by local name.

    A nil field is None, an empty one `""`, a nil row nothing. What stands outside the rows is in
    `siblings` once `close` was called; an answer without rows is whole in `small`, for faults.

    Args:
        row: The row element's local name.
    """

    def __init__(self, row: str) -> None:
        self.siblings: Row = {}
        self.count = 0
        self._row_name = row
        self._row: Row | None = None
        self._row_depth = 0
        self._depth = 0
        self._nil = False
        self._leaf = False
        self._text: list[str] = []
        self._done: list[Row] = []
        self._head: list[bytes] = []
        self._outside = 0
        self._names = _LocalNames()
        self._prologue = Prologue()
        self._references = ReferenceFilter()
        self._parser = parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append

    @property
    def small(self) -> bytes | None:
        """The whole answer if it held no row, else None."""
        return b"".join(self._head) if not self.count else None

    def feed(self, chunk: bytes) -> list[Row]:
        """The rows that this chunk completes.

        Raises:
            DecodeError: The answer is not well-formed, or not a SOAP envelope.
        """
        return self._parse(self._prologue.feed(self._references.feed(chunk)), final=False)

    def close(self) -> list[Row]:
        """The last rows.

        Raises:
            DecodeError: The answer ends in the middle.
        """
        return self._parse(self._references.close(), final=True)

    def _parse(self, data: bytes, *, final: bool) -> list[Row]:
        if not self.count:
            self._keep(data)
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            problem = not_well_formed(error, rows=self.count)
        else:
            done, self._done = self._done, []
            return done
        raise problem

    def _keep(self, data: bytes) -> None:
        self._head.append(data)
        self._outside += len(data)
        if self._outside > _MAX_OUTSIDE:
            message = f"the answer has no <{self._row_name}> in its first {_MAX_OUTSIDE} bytes"
            raise DecodeError(message)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._leaf = True
        self._nil = bool(attributes) and is_nil(attributes)
        self._text.clear()
        if self._row is None:
            self._start_outside(self._names[name])
        elif self._depth > MAX_DEPTH:
            message = f"the answer nests elements deeper than {MAX_DEPTH}"
            raise DecodeError(message)

    def _start_outside(self, name: str) -> None:
        if self._depth == 1 and name != "Envelope":
            message = f"the answer is a <{name}> document, not a SOAP envelope"
            raise DecodeError(message)
        if name == self._row_name:
            self._row = {}
            self._row_depth = self._depth

    def _end(self, name: str) -> None:
        depth = self._depth
        self._depth -= 1
        if self._row is None:
            if self._leaf:
                self.siblings[self._names[name]] = None if self._nil else "".join(self._text)
        elif depth == self._row_depth + 1:
            leaf = self._leaf and not self._nil
            self._row[self._names[name]] = "".join(self._text) if leaf else None
        elif depth == self._row_depth:
            self._end_row()
        self._leaf = self._nil = False
        self._text.clear()

    def _end_row(self) -> None:
        if self._row is not None and not self._nil:
            self._done.append(self._row)
            self.count += 1
            self._head.clear()
        self._row = None


class _LocalNames(dict[str, str]):
    """Local names, each cut once."""

    def __missing__(self, name: str) -> str:
        local = self[name] = local_name(name)
        return local
