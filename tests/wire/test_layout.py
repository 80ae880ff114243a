"""Rows read by one pattern: the same as expat reads, and expat does not see them."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faxapi.errors import DecodeError
from faxapi.wire.layout import Row, layout
from faxapi.wire.rows import RowReader
from tests.wire.samples import envelope, pieces

FIELDS = ("ID", "Phone", "Pages", "CSID", "A.b", "Item")


def document(rows: Iterable[str], head: str = "") -> bytes:
    return envelope(f"{head}<R>{''.join(rows)}</R><ResultCode>0</ResultCode>")


def item(inner: str) -> str:
    return f"<Item>{inner}</Item>"


def read(body: bytes, cuts: Iterable[int] = (), fields: tuple[str, ...] = FIELDS) -> list[Row]:
    reader = RowReader("Item", fields=fields)
    rows = [row for piece in pieces(body, [*cuts]) for row in reader.feed(piece)]
    return rows + reader.close()


class Seen(RowReader):
    """Counts the rows that expat reads."""

    def __init__(self) -> None:
        super().__init__("Item", fields=FIELDS)
        self.by_expat = 0

    def _end_row(self, row: Row) -> None:
        self.by_expat += 1
        super()._end_row(row)


def by_expat(*rows: str) -> int:
    """How many of some rows expat reads, behind one that it always reads."""
    seen = Seen()
    found = seen.feed(document([item("<ID>0</ID>"), *rows])) + seen.close()
    assert len(found) == len(rows) + 1
    return seen.by_expat - 1


@pytest.mark.parametrize(
    ("inner", "row"),
    [
        ("<ID>1</ID>", {"ID": "1"}),
        ("", {}),
        ("<ID /><Phone/><Pages></Pages>", {"ID": "", "Phone": "", "Pages": ""}),
        ('<ID xsi:nil="true" /><CSID>x</CSID>', {"ID": None, "CSID": "x"}),
        ('<ID xsi:nil="true"/>', {"ID": None}),
        ("\r\n  <ID> 1 </ID>\r\n\t<Phone>2\n</Phone> ", {"ID": " 1 ", "Phone": "2\n"}),
        ("<CSID>R&amp;D &lt;b&gt; &amp;lt;&quot;&apos;</CSID>", {"CSID": "R&D <b> &lt;\"'"}),
        ("<CSID>é☎\U0001f4e0 ]]</CSID><A.b>=\"'</A.b>", {"CSID": "é☎\U0001f4e0 ]]", "A.b": "=\"'"}),
    ],
)
def test_a_row_as_it_should_be_written(inner: str, row: Row) -> None:
    assert read(document([item("<ID>0</ID>"), item(inner)]))[1] == row
    assert by_expat(item(inner)) == 0


@pytest.mark.parametrize(
    "row",
    [
        item("<Phone>1</Phone><ID>2</ID>"),
        item("<ID>1</ID><ID>2</ID>"),
        item("<ID>1</ID><New>2</New>"),
        item("<a:ID>1</a:ID>"),
        item("<Axb>1</Axb>"),
        item('<ID x="1">2</ID>'),
        item('<ID nil="true"/>'),
        item("<ID><Phone>1</Phone></ID>"),
        item("<ID>1<Phone>2</Phone></ID>"),
        item("<ID>1<!-- 2 --></ID>"),
        item("<ID><![CDATA[1]]></ID>"),
        item("<ID>&#65;</ID>"),
        item("<ID>1\r\n2</ID>"),
        item("<ID>1&#13;2</ID>"),
        item("x<ID>1</ID>"),
        item("<ID>1</ID>x"),
        item("<ID>a>b</ID>"),
        "<Item x='1'><ID>1</ID></Item>",
        "<!-- <Item><ID>9</ID></Item> --><Item><ID>1</ID></Item>",
        "<![CDATA[<Item><ID>9</ID></Item>]]><Item><ID>1</ID></Item>",
        "<Item><ID>1</ID></Item >",
    ],
)
def test_a_row_that_is_written_otherwise_is_read_by_expat(row: str) -> None:
    body = document([item("<ID>0</ID>"), row, item("<ID>3</ID>")])
    assert read(body) == read(body, fields=())
    assert by_expat(row) == 1


def test_what_only_looks_like_rows_is_none() -> None:
    body = document(
        [
            item("<ID>0</ID>"),
            "<!-- </Item><Item><ID>9</ID></Item> -->",
            "<Item><ID>1</ID></Item ><!-- </Item><Item><ID>9</ID></Item> -->",
            item("<Item>inner</Item><Item>2</Item>"),
        ]
    )
    for cut in range(len(body)):
        assert read(body, [cut]) == [{"ID": "0"}, {"ID": "1"}, {"Item": "2"}]


@pytest.mark.parametrize(
    "bad",
    [
        "<Item><ID>1</Phone></Item>",
        "<Item><ID>1</ID>",
        "<Item><ID>&nbsp;</ID></Item>",
        "<Item><ID>\x01</ID></Item>",
        "<Item><ID>\uffff</ID></Item>",
        "</Item>",
    ],
)
def test_what_expat_refuses_is_refused(bad: str) -> None:
    body = document([item("<ID>0</ID>"), item("<ID>1</ID>"), bad, item("<ID>3</ID>")])
    with pytest.raises(DecodeError, match=r"not well-formed XML after [23] rows"):
        read(body)


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    body = document([item("<ID>0</ID>"), item("<ID>x</ID>"), item("<ID>2</ID>")])
    with pytest.raises(DecodeError, match="not well-formed XML after 1 rows"):
        read(body.replace(b"x</ID>", b"\xe9</ID>"))


def test_another_encoding_is_expats() -> None:
    rows = [item("<ID>é</ID>")] * 3
    text = document(rows).decode().partition("?>")[2]
    body = f'<?xml version="1.0" encoding="ISO-8859-1"?>{text}'.encode("latin-1")
    assert read(body) == [{"ID": "é"}] * 3
    # What two bytes mean in it is not what they mean in UTF-8.
    assert read(body.replace(b"\xe9", "é".encode())) == [{"ID": "Ã©"}] * 3
    with pytest.raises(DecodeError, match="not well-formed"):
        read(f'<?xml version="1.0" encoding="us-ascii"?>{text}'.encode())


def test_a_row_that_does_not_fit_is_seen_at_once() -> None:
    """No field is tried twice: with a choice for each, forty fields would take for ever."""
    names = tuple(f"F{number}" for number in range(200))
    known = layout("Row", names)
    text = f"<Row>{''.join(f'<{name}>1</{name}>' for name in names)}<New/></Row>"
    assert known.read(text, 0, plain=True) == ([], 0)


@pytest.mark.parametrize("empty", ["<Item/>", "<Item />", "<Item></Item>"])
def test_what_stands_behind_an_empty_row_is_read_by_expat(empty: str) -> None:
    """Of an empty tag expat tells where it ends, and of another where it begins."""
    parts = ["<!--abc", item("<ID>1</ID>"), "--><Other>ab", item("<ID>2</ID>"), "</Other>"]
    body = document([empty, *parts])
    for cut in range(len(body)):
        assert read(body, [cut]) == [{}, {"ID": "2"}]


def test_long_gaps_are_expats() -> None:
    """Each absent field looks behind the gap again."""
    gap = " " * 100
    assert by_expat(item(f"<ID>1</ID>{gap}")) == 1
    assert by_expat(item(f"<ID>1</ID>{gap[:60]}")) == 0


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5).map(
    lambda text: "".join(each for each in text if each in "\t\n\r" or each >= " ")
)


@st.composite
def fields(draw: st.DrawFn) -> str:
    written = []
    for name in FIELDS:
        match draw(st.integers(0, 12)):
            case 0:
                continue
            case 1:
                written.append(f"<{name} />")
            case 2:
                written.append(f'<{name} xsi:nil="true" />')
            case 3:
                written.append(f"<{name}>&#65;</{name}>")
            case _:
                text = escape(draw(TEXT).replace("\ufffe", "").replace("\uffff", ""))
                written.append(f"<{name}>{text}</{name}>")
    return draw(st.sampled_from(["", "", "\n  "])).join(written)


@settings(max_examples=150)
@given(
    rows=st.lists(fields().map(item) | st.just("<Item />"), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 3000), max_size=4),
)
def test_the_same_rows_as_expat_wherever_the_bytes_are_cut(
    rows: list[str], cuts: list[int]
) -> None:
    body = document(rows)
    assert read(body, cuts) == read(body, fields=())
