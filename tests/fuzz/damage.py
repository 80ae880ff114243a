"""What strangers do to an answer, a file and a value: strategies for hypothesis."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

XML = [
    b"<", b">", b"</", b"/>", b"&", b";", b'"', b"'", b"=", b"\x00", b"\x01", b"\xff", b"\xc3",
    b"&#x1;", b"&#0000000000000001;", b"&#xFFFE;", b"&#xD800;", b"&#x110000;", b"&nbsp;", b"&amp;",
    b"]]>", b"<![CDATA[", b"<![CDATA[<Item>]]>", b"<!--", b"-->", b"<!-- & -->", b"<?x y?>", b"<?",
    b"<!DOCTYPE a>", b'<!DOCTYPE a [<!ENTITY b "c">]>', b"<!DOCTYPE html>", b"<html>", b"&b;",
    b'<?xml version="1.0" encoding="utf-7"?>', b'<?xml version="1.0" encoding="utf-16"?>',
    b'<?xml version="1.0" encoding="shift_jis"?>', b'<?xml version="1.1"?>', b"\xef\xbb\xbf",
    b"\xff\xfe<\x00", b"\r\n", b"\t", b' xsi:nil="true"', b' xsi:nil="1"/>', b' xmlns=""',
    b' xmlns:a="b"', b' a:b="c"', b' a="b" a="b"', b"a:", b":", b"<soap:Fault>", b"</soap:Body>",
    b"<ResultCode>-1011</ResultCode>", b"<a/>", b"<a b=''>", b"</a>", b"-1", b"INF", b"NaN",
    b"1E400", b"1E-400", b"0001-01-01T00:00:00", b"9999-12-31T23:59:59.9999999+14:00",
    b"0000-00-00", b"12/31/2020 11:59 PM", b"99:99:99", b"9" * 30, b"9" * 5000, b" " * 70,
    b"true", b"2147483648", "٣".encode(), "²".encode(), "☎\U0001f4e0".encode(), b"\xed\xa0\xbd",
    b"\n" * 500, b" ---> ", b"   at A.B(", b"<a>" * 70, b"x" * 2000,
]  # fmt: skip
JSON = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"null", b"true", b"NaN", b"-Infinity", b"{}",
    b"[]", b'""', b"-0.0", b"1e400", b"1e-400", b"9" * 30, b"9" * 5000, b"0x1", b"01", b"\\ud83d",
    b"\\ud83d\\ude00", b"\\u0000", b"\\x", b"\xef\xbb\xbf", b"\xff", b"\x00", b"\xed\xa0\xbd",
    b'"a":', b'"a":1,', b'"faxList":', b'"FAXLIST":[],', b'"fax":null,', b'"fax":{},', b'{"a":',
    b"\\/Date(-62135596800000)\\/", b"\\/Date(99999999999999)\\/", b"0001-01-01T00:00:00Z", b"//",
    b"[" * 2000, b'{"a":' * 2000, b" " * 70, "٣".encode(), "☎\U0001f4e0".encode(), b"x" * 2000,
]  # fmt: skip
TOML = [
    b"=", b"[", b"]", b"[[account]]", b"[account]", b"\n", b'"', b"'", b'"""', b"#", b".", b",",
    b"{", b"}", b"env", b'{env = "FAXAPI_FUZZ"}', b'{env = ""}', b'{env = "A=B"}', b"true",
    b'{env = "\\u0000"}', b'{file = "a\\u0000"}', b'{file = "/"}', b'{file = ""}', b"false", b"nan",
    b"-inf", b"1e400", b"9" * 30, b"9" * 5000, b"-1", b"0", b"1979-05-27T07:32:00Z", b"07:32:00",
    b"1979-05-27", b"[]", b"{}", b'""', b"\xef\xbb\xbf", b"\xff", b"\x00", b"\\ud83d", b"\\u0000",
    b'"a" = 1', b"a.b.c = 1", b"x" * 2000, b"[" * 2000, b"a = " + b"[" * 2000,
    b"a = " + b"{b=" * 2000, "☎".encode(),
]  # fmt: skip
_PART = re.compile(rb'<[^<>]*>|"(?:[^"\\]|\\.)*"|[^<>"{}\[\],:\n]+|.', re.DOTALL)


