from typing import Any

import pytest

from faxapi.errors import DecodeError
from faxapi.wire.xml import MAX_DEPTH, Prologue, ReferenceFilter, to_tree

BOM = b"\xef\xbb\xbf"
FORBIDDEN = (
    [f"&#{code};" for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)]
    + [f"&#x{code:X};" for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)]
    + [f"&#x{code:x};" for code in (11, 14, 31, 0xFFFE)]
    + ["&#0000000000000001;", "&#x0000000000000001;", "&#0065535;", "&#x000fFfE;"]
)
ALLOWED = {
    "&#9;": "\t",
    "&#10;": "\n",
    "&#13;": "\r",
    "&#x9;": "\t",
    "&#xA;": "\n",
    "&#xd;": "\r",
    "&#32;": " ",
    "&#x20;": " ",
    "&#65;": "A",
    "&#0000065;": "A",
    "&#xFFFD;": "\ufffd",
    "&#65533;": "\ufffd",
    "&#x10FFFF;": "\U0010ffff",
    "&#x1F4E0;": "\U0001f4e0",
    "&#128;": "\x80",
    "&amp;#x1;": "&#x1;",
}


def text_of(body: bytes) -> object:
    return to_tree(body)["a"]


@pytest.mark.parametrize("reference", FORBIDDEN)
def test_a_forbidden_character_reference_is_replaced(reference: str) -> None:
    assert text_of(f"<a>1{reference}2</a>".encode()) == "1\ufffd2"


@pytest.mark.parametrize("reference", ALLOWED)
def test_an_allowed_character_reference_is_kept(reference: str) -> None:
    assert text_of(f"<a>1{reference}2</a>".encode()) == f"1{ALLOWED[reference]}2"


@pytest.mark.parametrize("reference", ["&#xD800;", "&#x110000;", "&#;", "&#x;", "&#X1;", "&nbsp;"])
def test_what_asp_net_never_writes_stays_an_error(reference: str) -> None:
    with pytest.raises(DecodeError, match="not well-formed XML at line 1"):
        to_tree(f"<a>{reference}</a>".encode())


@pytest.mark.parametrize("reference", FORBIDDEN)
def test_a_reference_is_replaced_wherever_chunks_cut_it(reference: str) -> None:
    data = f"<a>&amp;{reference}&lt;</a>".encode()
    for cut in range(len(data) + 1):
        references = ReferenceFilter()
        out = references.feed(data[:cut]) + references.feed(data[cut:]) + references.close()
        assert out == b"<a>&amp;&#xFFFD;&lt;</a>"


def test_a_reference_is_replaced_byte_by_byte() -> None:
    references = ReferenceFilter()
    data = b"a&#x1;b&#000000000000000000000001;c & d &#10;&"
    out = b"".join(references.feed(bytes([byte])) for byte in data) + references.close()
    assert out == b"a&#xFFFD;b&#xFFFD;c & d &#10;&"


def test_an_ampersand_without_end_is_not_held_back_for_ever() -> None:
    references = ReferenceFilter()
    assert references.feed(b"&" + b"0" * 1000) == b"&" + b"0" * 1000
    assert references.close() == b""


@pytest.mark.parametrize(
    "before",
    [b"", BOM, b"\r\n", b"\n\n  \t", BOM + b"\r\n", b"\r\n" + BOM],
    ids=["nothing", "mark", "line", "lines", "mark-line", "line-mark"],
)
def test_what_proxies_put_before_the_declaration_is_dropped(before: bytes) -> None:
    document = b'<?xml version="1.0" encoding="utf-8"?><a>\xc3\xa9</a>'
    assert text_of(before + document) == "é"
    for cut in range(len(before) + 2):
        prologue = Prologue()
        data = before + document
        assert prologue.feed(data[:cut]) + prologue.feed(data[cut:]) == document


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (b"<a>\xc3\xa9</a>", "é"),
        (b'<?xml version="1.0"?><a>\xc3\xa9</a>', "é"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xc3\xa9</a>', "é"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>', "é"),
        (b'<?xml version="1.0" encoding="Windows-1252"?><a>\x80</a>', "€"),
        ('<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode("utf-16"), "é"),
    ],
    ids=["undeclared", "no-encoding", "utf-8", "latin-1", "windows", "utf-16"],
)
def test_text_is_read_from_bytes_in_the_declared_encoding(document: bytes, text: str) -> None:
    assert text_of(document) == text


@pytest.mark.parametrize("encoding", ["shift_jis", "idna", "rot13", "zip", "nonsense", "utf-7"])
def test_an_encoding_that_nobody_needs_is_refused(encoding: str) -> None:
    with pytest.raises(DecodeError, match="declares an encoding that faxapi does not read"):
        to_tree(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode())


