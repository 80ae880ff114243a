"""A JSON list read in pieces gives what it gives when read whole."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faxapi.errors import DecodeError
from faxapi.wire.rest import ItemReader

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
CONTENTS = st.fixed_dictionaries(
    {"faxList": st.lists(VALUES, max_size=6)},
    optional={"before": VALUES, 'quoted "faxList": [': VALUES},
)


def read(chunks: Iterable[bytes]) -> list[Any]:
    reader = ItemReader("faxList")
    return [item for chunk in chunks for item in reader.feed(chunk)] + reader.close()


@given(content=CONTENTS, indent=st.none() | st.integers(0, 2), plain=st.booleans(), data=st.data())
def test_pieces_give_what_the_whole_gives(
    content: dict[str, Any],
    indent: int | None,
    plain: bool,  # noqa: FBT001 - drawn by hypothesis
    data: st.DataObject,
) -> None:
    body = json.dumps(content, indent=indent, ensure_ascii=plain).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=6)))
    chunks = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert read(chunks) == content["faxList"]


@given(items=st.lists(VALUES, max_size=6), data=st.data())
def test_a_cut_list_is_never_a_shorter_one(items: list[Any], data: st.DataObject) -> None:
    body = json.dumps({"faxList": items}).encode()
    with pytest.raises(DecodeError):
        read([body[: data.draw(st.integers(0, len(body) - 1))]])


def test_bytes_one_by_one() -> None:
    body = '\ufeff{"faxList" : [ {"a": "é"} , 12, "x" ] , "b": 1}'.encode()
    assert read(body[at : at + 1] for at in range(len(body))) == [{"a": "é"}, 12, "x"]
