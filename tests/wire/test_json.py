import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faxapi.errors import ConfigurationError, DecodeError
from faxapi.wire.rest import ItemReader, RestOperation, member, parse_json, segment
from tests.wire.samples import PHONE, Item, pieces

BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (BOM + b'{"a": 1}', {"a": 1}),
        (b'\r\n [1, "\xc3\xa9", null, true] ', [1, "é", None, True]),
        (rb'"\/Date(1)\/"', "/Date(1)/"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (
            rb'{"subject": "cut \ud83d", "\udc00": ["x\ud83dy"]}',
            {"subject": "cut \ufffd", "\ufffd": ["x\ufffdy"]},
        ),
        (rb'"\\ud83d"', r"\ud83d"),
    ],
)
def test_a_json_body(body: bytes, value: object) -> None:
    assert parse_json(body) == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer is empty"),
        (b" \r\n", "the answer is empty"),
        (b"<html></html>", "the answer is not JSON: line 1, column 1"),
        (b'{"a": 1', "the answer is not JSON: line 1, column 8"),
        (b'{"a": 1}}', "the answer is not JSON: line 1, column 9: Extra data"),
        (b'"caf\xe9"', "the answer is not UTF-8 at byte 4"),
        (b"[" * 100_000, "the answer nests too deeply"),
        (b'{"a":' * 100_000, "the answer nests too deeply"),
        (b"9" * 5000, "the answer holds a number that is too long"),
    ],
)
def test_what_is_no_json_is_an_error_that_names_the_place(body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason) as caught:
        parse_json(body)
    assert caught.value.__context__ is None


def test_an_error_does_not_repeat_the_text() -> None:
    with pytest.raises(DecodeError) as caught:
        parse_json(f'{{"phone": "{PHONE}" "x"}}'.encode())
    assert PHONE not in f"{caught.value} {caught.value!r}"


def test_a_member_by_name_without_regard_to_case() -> None:
    assert member({"faxList": [1]}, "faxList") == [1]
    assert member({"FaxList": [1]}, "faxList") == [1]
    assert member({"faxlist": [1], "faxList": [2]}, "faxList") == [2]
    assert member({"fax": None}, "fax") is None
    assert member({}, "fax") is None
    others: list[object] = [None, [], "fax", 1]
    assert [member(other, "fax") for other in others] == [None] * 4


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("17", "17"),
        ("a/b", "a%2Fb"),
        ("a b?c#d%", "a%20b%3Fc%23d%25"),
        ("é", "%C3%A9"),
        ("...", "..."),
        ("../x", "..%2Fx"),
        ("\r\n", "%0D%0A"),
    ],
)
def test_a_path_segment(text: str, encoded: str) -> None:
    assert segment(text) == encoded


@pytest.mark.parametrize("text", ["", ".", "..", "a\ud83d"], ids=ascii)
def test_what_cannot_be_a_path_segment(text: str) -> None:
    with pytest.raises(ConfigurationError):
        segment(text)


@pytest.mark.parametrize(("letter", "longest"), [("x", 8000), ("/", 2666)])
def test_an_id_that_no_address_has_room_for(letter: str, longest: int) -> None:
    assert len(segment(letter * longest)) <= 8000
    with pytest.raises(ConfigurationError, match=rf"an id of {longest + 1} characters is too long"):
        segment(letter * (longest + 1))


def test_an_operations_path_and_query() -> None:
    operation = RestOperation(
        "outbound.Mine", "GET", "/Faxes/{id}", Item, "fax", query=("page", "date")
    )
    assert operation.target({"id": "a/b"}, {}) == "/Faxes/a%2Fb"
    query = {"date": "between:2018-01-01T00:00:00;2018-12-31T23:59:59", "page": 2, "x": 1}
    assert operation.target({"id": "{id}"}, query) == (
        "/Faxes/%7Bid%7D?page=2&date=between:2018-01-01T00:00:00;2018-12-31T23:59:59"
    )
    assert operation.target({"id": "1"}, {"date": "a&b", "page": None}) == "/Faxes/1?date=a%26b"


def read(chunks: Any) -> list[Any]:  # noqa: ANN401 - any iterable of bytes
    reader = ItemReader("faxList")
    items = [item for chunk in chunks for item in reader.feed(chunk)]
    items += reader.close()
    assert reader.count == len(items)
    return items


TRICKY = (
    BOM
    + rb' { "n" : [1], "FaxList" : [ {"faxId":"1","s":"a,b]\"}\\", "d":"\/Date(1)\/"} , '
    + '\r\n{"s":"é☎\U0001f4e0","n":[[],{}]},'.encode()
    + rb'{"cut":"\ud83d","pair":"\ud83d\ude00"}, 12.5e1 ,null,true,"x" ] , "more": {"a": []} } '
)
TRICKY_ITEMS = [
    {"faxId": "1", "s": 'a,b]"}\\', "d": "/Date(1)/"},
    {"s": "é☎\U0001f4e0", "n": [[], {}]},
    {"cut": "\ufffd", "pair": "\U0001f600"},
    125.0,
    None,
    True,
    "x",
]


