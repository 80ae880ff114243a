"""XML from strangers: one hardened expat parser for every reader."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

import xmltodict

from faxapi.errors import DecodeError

MAX_DEPTH = 64
"""Deeper than any vendor's answer, far from exhausting memory."""

# .NET writes control characters of a stranger's CSID as references that no XML parser accepts
# (XML 1.0, section 2.2: the production Char).
_FORBIDDEN_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])|x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF]));"
)
_REPLACEMENT = b"&#xFFFD;"
# Long enough for a zero-padded reference, short enough that it costs nothing to hold back.
_LONGEST_REFERENCE = 64
_TYPE_DECLARATION = "the answer declares a document type, which faxapi refuses"


class ReferenceFilter:
    """Replaces forbidden character references in a stream of chunks by U+FFFD."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """The bytes that are safe to parse now; a reference cut by the chunk's end waits."""
        data = self._held + chunk
        start = data.rfind(b"&", max(0, len(data) - _LONGEST_REFERENCE))
        cut = len(data) if start < 0 or b";" in data[start:] else start
        self._held = data[cut:]
        return _FORBIDDEN_REFERENCE.sub(_REPLACEMENT, data[:cut])

    def close(self) -> bytes:
        """What was held back."""
        held, self._held = self._held, b""
        return held


class Prologue:
    """Drops a byte-order mark and blank lines that proxies put before the XML declaration."""

    def __init__(self) -> None:
        self._started = False

    def feed(self, chunk: bytes) -> bytes:
        """The chunk without what may not stand before a declaration."""
        if self._started:
            return chunk
        chunk = chunk.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
        self._started = bool(chunk)
        return chunk


def parser() -> expat.XMLParserType:
    """An expat parser that refuses document types, and with them every entity."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse_doctype
    return made


def local_name(name: str) -> str:
    """The name without its prefix."""
    return name.rpartition(":")[2]


def is_nil(attributes: dict[str, str]) -> bool:
    """Whether `xsi:nil` is set, under whatever prefix."""
    return any(
        local_name(name) == "nil" and value.strip() in {"true", "1"}
        for name, value in attributes.items()
    )


def not_well_formed(error: expat.ExpatError, *, rows: int | None = None) -> DecodeError:
    """The error for XML that expat refuses; it names the place, never the text there."""
    if error.code == _NO_ELEMENTS:
        return DecodeError("the answer is empty", retryable=True)
    where = f"line {error.lineno}, column {error.offset}"
    after = "" if rows is None else f" after {rows} rows"
    return DecodeError(
        f"the answer is not well-formed XML at {where}{after}: {expat.ErrorString(error.code)}"
    )


def to_tree(body: bytes) -> dict[str, object]:
    """A small XML document as nested dicts by local name.

    A nil element is None, an empty one `""`, repeated ones a list; white space between elements
    and all attributes are dropped.

    Raises:
        DecodeError: It is not well-formed, declares a document type, or nests too deeply.
    """
    references = ReferenceFilter()
    text = Prologue().feed(references.feed(body) + references.close())
    try:
        tree = xmltodict.parse(
            text, expat=_Hardened, strip_whitespace=False, postprocessor=_simplify
        )
    except expat.ExpatError as error:
        problem = not_well_formed(error)
    else:
        return dict(tree)
    raise problem


class _Hardened:
    """Stands in for the expat module where xmltodict makes its parser."""

    @staticmethod
    def ParserCreate(*_: object) -> expat.XMLParserType:  # noqa: N802 - expat's own name
        return parser()


def _simplify(path: list[Any], key: str, value: Any) -> Any:  # noqa: ANN401 - xmltodict's signature
    if key.startswith("@"):
        nil = isinstance(value, str) and is_nil({key[1:]: value})
        return ("@nil", True) if nil else None
    if key == "#text":
        return None
    if len(path) > MAX_DEPTH:
        message = f"the answer nests elements deeper than {MAX_DEPTH}"
        raise DecodeError(message)
    if isinstance(value, dict) and "@nil" in value:
        return local_name(key), None
    return local_name(key), "" if value is None else value


def _refuse_doctype(*_: object) -> None:
    raise DecodeError(_TYPE_DECLARATION)


_NO_ELEMENTS = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]
