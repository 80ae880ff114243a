"""An answer's bytes on the wire, however its end is told, and where they can break off."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from tests.contract.proxy import Answer

_CHUNK = 1000
_XML_TEXT = re.compile(rb">([^<>&]{2,})</")
_JSON_TEXT = re.compile(rb'":"([^"\\]{2,})"')


class Framing(StrEnum):
    """How a client learns where the body ends."""

    LENGTH = "with Content-Length"
    CHUNKED = "in chunks"
    CLOSE = "up to the connection's end"


_HEADERS = {
    Framing.LENGTH: "Content-Length: {}",
    Framing.CHUNKED: "Transfer-Encoding: chunked",
    Framing.CLOSE: "Connection: close",
}


def head(answer: Answer, *headers: str) -> bytes:
    """The status line and the headers, none of which tells the body's end unless given."""
    lines = [f"HTTP/1.1 {answer.status}", f"Content-Type: {answer.kind}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def framed(answer: Answer, framing: Framing) -> bytes:
    """The headers of a framing."""
    return head(answer, _HEADERS[framing].format(len(answer.body)))


def chunk(data: bytes) -> bytes:
    """One chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunks(body: bytes) -> bytes:
    """A body in chunks, without the last one, which is empty."""
    return b"".join(chunk(body[start : start + _CHUNK]) for start in range(0, len(body), _CHUNK))


Part = Callable[[Answer], bytes]
"""What comes of an answer before it breaks off."""


def _first_chunk(answer: Answer) -> bytes:
    return framed(answer, Framing.CHUNKED) + chunk(answer.body[:_CHUNK])


def _all_chunks(answer: Answer) -> bytes:
    return framed(answer, Framing.CHUNKED) + chunks(answer.body)


IN_THE_HEAD: dict[str, Part] = {
    "before the status line": lambda _: b"",
    "in the status line": lambda _: b"HTTP/1.1 20",
    "between the headers": lambda answer: framed(answer, Framing.LENGTH).partition(b"\r\n")[0],
    "in a header": lambda answer: framed(answer, Framing.LENGTH)[:30],
    "before the blank line": lambda answer: framed(answer, Framing.LENGTH)[:-2],
}

IN_THE_CHUNKS: dict[str, Part] = {
    "in a chunk's size": lambda answer: _first_chunk(answer) + b"3e",
    "in a chunk": lambda answer: _first_chunk(answer) + b"ffff\r\n" + answer.body[_CHUNK:],
    "between chunks": _first_chunk,
    "before the last chunk": _all_chunks,
    "in the last chunk": lambda answer: _all_chunks(answer) + b"0\r\n",
}

IN_THE_BODY: dict[str, Callable[[bytes], bytes]] = {
    "after the headers": lambda _: b"",
    "in a tag or name": lambda body: body[: _text(body)[1] + 4],
    "in a text": lambda body: body[: sum(_text(body)) // 2],
    "in a character": lambda body: body[: _text(body)[0]] + "é".encode()[:1],
    "in an entity or escape": lambda body: body[: _text(body)[0]] + _reference(body),
    "before the end tag or brace": lambda body: body[: body.rindex(_end(body))],
}


def broken_body(framing: Framing, part: Callable[[bytes], bytes]) -> Part:
    """Part of a body behind the headers of the whole one."""

    def cut(answer: Answer) -> bytes:
        body = part(answer.body)
        return framed(answer, framing) + (chunks(body) if framing is Framing.CHUNKED else body)

    return cut


def is_xml(body: bytes) -> bool:
    return body.lstrip().startswith(b"<")


def _text(body: bytes) -> tuple[int, int]:
    """A text behind the first rows: where it begins and ends; the middle of a body without."""
    texts = [*(_XML_TEXT if is_xml(body) else _JSON_TEXT).finditer(body)]
    middle = len(body) // 2
    return texts[len(texts) * 2 // 3].span(1) if texts else (middle, middle)


def _reference(body: bytes) -> bytes:
    return b"&am" if is_xml(body) else b"\\u00"


def _end(body: bytes) -> bytes:
    return b"</" if is_xml(body) else b"}"
