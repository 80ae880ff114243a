"""Rows of a SOAP answer, read as its bytes arrive.

A report can hold a million rows. Each is handed on as soon as its bytes are here; nothing of it is
kept.
"""

from __future__ import annotations

from xml.parsers import expat

from faxapi.errors import DecodeError
from faxapi.wire.backlog import Backlog
from faxapi.wire.layout import Row, layout
from faxapi.wire.xml import (
    MAX_DEPTH,
    Prologue,
    ReferenceFilter,
    check_encoding,
    is_nil,
    local_name,
    not_an_envelope,
    not_well_formed,
    parser,
    too_deep,
)

# A fault or an error page is far smaller; a vendor's row far smaller still.
_MOST_BETWEEN_ROWS = 1 << 20
# A vendor's rows have some 30 fields. A stranger's answer could have a new name in every element.
_MOST_NAMES = 1000


class RowReader:
    """Turns chunks of a SOAP answer into row dicts by local name.

    A nil field is None, as is one that holds elements: vendors' rows are flat. An empty one is
    `""`, a nil row is nothing. What stands outside the rows is in `siblings` once `close` was
    called, by local name however deep it stands; an answer without rows is whole in `small`, for
    faults.

    Args:
        row: The row element's local name.
        beside: The local name of another list's rows, a short one, which `close` leaves in
            `beside`.
        fields: The names of a row's fields in the vendor's order. Rows that are written so are read
            in less than half the time, and mean the same.
    """

    def __init__(self, row: str, beside: str = "", fields: tuple[str, ...] = ()) -> None:
        self.siblings: Row = {}
        self.beside: list[Row] = []
        self.count = 0
        self._row_name = row
        self._beside_name = beside
        self._row: Row | None = None
        self._aside = False
        self._row_depth = 0
        self._depth = 0
        self._nil = False
        self._leaf = False
        self._text: list[str] = []
        self._done: list[Row] = []
        self._head: list[bytes] = []
        self._since_row = 0
        self._names = _LocalNames()
        self._backlog = Backlog()
        self._prologue = Prologue()
        self._references = ReferenceFilter()
        self._layout = layout(row, fields) if fields else None
        self._row_end = f"</{row}>"
        # How many bytes expat was given, and which of them began the last row's end tag.
        self._given = 0
        self._ended_at = -1
        self._parser = parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.XmlDeclHandler = self._declared

    @property
    def small(self) -> bytes | None:
        """The whole answer if it held no row, else None."""
        return None if self.count else b"".join(self._head)

    def feed(self, chunk: bytes) -> list[Row]:
        """The rows that this chunk completes.

        Raises:
            DecodeError: The answer is not well-formed, not a SOAP envelope, or goes on and on
                without a row.
        """
        data = self._backlog.feed(chunk)
        return self._parse(self._safe(data), final=False) if data else []

    def close(self) -> list[Row]:
        """The last rows.

        Raises:
            DecodeError: The answer ends in the middle.
        """
        data = self._safe(self._backlog.close()) + self._references.close()
        return self._parse(data, final=True)

    def _safe(self, data: bytes) -> bytes:
        return self._prologue.feed(self._references.feed(data))

    def _parse(self, data: bytes, *, final: bool) -> list[Row]:
        if not self.count:
            self._head.append(data)
        try:
            self._give(self._read_whole_rows(data) if self._layout else data, final)
        except expat.ExpatError as error:
            problem = not_well_formed(error, rows=self.count, start=self.small or b"")
        else:
            self._backlog.unfinished(self._given - self._parser.CurrentByteIndex)
            return self._take(len(data))
        raise problem

    def _give(self, data: bytes, final: bool = False) -> None:  # noqa: FBT001, FBT002 - as expat has it
        self._given += len(data)
        self._parser.Parse(data, final)

    def _read_whole_rows(self, data: bytes) -> bytes:
        """Read the rows that lie whole in a chunk, and leave what is behind them for expat.

        Expat reads up to the first, and what is not written as it should be; of the others it
        never learns.
        """
        end = self._row_end.encode()
        if end not in data:
            return data
        start = 0 if self._is_behind_a_row else data.find(end) + len(end)
        stop = data.rfind(end) + len(end)
        self._give(data[:start])
        try:
            text = data[start:stop].decode()
        except UnicodeDecodeError:
            return data[start:]
        at, plain = 0, "&" not in text
        # Of an encoding that a layout cannot read, expat may have learned just now.
        while self._layout and self._is_behind_a_row:
            rows, at = self._layout.read(text, at, plain=plain)
            self._done += rows
            self.count += len(rows)
            after = text.find(self._row_end, at) + len(self._row_end)
            if at == len(text):
                break
            self._give(text[at:after].encode())
            at = after
        return text[at:].encode() + data[stop:]

    @property
    def _is_behind_a_row(self) -> bool:
        """Whether the last that expat was given is a row's end."""
        return self._given == self._ended_at + len(self._row_end)

    def _take(self, size: int) -> list[Row]:
        done, self._done = self._done, []
        self._since_row = 0 if done else self._since_row + size
        if self._since_row > _MOST_BETWEEN_ROWS:
            message = f"the answer goes on for {self._since_row} bytes without a <{self._row_name}>"
            raise DecodeError(message)
        return done

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        check_encoding(version, encoding, standalone)
        if encoding and encoding.lower() != "utf-8":
            self._layout = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._leaf = True
        self._nil = bool(attributes) and is_nil(attributes)
        self._text.clear()
        if self._row is None:
            self._start_outside(self._names[name])
        if self._depth > MAX_DEPTH:
            raise too_deep()

    def _start_outside(self, name: str) -> None:
        if self._depth == 1 and name != "Envelope":
            raise not_an_envelope(name)
        if name in {self._row_name, self._beside_name}:
            self._row = {}
            self._row_depth = self._depth
            self._aside = name != self._row_name

    def _end(self, name: str) -> None:
        name = self._names[name]
        if self._row is None:
            if self._leaf:
                self.siblings[name] = None if self._nil else "".join(self._text)
        elif self._depth == self._row_depth + 1:
            leaf = self._leaf and not self._nil
            self._row[name] = "".join(self._text) if leaf else None
        elif self._depth == self._row_depth:
            self._end_row(self._row)
        self._depth -= 1
        self._leaf = self._nil = False

    def _end_row(self, row: Row) -> None:
        if self._nil:
            pass
        elif self._aside:
            self.beside.append(row)
        else:
            self._done.append(row)
            self.count += 1
            self._head.clear()
            # Of an empty tag it is where that ends; a row with fields has an end tag.
            if row:
                self._ended_at = self._parser.CurrentByteIndex
        self._row = None


class _LocalNames(dict[str, str]):
    """Local names, each cut once."""

    def __missing__(self, name: str) -> str:
        if len(self) >= _MOST_NAMES:
            message = f"the answer has more than {_MOST_NAMES} different elements"
            raise DecodeError(message)
        local = self[name] = local_name(name)
        return local
