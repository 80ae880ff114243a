"""REST: operations as values, JSON answers, and paths with names that are not ours."""

from __future__ import annotations

import codecs
import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic
from urllib.parse import quote, urlencode

from faxapi.errors import ConfigurationError, DecodeError
from faxapi.wire.backlog import Backlog
from faxapi.wire.models import ModelT
from faxapi.wire.scalars import HALF

if TYPE_CHECKING:
    from collections.abc import Mapping

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]+")
# .NET cuts a long text even between the halves of a character outside the Basic Multilingual Plane.
_HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
# What Python says of text behind a whole document.
_SURPLUS = "Extra data"
# A fax takes half a kilobyte.
_LARGEST_ITEM = 1 << 20
# What every server should take as an address (RFC 9110, 4.1).
_LONGEST_SEGMENT = 8000


@dataclass(frozen=True, slots=True)
class RestOperation(Generic[ModelT]):
    """What one operation asks and answers.

    Attributes:
        name: The name that errors and documentation use: `outbound.Details`.
        method: The HTTP method.
        path: Its path below the account's base_url, with `{id}` where an id goes.
        returns: The model of the answer, or of a list's items.
        member: The member of the JSON answer that holds it.
        query: The query's parameters, in order.
        idempotent: Whether it only reads, so that it may be sent again.
        counted: Whether it counts for the limit on calls in a time. Without a vendor's list of what
            does, a rule that is set is meant for every call.
        source: Where the vendor says so.
    """

    name: str
    method: str
    path: str
    returns: type[ModelT]
    member: str
    query: tuple[str, ...] = ()
    idempotent: bool = False
    counted: bool = True
    source: str = ""

    @property
    def label(self) -> str:
        """The name that errors and documentation use."""
        return self.name

    def target(self, ids: Mapping[str, str], query: Mapping[str, object]) -> str:
        """Path and query; a parameter that is None is not sent.

        Raises:
            ConfigurationError: An id that no address can hold.
        """
        path = self.path.format_map({name: segment(value) for name, value in ids.items()})
        given = {name: query[name] for name in self.query if query.get(name) is not None}
        # A colon and a semicolon are legal in a query, and the vendors' examples have them plain.
        return f"{path}?{urlencode(given, safe=':;')}" if given else path


def parse_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """A JSON body, with or without a byte-order mark.

    Raises:
        DecodeError: It is no JSON; the error names the place, never the text there.
    """
    if not body.strip():
        raise DecodeError("the answer is empty", retryable=True)
    cut = False
    try:
        text = body.decode("utf-8-sig")
        return _whole(json.loads(text), text)
    except json.JSONDecodeError as error:
        text = f"the answer is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        cut = _is_cut(error)
    except UnicodeDecodeError as error:
        text = f"the answer is not UTF-8 at byte {error.start}"
        cut = error.reason == "unexpected end of data"
    except RecursionError:
        text = "the answer nests too deeply"
    except ValueError:
        text = "the answer holds a number that is too long"
    raise DecodeError(text, retryable=cut)


def _is_cut(error: json.JSONDecodeError) -> bool:
    """Whether JSON breaks off, rather than being wrong: it begins as a document and has no end."""
    text = error.doc.strip()
    has_end = text.endswith(("}", "]")) and not error.msg.startswith("Unterminated string")
    at_the_end = not error.doc[error.pos :].strip()
    return text[:1] in {"", "{", "["} and (at_the_end or not has_end) and error.msg != _SURPLUS


def _whole(value: Any, text: str, start: int = 0, end: int = sys.maxsize) -> Any:  # noqa: ANN401 - any JSON value
    """The value with U+FFFD for half a character, which no file and no terminal takes."""
    return _mended(value) if _HALF_ESCAPED.search(text, start, end) else value


def _mended(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return HALF.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_mended(name): _mended(inner) for name, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list) else value


