"""Whatever a server sends, only a FaxApiError comes out."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from faxapi.errors import FaxApiError
from faxapi.providers.interfax.models import FaxItemEx
from faxapi.providers.rows import RowDecoder
from faxapi.wire.models import decode
from faxapi.wire.rest import ItemReader, parse_json
from faxapi.wire.rows import RowReader
from faxapi.wire.scalars import Reading
from faxapi.wire.soap import parse_fault, parse_response
from faxapi.wire.xml import to_tree
from tests.wire.samples import GET_ITEMS, answer, envelope, fault_1_1, fault_1_2

ROW = (
    "<FaxItemEx><ParentTransactionID>1</ParentTransactionID><TransactionID>17</TransactionID>"
    "<SubmitTime>2016-11-25T15:57:40.1234567</SubmitTime><PostponeTime>0001-01-01T00:00:00"
    "</PostponeTime><UserID>acme</UserID><RemoteCSID>&#x1;FAX&amp;</RemoteCSID>"
    '<PagesSent>3</PagesSent><Status xsi:nil="true"/><Duration>90</Duration><Units>0.1100</Units>'
    "</FaxItemEx>"
)
SAMPLES = [
    envelope(
        f"<FaxStatusExResponse><FaxStatusExResult>{ROW}\r\n{ROW}</FaxStatusExResult>"
        "<ResultCode>0</ResultCode></FaxStatusExResponse>"
    ),
    answer('<Item><ItemID>1</ItemID><Phone>é☎</Phone></Item><Item xsi:nil="true"/>'),
    fault_1_1("soap:Server", "Down ---&gt; really\n   at A.B()"),
    fault_1_2("soap:Receiver", "Down"),
    b"<!DOCTYPE html><html><body>Login<br></body></html>",
    '\ufeff{"faxList": [{"faxId": "1", "subject": "é\\ud83d"}, {"size": 1e5}], "n": -0.0}'.encode(),
    b"",
]
TOKENS = [
    b"<", b">", b"</", b"/>", b"&", b"&#x1;", b"&#0;", b"]]>", b"<![CDATA[", b"<!--", b"<?", b"?>",
    b"<!DOCTYPE a [", b'xsi:nil="true"', b"\x00", b"\xff", b"\xef\xbb\xbf", b'"', b"'", b"[", b"]",
    b"{", b"}", b",", b"\\ud83d", b"\\", b'<?xml version="1.0" encoding="utf-7"?>', b"xmlns:a",
    b":", b"-1", b"INF", b"Item", b"<soap:Fault>", b"9" * 5000, b"<a>" * 100, b"[" * 2000,
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real answer with pieces cut out, doubled, or replaced by what parsers dislike."""
    data = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 30)))
        new = draw(st.sampled_from([*TOKENS, data[start:end] * 2]) | st.binary(max_size=4))
        data = data[:start] + new + data[end:]
    return data


def read_rows(data: bytes) -> None:
    reader = RowReader("FaxItemEx")
    half = len(data) // 2
    for row in (*reader.feed(data[:half]), *reader.feed(data[half:]), *reader.close()):
        decode(FaxItemEx, row, Reading(), path="FaxItemEx")


def decode_rows(data: bytes) -> None:
    decoder = RowDecoder("FaxItemEx", FaxItemEx, Reading(), lambda _: None, strict=False)
    decoder.models(decoder.feed(data))
    decoder.models(decoder.close())


def read_items(data: bytes) -> None:
    reader = ItemReader("faxList")
    reader.feed(data)
    reader.close()


READERS: list[Callable[[bytes], Any]] = [
    read_rows,
    decode_rows,
    read_items,
    to_tree,
    parse_fault,
    parse_json,
    lambda data: parse_response(GET_ITEMS, data),
]


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=80)
@given(mutated())
@example(SAMPLES[0])
@example(b'<?xml version="1.0" encoding="shift_jis"?><a/>')
@example(b'{"a": ' * 3000)
def test_a_damaged_answer(reader: Callable[[bytes], Any], data: bytes) -> None:
    with suppress(FaxApiError):
        reader(data)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes(reader: Callable[[bytes], Any], data: bytes) -> None:
    with suppress(FaxApiError):
        reader(data)