@st.composite
def damaged(draw: st.DrawFn, samples: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """One of the samples with pieces cut out, doubled, moved, flipped or replaced."""
    data = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(1, 5))):
        start, end = draw(_spans(data))
        piece = data[start:end]
        match draw(st.sampled_from("tttttnnbdfsce")):
            case "t":
                data = data[:start] + draw(st.sampled_from(tokens)) + data[end:]
            case "n":
                data = data[:start] + draw(st.sampled_from(tokens)) + data[start:]
            case "b":
                data = data[:start] + draw(st.binary(max_size=4)) + data[end:]
            case "d":
                data = data[:end] + piece * draw(st.sampled_from([1, 2, 50])) + data[end:]
            case "f":
                flipped = bytes(byte ^ 1 << draw(st.integers(0, 7)) for byte in piece[:1])
                data = data[:start] + flipped + data[start + 1 :]
            case "s":
                other = draw(st.sampled_from(samples))
                data = data[:start] + other[draw(st.integers(0, len(other))) :]
            case "c":
                data = data[:start] + data[end:]
            case _:
                data = data[:start]
    return draw(st.sampled_from([_same] * 12 + [_in_utf_16, _in_latin_1]))(data)


@st.composite
def _spans(draw: st.DrawFn, data: bytes) -> tuple[int, int]:
    """A part of it: a tag, a text, a number, a bracket; or whatever lies there."""
    if draw(st.integers(0, 3)):
        parts = [(0, 0), *(part.span() for part in _PART.finditer(data))]
        return parts[draw(st.integers(0, len(parts) - 1))]
    start = draw(st.integers(0, len(data)))
    return start, min(len(data), start + draw(st.integers(0, 60)))


def _same(data: bytes) -> bytes:
    return data


def _in_utf_16(data: bytes) -> bytes:
    return data.decode(errors="replace").encode("utf-16")


def _in_latin_1(data: bytes) -> bytes:
    return data.decode(errors="replace").encode("latin-1", errors="replace")


@st.composite
def swollen(draw: st.DrawFn, samples: Sequence[bytes], tokens: Sequence[bytes], size: int) -> bytes:
    """One of the samples with something repeated in it until it has this size."""
    data = draw(st.sampled_from(samples))
    start = draw(st.integers(0, len(data)))
    some = st.sampled_from([*tokens, data[start : start + draw(st.integers(1, 60))] or b" "])
    unit = b"".join(draw(st.lists(some, min_size=1, max_size=3)))
    return data[:start] + unit * (size // len(unit)) + data[start:]


_TEXTS = [
    "", " ", "x", "0", "-1", "٣", "\x00", "\ud83d", "\u202e", "a\nb", "☎", "1" * 5000,
    "0001-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00",
    "1970-01-01T00:00:00", "2026-02-30T00:00:00Z", "2026-03-02T12:00:00+23:59",
]  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 2**31, -(2**63), 10**30, 10**400]),
    st.sampled_from([0.0, -0.0, 0.5, 1e308, float("inf"), float("-inf"), float("nan")]),
    st.sampled_from(_TEXTS),
    st.text(max_size=5),
    st.integers(),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


# What a model may take, and hardly what it is meant to have.
_LIKELY: list[Any] = [
    *(0, 1, -1, 2**31, -(2**63), 10**30, True, False),
    *("", "x", "0", "\u202e", "1" * 5000, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    *("1970-01-01T00:00:00Z", "2026-02-28T00:00:00+23:59", "2026-03-02T12:00:00Z"),
    *("2500-01-01T00:00:00Z", "-1e400", "1e18"),
    *({}, {"": None}, {"x": {}}, {"1": 1}, {"1": "9999-12-31T23:59:59Z"}, [], [None], [{}]),
]


@st.composite
def forged(draw: st.DrawFn, samples: Sequence[Any]) -> Any:  # noqa: ANN401 - any JSON value
    """One of some JSON values in which some places hold something else, or nothing."""
    value = json.loads(json.dumps(draw(st.sampled_from(samples))))
    for _ in range(draw(st.integers(1, 4))):
        value = _forged_at_one_place(draw, value)
    return value


def _forged_at_one_place(draw: st.DrawFn, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if not isinstance(value, dict | list) or not value or not draw(st.integers(0, 20)):
        alike = [each for each in _LIKELY if type(each) is type(value)]
        any_type = draw(st.integers(0, 4)) == 0
        new: Any = VALUES if any_type or not alike else st.sampled_from(alike)
        return deepcopy(draw(new))
    places = list(value) if isinstance(value, dict) else list(range(len(value)))
    place = draw(st.sampled_from(places))
    match draw(st.sampled_from(["into"] * 12 + ["leave out", "add"])):
        case "into":
            value[place] = _forged_at_one_place(draw, value[place])
        case "leave out":
            del value[place]
        case _ if isinstance(value, dict):
            value[draw(st.text(max_size=5))] = value[place]
        case _:
            value.append(value[place])
    return value
