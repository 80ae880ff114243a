"""The wire's readers on damaged answers: no network, no event loop, and so very many of them."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from faxapi.errors import DecodeError, FaxApiError
from faxapi.providers.rows import RowDecoder
from faxapi.providers.soap import _answer
from faxapi.wire.layout import Row
from faxapi.wire.models import VendorModel, decode
from faxapi.wire.rest import ItemReader, RestOperation, member, parse_json
from faxapi.wire.rows import RowReader
from faxapi.wire.scalars import Reading
from faxapi.wire.soap import SoapOperation, parse_fault, parse_response
from tests.fuzz.answers import bodies
from tests.fuzz.corpus import ERRORS, exchanged
from tests.fuzz.damage import JSON, XML, damaged, swollen
from tests.wire.samples import envelope, pieces

SIZE = 1 << 16
# Of the process, so that a busy machine counts for little. What is read in steps that grow with
# what came before takes minutes for as much.
MOST_SECONDS = 2.0
# Python keeps a two-letter element as a dict entry with a key and a value of 60 bytes each.
MOST_MEMORY = 64
SPARE_MEMORY = 4 << 20
# What a message may hold by chance.
_SHORT = 7


@dataclass(frozen=True)
class Body:
    """An answer of an operation, and where the network cuts it."""

    operation: SoapOperation[Any] | RestOperation[Any]
    body: bytes
    cuts: Sequence[int] = ()

    @property
    def chunks(self) -> Iterator[bytes]:
        """The answer as it arrives."""
        return pieces(self.body, [*self.cuts])


CUTS = st.lists(st.integers(0, SIZE), max_size=8)


@st.composite
def damaged_bodies(draw: st.DrawFn) -> Body:
    """A damaged answer of any operation."""
    each = draw(st.sampled_from(exchanged()))
    return Body(each.case.operation, draw(bodies(each) | st.binary(max_size=200)), draw(CUTS))


@st.composite
def swollen_bodies(draw: st.DrawFn, *sizes: int) -> Body:
    """An answer with 64 KB of something in it, in pieces of one of these sizes."""
    each = draw(st.sampled_from(exchanged()))
    tokens = JSON if "json" in each.kind else XML
    body = draw(swollen([*each.bodies, *ERRORS], tokens, SIZE))
    size = draw(st.sampled_from(sizes))
    return Body(each.case.operation, body, range(0, len(body), size))


def read(given: Body) -> None:
    """Read an answer as its client does, and as the others do; a FaxApiError is fine."""
    operation = given.operation
    with suppress(FaxApiError):
        if isinstance(operation, RestOperation):
            _read_rest(operation, given)
        elif operation.row:
            _read_rows(operation, given)
        else:
            _answer(operation, parse_response(operation, given.body), Reading())
    parse_fault(given.body)


def _read_rest(operation: RestOperation[Any], given: Body) -> None:
    if operation.member == "fax":
        found = [member(parse_json(given.body), operation.member)]
    else:
        reader = ItemReader(operation.member)
        found = [item for chunk in given.chunks for item in reader.feed(chunk)] + reader.close()
    for each in found:
        with suppress(DecodeError):
            decode(operation.returns, each, Reading(), path="fax")


def _read_rows(operation: SoapOperation[Any], given: Body) -> None:
    rows: Any = operation.returns
    decoder = RowDecoder(
        operation.row,
        rows.type,
        Reading(),
        lambda _: None,
        strict=False,
        beside=operation.beside,
    )
    for chunk in given.chunks:
        _decode(decoder, rows.type, decoder.feed(chunk))
    _decode(decoder, rows.type, decoder.close())


def _decode(decoder: RowDecoder[Any], model: type[VendorModel], rows: list[Row]) -> None:
    """Make models; what is said of a row that cannot be read holds its id, and no other value."""
    name = model.wire_names()[model.shown[0]]
    for row in rows:
        identity = row.get(name) or ""
        texts = [text for text in row.values() if text and len(text) > _SHORT]
        known = len(decoder.skipped)
        decoder.model(row)
        for notice in decoder.skipped[known:]:
            said = notice.text.replace(identity, "")
            assert not any(text in said for text in texts if text != identity)


def read_in_time(given: Body) -> None:
    """Read 64 KB within seconds."""
    begun = time.process_time()
    read(given)
    assert time.process_time() - begun < MOST_SECONDS


def read_in_memory(given: Body) -> None:
    """Read 64 KB within a multiple of its size."""
    tracemalloc.start()
    try:
        read(given)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(given.body) * MOST_MEMORY + SPARE_MEMORY


FIELDS = ("ItemID", "Phone", "Pages", "CSID", "A.b", "Item")
_ROW = (
    "<Item><ItemID>{}</ItemID><Phone>1&amp;2</Phone><Pages /><CSID> a\n</CSID><A.b>é☎</A.b></Item>"
)
_ROWS = [
    _ROW.format(1),
    "\r\n  <Item>\r\n    <ItemID>2</ItemID>\r\n    <Phone></Phone>\r\n  </Item>\r\n",
    '<Item><ItemID xsi:nil="true" /><Item>3</Item></Item>',
    '<Item xsi:nil="true"/><Item/><Item></Item><Item><CSID>&#x1;]]</CSID></Item>',
    "<!-- <Item><ItemID>4</ItemID></Item> --><Item><ItemID>5</ItemID></Item >",
]
_DOCUMENTS = [
    envelope(f"<Before>b</Before><R>{''.join(rows)}</R><ResultCode>0</ResultCode>")
    for rows in (_ROWS, _ROWS[::-1], [_ROW.format(number) for number in range(9)])
]


def documents() -> st.SearchStrategy[tuple[bytes, list[int]]]:
    """Rows with damage, and where the network cuts them."""
    tokens = [b"<Item>", b"</Item>", b"<ItemID>", b"</ItemID>", b"<Phone/>", b"<A.b>", b"</Item >"]
    return st.tuples(damaged(_DOCUMENTS, [*XML, *tokens, *tokens]), CUTS)


def compare(given: tuple[bytes, list[int]]) -> None:
    """Rows read by the pattern are the rows that expat reads, and so are the errors."""
    (by_pattern, reader, failed), (by_expat, plain, refused) = (
        _rows(given, fields) for fields in (FIELDS, ())
    )
    assert failed == refused
    if failed:
        both = min(len(by_pattern), len(by_expat))
        assert by_pattern[:both] == by_expat[:both]
    else:
        assert by_pattern == by_expat
        assert (reader.siblings, reader.small) == (plain.siblings, plain.small)


def _rows(
    given: tuple[bytes, list[int]], fields: tuple[str, ...]
) -> tuple[list[Row], RowReader, bool]:
    document, cuts = given
    reader = RowReader("Item", fields=fields)
    rows: list[Row] = []
    try:
        for chunk in pieces(document, cuts):
            rows += reader.feed(chunk)
        rows += reader.close()
    except DecodeError:
        return rows, reader, True
    return rows, reader, False
