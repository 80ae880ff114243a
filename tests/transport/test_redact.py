"""A server's words lose what it was sent, however it quotes that."""

import html
import json
import re
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from faxapi.transport.redact import mask, redact

SECRET = "p&<'>\"\\:/+%2 ü€#w"
WAYS: list[Callable[[str], str]] = [
    str,
    repr,
    ascii,
    json.dumps,
    html.escape,
    quote,
    quote_plus,
    lambda text: repr(text.encode()),
    lambda text: re.sub(r"[^\dpw]", lambda found: f"&#{ord(found[0])};", text),
    lambda text: text.replace(" ", "\n\t"),
]


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS[:8])
def test_a_secret_is_masked_in_whatever_way_it_is_quoted(
    first: Callable[[str], str], second: Callable[[str], str]
) -> None:
    quoted = second(first(SECRET))
    masked = mask(f"no {quoted} here", [SECRET])
    assert masked.startswith("no ")
    assert masked.endswith(" here")
    assert "***" in masked
    assert not set("ü€") & set(masked)
    assert "20ac" not in masked.lower()


def test_a_secret_is_masked_in_any_case() -> None:
    assert mask(f"no {SECRET.upper()} here", [SECRET]) == "no *** here"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<a xmlns='b'> was not expected", "<a xmlns='b'> was not expected"),
        ("bad: <a><b>Mario</b><c>Rossi</c></a> in it", "bad: <a>***</a> in it"),
        ("bad: &lt;b&gt;Mario &lt;i&gt; Rossi&lt;/b&gt;", "bad: <b>***</b>"),
        ("bad: <a><b>Mario Ro", "bad: <a>***"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("to +39 055 123456 or a@b.example.", "to *** or ***"),
    ],
)
def test_what_stands_in_elements_goes(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "unit", ["\\", "&amp;", "&", "\\x", "%5c", "%25", "%2526", " ", "p&", "<", "<a>", "&lt;"]
)
def test_texts_made_to_take_long_do_not(unit: str) -> None:
    begun = time.perf_counter()
    redact(unit * (64 * 1024 // len(unit)), ["\\\\\\x", "&&&p", "   p", "%%%p", SECRET])
    assert time.perf_counter() - begun < 10