def test_items_cut_at_every_byte() -> None:
    for cut in range(len(TRICKY) + 1):
        assert read([TRICKY[:cut], TRICKY[cut:]]) == TRICKY_ITEMS
    assert read(bytes([byte]) for byte in TRICKY) == TRICKY_ITEMS


def test_an_answer_cut_at_any_byte_may_be_asked_for_again() -> None:
    whole = TRICKY.rstrip()
    for end in range(len(whole)):
        for attempt in (lambda cut: read([cut]), parse_json):
            with pytest.raises(DecodeError) as caught:
                attempt(whole[:end])
            assert caught.value.retryable, whole[:end]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"sorry",
        b'{"faxList": [1]}x',
        b'{"faxList": [1]}}',
        b'{"faxList": [1 2]}',
        b'{"faxList": [1], x}',
        b'{"faxList": ["\xff"]}',
        b'{"faxList": [' + b"[" * 100_000,
    ],
)
def test_what_is_wrong_is_not_asked_for_again(body: bytes) -> None:
    for attempt in (lambda wrong: read([wrong]), parse_json):
        with pytest.raises(DecodeError) as caught:
            attempt(body)
        assert not caught.value.retryable


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(
    items=st.lists(VALUES, max_size=6),
    cuts=st.lists(st.integers(0, 10_000), max_size=10),
    indent=st.sampled_from([None, 1]),
    plain=st.booleans(),
)
def test_the_same_items_as_json_wherever_the_bytes_are_cut(
    items: list[Any], cuts: list[int], indent: int | None, *, plain: bool
) -> None:
    text = json.dumps({"a": 1, "faxList": items, "b": []}, indent=indent, ensure_ascii=plain)
    assert read(pieces(text.encode(), cuts)) == items


@pytest.mark.parametrize("body", [b'{"faxList": []}', b'{"FAXLIST":[ ]}', b'{"faxlist": null}'])
def test_an_empty_list(body: bytes) -> None:
    assert read([body]) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer is empty"),
        (b"{}", "the answer has no list faxList"),
        (b"[]", "the answer has no list faxList"),
        (b'{"faxList": {}, "x": 1}', "the answer has no list faxList"),
        (b'{"faxList": ""}', "the answer has no list faxList"),
        (b'{"faxList": 0}', "the answer has no list faxList"),
        (b'{"faxList": [1, 2', "ends in the middle, or is no JSON, after 1 items"),
        (b'{"faxList": [1 2]}', "ends in the middle, or is no JSON, after 0 items"),
        (b'{"faxList": [1]', "the answer is not JSON"),
        (b'{"faxList": [1]}x', "the answer is not JSON"),
        (b"<html>", "the answer is not JSON"),
        (b'{"faxList": ["\xe9"]}', "the answer is not UTF-8 after 0 items"),
        (b'{"faxList": [' + b"[" * 100_000, "the answer nests too deeply"),
    ],
)
def test_what_is_no_list(body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        read([body])


@pytest.mark.parametrize("start", [b"", b'{"faxList": ["', b'{"faxList": []'])
def test_an_endless_part_ends_after_a_million_characters(start: bytes) -> None:
    with pytest.raises(DecodeError, match="over 1048576 characters of the answer make no item"):
        read([start] + [b" " * 65536] * 20 + [b"x" * 65536] * 20)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("start", "end"),
    [(b'{"a": [', b'], "faxList": []}'), (b'{"faxList": [[', b"]]}")],
    ids=["before the list", "in the list"],
)
def test_a_long_part_byte_by_byte_is_not_read_again_with_each(start: bytes, end: bytes) -> None:
    numbers = b"1," * 100_000 + b"1"
    items = read(bytes([byte]) for byte in start + numbers + end)
    assert items == ([[1] * 100_001] if b"faxList" in start else [])


def test_many_items_come_as_soon_as_they_are_here() -> None:
    reader = ItemReader("faxList")
    assert reader.feed(b'{"faxList": [0') == []
    for at in range(2000):
        assert reader.feed(f", {at + 1}".encode()) == [at]
    assert reader.feed(b"]}") == [2000]
    assert reader.close() == []


def test_what_stands_beside_the_list() -> None:
    reader = ItemReader("faxes")
    answer = b'{"next": 7, "faxes": [{"id": 5}], "page": {"size": 1}, "end": null}'
    items = [item for chunk in pieces(answer, [15, 30, 60]) for item in reader.feed(chunk)]
    assert [*items, *reader.close()] == [{"id": 5}]
    assert reader.siblings == {"next": "7", "end": None}
