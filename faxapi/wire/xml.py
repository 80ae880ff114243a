"""XML from strangers: one hardened expat parser for every reader."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

import xmltodict

from faxapi.errors import DecodeError

MAX_DEPTH = 64
"""Deeper than any vendor's answer, far from exhausting memory."""

NAMESPACE_END = " "
"""Parts a name from its namespace; no name has one."""

# .NET writes control characters of a stranger's CSID as references that no XML parser accepts
# (XML 1.0, section 2.2: the production Char).
_FORBIDDEN_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])"
    rb"|x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF]));"
)
_REPLACEMENT = b"&#xFFFD;"
# Long enough for a zero-padded reference, short enough that it costs nothing to hold back.
_LONGEST_REFERENCE = 64
# The bytes of a UTF-8 byte-order mark and of white space. No document begins with one of them, so
# a mark that is cut by a chunk's end needs no memory.
_BEFORE_THE_START = b"\xef\xbb\xbf \t\r\n"
# Those that expat knows by itself, and the one of old Windows servers. Python would look up any
# other name that a stranger writes among its codecs, and some of those raise errors of their own.
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252"})
_LONGEST_NAME = 60


class ReferenceFilter:
    """Replaces forbidden character references in a stream of chunks by U+FFFD.

    It does so in CDATA sections and comments too, where they are plain text; ASP.NET writes none.
    """

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
        chunk = chunk.lstrip(_BEFORE_THE_START)
        self._started = bool(chunk)
        return chunk


def parser(namespace_end: str | None = None) -> expat.XMLParserType:
    """An expat parser that refuses document types, and with them every entity.

    Args:
        namespace_end: What stands in names behind the namespace; None leaves them their prefixes.
    """
    made = expat.ParserCreate(namespace_separator=namespace_end)
    made.buffer_text = True
    made.XmlDeclHandler = check_encoding
    made.StartDoctypeDeclHandler = _refuse_doctype
    return made


def check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    """Expat's handler of the XML declaration: refuse an encoding that is not known to be safe."""
    if encoding and encoding.lower() not in _ENCODINGS:
        message = "the answer declares an encoding that faxapi does not read"
        raise DecodeError(message)


def _refuse_doctype(name: str, *_: object) -> None:
    if name.lower() == "html":
        raise not_an_envelope(name)
    message = "the answer declares a document type, which faxapi refuses"
    raise DecodeError(message)


def local_name(name: str) -> str:
    """The name without its prefix."""
    return name.rpartition(":")[2]


def shown(name: str) -> str:
    """An element's name for an error's text, which a stranger's answer must not fill."""
    return f"<{name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + '…'}>"


def is_nil(attributes: dict[str, str]) -> bool:
    """Whether `xsi:nil` is set, under whatever prefix."""
    return any(
        local_name(name) == "nil" and value.strip() in {"true", "1"}
        for name, value in attributes.items()
    )


def not_an_envelope(root: str) -> DecodeError:
    """The error for a document that is something else than SOAP."""
    return DecodeError(
        f"the answer is a {shown(root)} document, not a SOAP envelope",
        hint="A login or maintenance page, or a proxy, answers there: check base_url",
    )


def not_well_formed(error: expat.ExpatError, *, rows: int = 0, start: bytes = b"") -> DecodeError:
    """The error for XML that expat refuses; it names the place, never the text there.

    Between rows that is their count: not every row is expat's to count its lines.
    """
    if start[:_LONGEST_NAME].lower().startswith((b"<!doctype html", b"<html")):
        return not_an_envelope("html")
    where = f"after {rows} rows" if rows else f"at line {error.lineno}, column {error.offset}"
    if error.code not in _CUT_SHORT:
        what = expat.ErrorString(error.code)
        return DecodeError(f"the answer is not well-formed XML {where}: {what}")
    if error.code == _NO_ELEMENTS and (error.lineno, error.offset) == (1, 0):
        return DecodeError("the answer is empty", retryable=True)
    return DecodeError(f"the answer ends in the middle, {where}", retryable=True)


def too_deep() -> DecodeError:
    """The error for elements nested deeper than `MAX_DEPTH`."""
    return DecodeError(f"the answer nests elements deeper than {MAX_DEPTH}")


def to_tree(body: bytes) -> dict[str, object]:
    """A small XML document as nested dicts by local name.

    A nil element is None, an empty one `""`, repeated ones a list; white space between elements
    and all attributes are dropped.

    Raises:
        DecodeError: It is not well-formed, declares a document type, or nests too deeply.
    """
    text = Prologue().feed(_FORBIDDEN_REFERENCE.sub(_REPLACEMENT, body))
    try:
        _survey(text)
    except expat.ExpatError as error:
        problem = not_well_formed(error, start=text)
    else:
        return dict(xmltodict.parse(text, strip_whitespace=False, postprocessor=_simplify))
    raise problem


def _survey(text: bytes) -> None:
    """Refuse a document before anything is built from it; xmltodict has no limit of its own."""
    depth = 0

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise too_deep()

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    surveyor = parser()
    surveyor.StartElementHandler = start
    surveyor.EndElementHandler = end
    surveyor.Parse(text, True)  # noqa: FBT003 - expat takes it by position only


def _simplify(_path: object, key: str, value: Any) -> Any:  # noqa: ANN401 - xmltodict's signature
    if key.startswith("@"):
        return ("@nil", True) if is_nil({key[1:]: value}) else None
    if key == "#text":
        return None
    if isinstance(value, dict) and "@nil" in value:
        return local_name(key), None
    return local_name(key), "" if value is None else value


_NO_ELEMENTS = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]
_CUT_SHORT = frozenset(
    {
        _NO_ELEMENTS,
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    }
)