def test_bytes_that_are_no_utf_8_are_an_error() -> None:
    with pytest.raises(DecodeError, match="not well-formed"):
        to_tree(b"<a>\xe9</a>")


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a PUBLIC "-//x//y" "http://127.0.0.1/x.dtd"><a/>',
        b"<!DOCTYPE a><a/>",
    ],
    ids=["entity", "system", "public", "bare"],
)
def test_document_types_and_entities_are_refused(document: bytes) -> None:
    with pytest.raises(DecodeError, match="declares a document type, which faxapi refuses"):
        to_tree(document)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE html>",
        "<!doctype html>",
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://127.0.0.1/x.dtd">',
        "",
    ],
)
def test_an_html_page_is_called_one(doctype: str) -> None:
    with pytest.raises(DecodeError, match=r"a <html> document, not a SOAP envelope.*base_url"):
        to_tree(f"\r\n{doctype}\n<html><body>Login<br></html>".encode())


@pytest.mark.parametrize(
    ("document", "tree"),
    [
        ("<a/>", ""),
        ("<a></a>", ""),
        ("<a>  </a>", "  "),
        ('<a x="1">t</a>', "t"),
        ("<a>x<!-- c -->y<![CDATA[<&>]]>z&lt;</a>", "xy<&>z<"),
        ("<a><b/></a>", {"b": ""}),
        ("<a>\n <b>1</b>\n <c>2</c>\n</a>", {"b": "1", "c": "2"}),
        ("<a><b>1</b><b>2</b></a>", {"b": ["1", "2"]}),
        ("<a><x:b>1</x:b><y:b>2</y:b><b/></a>", {"b": ["1", "2", ""]}),
        ('<a xsi:nil="true" />', None),
        ('<a><b xsi:nil="true"/><c xsi:nil="1"></c></a>', {"b": None, "c": None}),
        ('<a><b i:nil=" true "/><c nil="true"/></a>', {"b": None, "c": None}),
        ('<a><b xsi:nil="false"/><c xsi:nil="0">1</c></a>', {"b": "", "c": "1"}),
        ('<a><b xsi:nil="true"/><b>1</b></a>', {"b": [None, "1"]}),
        ('<a xmlns="u" xmlns:x="v"><x:b y:type="z">1</x:b></a>', {"b": "1"}),
        ('<a xml:lang="en">text</a>', "text"),
        ('<a x="1"><b>1</b></a>', {"b": "1"}),
    ],
)
def test_a_tree_by_local_names(document: str, tree: object) -> None:
    assert to_tree(document.encode()) == {"a": tree}


@pytest.mark.parametrize("root", ["a", "x:a", "long.name:a"])
def test_the_root_is_named_without_its_prefix(root: str) -> None:
    assert to_tree(f"<{root}>1</{root}>".encode()) == {"a": "1"}


def test_elements_may_nest_as_deep_as_the_limit() -> None:
    nested: Any = to_tree(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH)
    for _ in range(MAX_DEPTH - 1):
        nested = nested["a"]
    assert nested == {"a": ""}


@pytest.mark.parametrize("closed", [True, False])
def test_a_bomb_of_nested_elements_is_refused_before_anything_is_built(*, closed: bool) -> None:
    bomb = b"<a>" * 1_000_000 + b"</a>" * 1_000_000 * closed
    with pytest.raises(DecodeError, match=f"nests elements deeper than {MAX_DEPTH}"):
        to_tree(bomb)


def test_one_deeper_than_the_limit_is_refused() -> None:
    with pytest.raises(DecodeError, match="nests elements deeper"):
        to_tree(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))


@pytest.mark.parametrize("body", [b"", b"  \r\n", BOM, BOM + b"\r\n"])
def test_an_empty_body_is_an_error_that_may_pass(body: bytes) -> None:
    with pytest.raises(DecodeError, match=r"^the answer is empty$") as caught:
        to_tree(body)
    assert caught.value.retryable


def test_a_body_cut_anywhere_is_an_error_that_may_pass() -> None:
    document = '<?xml version="1.0"?><a x="1"><b>é&amp;</b><![CDATA[x]]><!-- c --></a>'.encode()
    for cut in range(1, len(document)):
        with pytest.raises(
            DecodeError, match=r"^the answer ends in the middle, at line 1"
        ) as caught:
            to_tree(document[:cut])
        assert caught.value.retryable


@pytest.mark.parametrize(
    "body",
    [b"<a></b>", b"<a><b></a>", b"<a/><a/>", b"<a>&b;</a>", b"text", b"<a x=1/>", b"<a>\x01</a>"],
)
def test_what_is_not_well_formed_is_an_error_with_its_place(body: bytes) -> None:
    with pytest.raises(DecodeError, match=r"not well-formed XML at line 1, column \d+: ") as caught:
        to_tree(body)
    assert not caught.value.retryable
    assert caught.value.__context__ is None