class ItemReader:
    """Turns chunks of a JSON answer into the items of its list.

    A list can hold 50,000 faxes: read in one go it stalls the event loop for half a second.

    Args:
        name: The member of the answer that is the list; case does not count.

    Attributes:
        count: How many items were read.
        siblings: The texts and numbers beside the list, as text; whole once `close` was called.
    """

    def __init__(self, name: str) -> None:
        self.count = 0
        self.siblings: dict[str, str | None] = {}
        self._name = name
        self._opening = re.compile(rf'"{re.escape(name)}"\s*:\s*\[', re.IGNORECASE)
        self._backlog = Backlog()
        self._text = codecs.getincrementaldecoder("utf-8-sig")()
        self._buffer = ""
        # What stands before the list; None until the list begins.
        self._head: str | None = None
        self._ended = False

    def feed(self, chunk: bytes) -> list[Any]:
        """The items that this chunk completes.

        Raises:
            DecodeError: It is no UTF-8, no JSON, or a part of it is too large to be right.
        """
        data = self._backlog.feed(chunk)
        return self._read(data) if data else []

    def close(self) -> list[Any]:
        """The last items.

        Raises:
            DecodeError: The answer ends in the middle, or has no such list.
        """
        items = self._read(self._backlog.close()) + self._read(b"", final=True)
        # With its items taken out, what is left is the answer with an empty list.
        try:
            rest = parse_json(f"{self._head or ''}{self._buffer}".encode())
        except DecodeError as error:
            if self._head is not None and not self._ended:
                text = f"the answer ends in the middle, or is no JSON, after {self.count} items"
                error.args = (text,)
            raise
        if member(rest, self._name) not in (None, []) or not _has(rest, self._name):
            raise DecodeError(f"the answer has no list {self._name}")
        self.siblings |= {
            name: None if value is None else str(value)
            for name, value in rest.items()
            if isinstance(value, str | int | float | None)
        }
        return items

    def _read(self, data: bytes, *, final: bool = False) -> list[Any]:
        try:
            self._buffer += self._text.decode(data, final)
        except UnicodeDecodeError:
            pass
        else:
            return self._items()
        # At the end, what is left is the beginning of a character.
        raise DecodeError(f"the answer is not UTF-8 after {self.count} items", retryable=final)

    def _items(self) -> list[Any]:
        if self._head is None and (opening := self._opening.search(self._buffer)):
            self._head, self._buffer = self._buffer[: opening.end()], self._buffer[opening.end() :]
        items: list[Any] = []
        at = 0
        while self._head is not None and not self._ended and (found := self._next(at)):
            item, at = found
            items.append(item)
        self._buffer = self._buffer[at:]
        if len(self._buffer) > _LARGEST_ITEM:
            raise DecodeError(
                f"over {_LARGEST_ITEM} characters of the answer make no item of its list"
            )
        self.count += len(items)
        self._backlog.unfinished(len(self._buffer))
        return items

    def _next(self, at: int) -> tuple[Any, int] | None:
        """The item at a place, and the next one's; None until what follows the item is here too."""
        at = self._skip_space(at)
        if self._buffer.startswith("]", at):
            self._ended = True
            return None
        try:
            item, end = _DECODER.raw_decode(self._buffer, at)
            item = _whole(item, self._buffer, at, end)
        except ValueError:
            # It is not whole yet, or never will be: `close` and the largest item's size tell.
            return None
        except RecursionError:
            pass
        else:
            end = self._skip_space(end)
            if self._buffer.startswith("]", end):
                return item, end
            return (item, end + 1) if self._buffer.startswith(",", end) else None
        raise DecodeError("the answer nests too deeply")

    def _skip_space(self, at: int) -> int:
        space = _SPACE.match(self._buffer, at)
        return space.end() if space else at


def member(value: object, name: str) -> Any:  # noqa: ANN401 - any JSON value
    """A JSON object's member by name without regard to case; None if absent or no object."""
    if not isinstance(value, dict):
        return None
    if name in value:
        return value[name]
    return next((found for key, found in value.items() if key.lower() == name.lower()), None)


def _has(value: object, name: str) -> bool:
    return isinstance(value, dict) and any(key.lower() == name.lower() for key in value)


def segment(text: str) -> str:
    """One path segment, percent-encoded: an id is opaque and may hold a slash.

    Raises:
        ConfigurationError: It is empty, too long, or one that a server would resolve away.
    """
    if not text or text in {".", ".."}:
        raise ConfigurationError(f"{text!r} cannot be an id in an address")
    if HALF.search(text):
        raise ConfigurationError("the id holds half a character, which no address can")
    quoted = quote(text, safe="")
    if len(quoted) > _LONGEST_SEGMENT:
        message = f"an id of {len(text)} characters is too long for an address"
        raise ConfigurationError(message, hint="Give the id as the provider's records have it")
    return quoted
