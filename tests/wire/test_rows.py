"""The row reader against xmltodict, wherever the bytes are cut."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st

from faxapi.errors import DecodeError, ProviderFault
from faxapi.wire.layout import Row
from faxapi.wire.rows import RowReader
from faxapi.wire.soap import parse_fault, parse_response
from faxapi.wire.xml import MAX_DEPTH
from tests.wire.samples import (
    GET_ITEMS,
    SOAP_1_2,
    answer,
    envelope,
    fault_1_1,
    fault_1_2,
    pieces,
)


def read(
    chunks: Iterable[bytes], row: str = "Item", fields: tuple[str, ...] = ()
) -> tuple[list[Row], RowReader]:
    reader = RowReader(row, fields=fields)
    rows = [each for chunk in chunks for each in reader.feed(chunk)]
    rows += reader.close()
    assert reader.count == len(rows)
    return rows, reader


def feed_all(reader: RowReader, chunks: Iterable[bytes]) -> None:
    for chunk in chunks:
        reader.feed(chunk)


def oracle(document: bytes, row: str = "Item") -> list[Row]:
    """The rows by xmltodict, from a document without forbidden references."""
    tree = xmltodict.parse(document, strip_whitespace=False, force_cdata=True)
    return [fields for found in _named(tree, row) if (fields := _fields(found)) is not None]


def _named(tree: dict[str, Any], row: str) -> Iterator[Any]:
    for name, value in tree.items():
        for each in value if isinstance(value, list) else [value]:
            if name.rpartition(":")[2] == row and name[0] not in "@#":
                yield each
            elif isinstance(each, dict):
                yield from _named(each, row)


def _fields(row: dict[str, Any] | None) -> Row | None:
    if _is_nil(row):
        return None
    return {
        name.rpartition(":")[2]: _text(value)
        for name, value in (row or {}).items()
        if name[0] not in "@#"
    }


def _text(value: dict[str, Any] | None) -> str | None:
    children = [name for name in value or {} if name[0] not in "@#"]
    return None if _is_nil(value) or children else (value or {}).get("#text", "")


def _is_nil(value: dict[str, Any] | None) -> bool:
    return any(
        name.rpartition(":")[2].lstrip("@") == "nil" and text.strip() in {"true", "1"}
        for name, text in (value or {}).items()
        if name.startswith("@")
    )


# On the left what is on the wire, on the right the same for a parser without our filter.
TEXTS = st.lists(
    st.sampled_from(
        [
            ("plain", "plain"),
            ("&amp;&lt;&gt;&quot;&apos;", "&amp;&lt;&gt;&quot;&apos;"),
            ("&#65;&#x42;", "&#65;&#x42;"),
            ("&#9;&#10;&#13;", "&#9;&#10;&#13;"),
            ("&#x1;", "&#xFFFD;"),
            ("&#0000000000000001;", "&#xFFFD;"),
            ("&#xFFFE;", "&#xFFFD;"),
            ("&#31;", "&#xFFFD;"),
            ("<![CDATA[<&>]]>", "<![CDATA[<&>]]>"),
            ("<!-- <Item>&#38; -->", "<!-- <Item>&#38; -->"),
            ("<?php echo ?>", "<?php echo ?>"),
            ("é☎\U0001f4e0", "é☎\U0001f4e0"),
            ("\r\n  ", "\r\n  "),
            ("a;b", "a;b"),
            ("0.1100", "0.1100"),
        ]
    ),
    max_size=4,
)
PREFIXES = st.sampled_from(["", "", "", "a:", "tns.x:"])
NIL = st.sampled_from(['xsi:nil="true"', "i:nil='1'", 'nil=" true "', 'xsi:nil="false"', 'x="1"'])
GAPS = st.sampled_from(["", "", "\r\n", "\n    ", "<!-- gap -->", "\t"])
FIELDS = ["ItemID", "Phone", "Pages", "New", "Item", "ResultCode", "Ω"]


@st.composite
def fields(draw: st.DrawFn, name: str) -> tuple[str, str]:
    tag = draw(PREFIXES) + name
    match draw(st.sampled_from(["text", "text", "text", "nil", "empty", "attribute", "nested"])):
        case "nil":
            wire = plain = f"<{tag} {draw(NIL)} />"
        case "empty":
            wire = plain = draw(st.sampled_from([f"<{tag}/>", f"<{tag}></{tag}>"]))
        case "nested":
            wire = plain = f"<{tag}> <b:Inner>1</b:Inner><Item>2</Item></{tag}>"
        case kind:
            opening = f"{tag} y='2'" if kind == "attribute" else tag
            parts = draw(TEXTS)
            wire, plain = (
                f"<{opening}>{''.join(part[side] for part in parts)}</{tag}>" for side in (0, 1)
            )
    gap = draw(GAPS)
    return wire + gap, plain + gap


@st.composite
def rows(draw: st.DrawFn, tag: str) -> tuple[str, str]:
    if draw(st.integers(0, 5)) == 0:
        nil = f"<{tag} {draw(NIL)}/>"
        return nil, nil
    names = draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=6))
    if draw(st.integers(0, 4)):
        names.sort(key=FIELDS.index)
    found = [draw(fields(name)) for name in names]
    gap, after = draw(GAPS), draw(GAPS)
    wire, plain = (
        f"<{tag}>{gap}{''.join(field[side] for field in found)}</{tag}>{after}" for side in (0, 1)
    )
    return wire, plain


@st.composite
def documents(draw: st.DrawFn) -> tuple[bytes, bytes]:
    # One prefix for all rows: under several the oracle would not tell in which order they came.
    content = draw(st.lists(rows(draw(PREFIXES) + "Item"), max_size=5))
    depth, gap = draw(st.integers(0, 4)), draw(GAPS)
    before = draw(st.sampled_from(["", "<Total>1</Total>", '<a:Nil xsi:nil="1"/>', "<E/>"]))
    after = draw(st.sampled_from(["", "<Total>1</Total><ResultCode>0</ResultCode>"]))
    start = draw(st.sampled_from(["", "", "\ufeff", "\r\n"])).encode()
    wire, plain = (
        envelope(
            f"{before}<R>{'<L>' * depth}{gap}{''.join(row[side] for row in content)}"
            f"{'</L>' * depth}</R>{gap}{after}"
        )
        for side in (0, 1)
    )
    return start + wire, plain


@settings(max_examples=200)
@given(documents(), st.lists(st.integers(0, 10_000), max_size=12))
def test_the_same_rows_as_xmltodict_wherever_the_bytes_are_cut(
    document: tuple[bytes, bytes], cuts: list[int]
) -> None:
    wire, plain = document
    for known in ((), tuple(FIELDS)):
        found, reader = read(pieces(wire, cuts), fields=known)
        assert found == oracle(plain)
        assert (reader.small is None) == bool(found)


TRICKY = (
    "\ufeff\r\n"
    + envelope(
        '<m:GetItemsResponse xmlns:m="urn:m"><m:Before>&#x2;</m:Before><m:GetItemsResult>\r\n'
        "  <m:Item>\r\n    <m:ItemID>17</m:ItemID>\r\n"
        "    <m:CSID>&#x1;FAX &#0000000000000001;&#9;&#xFFFE;&#10;&#13;☎\U0001f4e0</m:CSID>\r\n"
        "    <m:Subject>R&amp;D &lt;b&gt;<![CDATA[ <&> ]]><!-- no --> end</m:Subject>\r\n"
        '    <m:Nil xsi:nil="true" /><m:Nil2 xsi:nil="1"></m:Nil2><m:Not xsi:nil="false"/>\r\n'
        "    <m:Empty/><m:Open></m:Open><m:Blank>  </m:Blank><m:Item>own name</m:Item>\r\n"
        "  </m:Item>\r\n"
        '  <m:Item xsi:nil="true"/>\r\n  <Item><ItemID>18</ItemID></Item>\r\n'
        "  <m:Item />\r\n"
        "</m:GetItemsResult><m:TotalCount>2</m:TotalCount><m:Gone xsi:nil='true'/>"
        "<m:ResultCode>-1011</m:ResultCode></m:GetItemsResponse>"
    ).decode()
).encode()
TRICKY_ROWS = [
    {
        "ItemID": "17",
        "CSID": "\ufffdFAX \ufffd\t\ufffd\n\r☎\U0001f4e0",
        "Subject": "R&D <b> <&>  end",
        "Nil": None,
        "Nil2": None,
        "Not": "",
        "Empty": "",
        "Open": "",
        "Blank": "  ",
        "Item": "own name",
    },
    {"ItemID": "18"},
    {},
]
TRICKY_SIBLINGS = {"Before": "\ufffd", "TotalCount": "2", "Gone": None, "ResultCode": "-1011"}


@pytest.mark.parametrize("known", [(), ("ItemID", "CSID", "Subject")])
def test_a_tricky_document_cut_at_every_byte(known: tuple[str, ...]) -> None:
    for cut in range(len(TRICKY) + 1):
        found, reader = read([TRICKY[:cut], TRICKY[cut:]], fields=known)
        assert (found, reader.siblings) == (TRICKY_ROWS, TRICKY_SIBLINGS)


def test_a_tricky_document_byte_by_byte() -> None:
    found, reader = read(bytes([byte]) for byte in TRICKY)
    assert (found, reader.siblings) == (TRICKY_ROWS, TRICKY_SIBLINGS)


def test_a_row_comes_as_soon_as_its_bytes_are_here() -> None:
    reader = RowReader("Item")
    start, _, end = TRICKY.partition(b"</m:Item>\r\n  <m:Item xsi")
    assert reader.feed(start) == []
    assert reader.feed(b"</m:Item>") == TRICKY_ROWS[:1]
    assert reader.feed(b"\r\n  <m:Item xsi" + end) == TRICKY_ROWS[1:]
    assert reader.close() == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("start", "end"), [("<!--", "-->"), ('<Gap x="', '"/>')])
def test_a_long_tag_byte_by_byte_is_not_read_again_with_each(start: str, end: str) -> None:
    body = answer(f"<Item><ItemID>1</ItemID></Item>{start}{'x' * 300_000}{end}")
    found, _ = read(bytes([byte]) for byte in body)
    assert found == [{"ItemID": "1"}]


def test_a_body_cut_at_any_byte_is_an_error_and_no_row_comes_twice() -> None:
    for end in range(len(TRICKY)):
        reader = RowReader("Item")
        found = reader.feed(TRICKY[: end // 2]) + reader.feed(TRICKY[end // 2 : end])
        with pytest.raises(DecodeError, match=r"ends in the middle|is empty") as caught:
            found += reader.close()
        assert found == TRICKY_ROWS[: len(found)]
        assert caught.value.retryable
        # Newer versions of expat may see the last row only at the end, and then it is lost.
        assert reader.count >= len(found)
        assert not found or f"after {reader.count} rows" in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [b"</Wrong>", b"<a b=c>", b"&nbsp;", b"\x00", b"\xff", b"&#xD800;", b"]]>", b"<!DOCTYPE a>"],
)
def test_damage_in_mid_stream_is_an_error_that_names_the_place(damage: bytes) -> None:
    reason = r"not well-formed XML after 2 rows: "
    row = b"<Item><ItemID>1</ItemID></Item>"
    start, _, end = answer("|").partition(b"|")
    reader = RowReader("Item")
    assert reader.feed(start + row + row) == [{"ItemID": "1"}] * 2
    with pytest.raises(DecodeError, match=reason):
        reader.feed(b"<Item><ItemID>" + damage + b"</ItemID></Item>" + end)


CONTAINERS = ["{}", "<R>{}</R>", "<R><L>{}</L></R>", "<R><L><L><L>{}</L></L></L></R>"]


@pytest.mark.parametrize("container", CONTAINERS)
def test_rows_may_stand_at_any_depth_among_siblings(container: str) -> None:
    row = "<Item><ItemID>{}</ItemID></Item>"
    content = container.format(row.format(1) + "<Gap>g</Gap>" + row.format(2))
    found, reader = read([envelope(f"<Before>b</Before>{content}<After>a</After>")])
    assert found == [{"ItemID": "1"}, {"ItemID": "2"}]
    assert reader.siblings == {"Before": "b", "Gap": "g", "After": "a"}


def test_rows_of_several_lists_are_all_rows() -> None:
    found, _ = read([envelope("<A><Item><N>1</N></Item></A><B><Item><N>2</N></Item></B>")])
    assert found == [{"N": "1"}, {"N": "2"}]


def test_a_field_with_the_rows_own_name_is_a_field() -> None:
    found, _ = read([answer("<Item><Item>1</Item><N>2</N></Item><Item><Item/></Item>")])
    assert found == [{"Item": "1", "N": "2"}, {"Item": ""}]


def test_a_field_that_holds_elements_is_none_and_its_elements_are_no_fields() -> None:
    found, _ = read([answer("<Item><A>x<B>1</B>y</A><B>2</B><C><Item><D>3</D></Item></C></Item>")])
    assert found == [{"A": None, "B": "2", "C": None}]


@pytest.mark.parametrize(
    "rows",
    ["", "  \r\n", '<Item xsi:nil="true"/>', '<Item xsi:nil="1"></Item>\n<Item xsi:nil="true"/>'],
    ids=["empty", "space", "nil", "nils"],
)
def test_an_answer_without_rows_is_kept_whole(rows: str) -> None:
    body = answer(rows)
    found, reader = read(pieces(body, [10, 100, 200]))
    assert found == []
    assert reader.siblings["ResultCode"] == "0"
    assert reader.small == body
    assert parse_response(GET_ITEMS, reader.small or b"")["ResultCode"] == "0"


@pytest.mark.parametrize(
    "response", ["<GetItemsResponse/>", "<GetItemsResponse></GetItemsResponse>"]
)
def test_a_null_array_is_an_answer_without_rows(response: str) -> None:
    found, reader = read([envelope(response)])
    assert found == []
    assert parse_response(GET_ITEMS, reader.small or b"") == {}


def test_an_ampersand_near_the_end_is_not_forgotten() -> None:
    body = answer("", after="<Note><![CDATA[R&D]]></Note>") + b"<!-- & -->"
    for cut in range(len(body) - 80, len(body)):
        _, reader = read([body[:cut], body[cut:]])
        assert reader.siblings["Note"] == "R&D"
        assert reader.small == body


def test_nothing_is_kept_of_an_answer_with_rows() -> None:
    reader = RowReader("Item")
    reader.feed(TRICKY)
    assert reader.small is None
    assert reader._head == []


@pytest.mark.parametrize("body", [fault_1_1("a:Server", "Down"), fault_1_2("a:Receiver", "Down")])
def test_a_fault_with_status_200_is_there_whole(body: bytes) -> None:
    found, reader = read(pieces(body, [50, 99]))
    assert found == []
    assert reader.small is not None
    assert parse_fault(reader.small) is not None
    with pytest.raises(ProviderFault, match=r"^Down"):
        parse_response(GET_ITEMS, reader.small)


def test_another_operations_answer_is_there_whole() -> None:
    _, reader = read([envelope("<GetFaxResponse><GetFaxResult>0</GetFaxResult></GetFaxResponse>")])
    with pytest.raises(DecodeError, match="holds <GetFaxResponse> instead"):
        parse_response(GET_ITEMS, reader.small or b"")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer is empty"),
        (b"\r\n \xef\xbb\xbf", "the answer is empty"),
        (b"<html><body>Maintenance</body></html>", "a <html> document, not a SOAP envelope"),
        (b"<!DOCTYPE html><html><br></html>", "a <html> document, not a SOAP envelope"),
        (b"<HTML><P>one<P>two</HTML>", "a <HTML> document, not a SOAP envelope"),
        (b"<Item><ItemID>1</ItemID></Item>", "a <Item> document, not a SOAP envelope"),
        (b"<wsdl:definitions/>", "a <definitions> document, not a SOAP envelope"),
        (b'{"rows": []}', "not well-formed XML at line 1, column 0"),
        (b"Service Unavailable", "not well-formed XML at line 1, column 0"),
        (b"\x1f\x8b\x08\x00", "not well-formed XML at line 1, column 0"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Envelope>&b;</Envelope>', "declares a document type"),
        (b'<?xml version="1.0" encoding="zip"?><Envelope/>', "declares an encoding"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_is_no_soap_answer(body: bytes, reason: str, size: int) -> None:
    with pytest.raises(DecodeError, match=reason):
        read(body[at : at + size] for at in range(0, len(body), size))


def test_an_html_page_that_is_no_xml_either() -> None:
    with pytest.raises(DecodeError, match="a <html> document, not a SOAP envelope"):
        read([b"\n", b"<!doctype HTML>\n<html><br></html>"])


@pytest.mark.parametrize("where", ["", "<Item>", "<Item><ItemID>1</ItemID></Item>"])
def test_a_bomb_of_nested_elements_is_refused(where: str) -> None:
    start = b"<Envelope><Body>" + where.encode()
    reader = RowReader("Item")
    reader.feed(start)
    with pytest.raises(DecodeError, match=f"nests elements deeper than {MAX_DEPTH}"):
        feed_all(reader, [b"<a>" * 1000] * 100)


@pytest.mark.parametrize(
    "start",
    ["<Envelope>", "<Envelope><Item><Text>", "<Envelope><Item><N>1</N></Item>", "<Envelope><!--"],
    ids=["head", "text", "tail", "comment"],
)
@pytest.mark.parametrize("filler", [b"x" * 65536, b" " * 65536, b"<a/>" * 16384])
def test_an_endless_answer_ends_after_a_megabyte_without_a_row(start: str, filler: bytes) -> None:
    reader = RowReader("Item")
    reader.feed(start.encode())
    with pytest.raises(DecodeError, match=r"goes on for 1\d{6} bytes without a <Item>$"):
        feed_all(reader, [filler] * 100)


def test_a_large_chunk_with_rows_is_no_endless_answer() -> None:
    row = f"<Item><Text>{'x' * 60_000}</Text></Item>"
    found, _ = read([answer(row * 100)])
    assert len(found) == 100


def test_endless_new_names_are_refused() -> None:
    reader = RowReader("Item")
    reader.feed(b"<Envelope>")
    chunks = [f"<Item><A{at}>1</A{at}></Item>".encode() for at in range(2000)]
    with pytest.raises(DecodeError, match="more than 1000 different elements"):
        feed_all(reader, chunks)


def test_many_rows_come_in_order_and_nothing_piles_up() -> None:
    reader = RowReader("Item")
    reader.feed(b"<s:Envelope><s:Body><R>")
    for at in range(20_000):
        assert reader.feed(f"<Item><N>{at}</N></Item>".encode()) == [{"N": str(at)}]
    assert reader.feed(b"</R><ResultCode>0</ResultCode></s:Body></s:Envelope>") == []
    assert reader.close() == []
    assert reader.siblings == {"ResultCode": "0"}
    assert reader.count == 20_000


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("after", [True, False], ids=["after", "before"])
def test_a_short_list_beside_the_rows(size: int, *, after: bool) -> None:
    items = "<Items><Item><A>1</A><Stat>inner</Stat></Item></Items>"
    nil = '<Stat xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" />'
    beside = f"<Stats><Stat><B>2</B></Stat>{nil}<Stat><B>3</B></Stat></Stats><Code>0</Code>"
    for rows, count in ((items, 1), ("", 0)):
        document = envelope(rows + beside if after else beside + rows)
        chunks = [document[at : at + size] for at in range(0, len(document), size)]
        reader = RowReader("Item", "Stat")
        found = [row for chunk in chunks for row in reader.feed(chunk)]
        found += reader.close()
        assert found == [{"A": "1", "Stat": "inner"}] * count
        assert reader.beside == [{"B": "2"}, {"B": "3"}]
        assert (reader.count, reader.siblings.get("Code")) == (count, "0")
        assert "B" not in reader.siblings
        assert (reader.small is None) == bool(count)


def test_an_endless_list_beside_the_rows_ends_after_a_megabyte() -> None:
    reader = RowReader("Item", "Stat")
    stats = b"<Stat><B>2</B></Stat>" * 3000
    start = envelope("<X>").partition(b"<X>")[0] + b"<X>"
    with pytest.raises(DecodeError, match="without a <Item>"):
        feed_all(reader, [start, *[stats] * 30])


def test_a_1_2_envelope() -> None:
    body = envelope("<R><Item><N>1</N></Item></R>", prefix="e", namespace=SOAP_1_2)
    assert read([body])[0] == [{"N": "1"}]
