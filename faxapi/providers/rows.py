"""A SOAP list's rows as vendor models: whole, or as they arrive."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from faxapi.errors import ClientClosed, DecodeError
from faxapi.notice import Notice
from faxapi.wire.models import VendorModel, decode
from faxapi.wire.rows import RowReader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from faxapi.providers.base import Provider
    from faxapi.transport.http import Call, Exchange
    from faxapi.wire.layout import Row
    from faxapi.wire.scalars import Reading

ModelT = TypeVar("ModelT", bound=VendorModel)
BesideT = TypeVar("BesideT", bound=VendorModel)

# Those of a 64-bit number.
_MOST_DIGITS = 19
_FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Rows(Generic[ModelT]):
    """A list that was read to its end.

    Attributes:
        items: The rows, in the vendor's order.
        siblings: What stands beside the rows, as text by local name.
        skipped: One gap notice for each row that could not be read.
        reading: What was met on the way.
        beside: The rows of the short list beside it, undecoded.
    """

    items: list[ModelT]
    siblings: Mapping[str, str | None]
    skipped: list[Notice]
    reading: Reading
    beside: list[Row] = field(default_factory=list)

    def number(self, name: str) -> int | None:
        """What stands beside the rows under a name, if that is a count."""
        text = (self.siblings.get(name) or "").strip()
        return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None

    def decode_beside(self, model: type[BesideT], path: str) -> tuple[list[BesideT], list[Notice]]:
        """The rows of the short list, and a gap notice for each that could not be read."""
        unread: list[Notice] = []
        found = (_decoded(model, row, self.reading, path, unread) for row in self.beside)
        return [each for each in found if each is not None], unread


class RowDecoder(Generic[ModelT]):
    """Chunks in, rows out, and models of them; a bad row is skipped and named, or an error.

    Args:
        row: The row element's local name.
        model: The row's model.
        reading: The account's zone, and what is met on the way.
        finish: Checks the end of the answer: its result code, or a fault.
        strict: Whether a bad row is an error.
        beside: The local name of the rows of a short list beside it.
    """

    def __init__(
        self,
        row: str,
        model: type[ModelT],
        reading: Reading,
        finish: Callable[[RowReader], None],
        *,
        strict: bool,
        beside: str = "",
    ) -> None:
        self.reading = reading
        self.skipped: list[Notice] = []
        self._row = row
        self._model = model
        self._reader = RowReader(row, beside, tuple(model.wire_names().values()))
        self._finish = finish
        self._strict = strict

    @property
    def siblings(self) -> Mapping[str, str | None]:
        """What stands beside the rows; whole once `close` was called."""
        return self._reader.siblings

    @property
    def beside(self) -> list[Row]:
        """The rows of the short list; whole once `close` was called."""
        return self._reader.beside

    def feed(self, chunk: bytes) -> list[Row]:
        """The rows that this chunk completes.

        Raises:
            DecodeError: The answer is not well-formed.
        """
        return self._reader.feed(chunk)

    def close(self) -> list[Row]:
        """The last rows.

        Raises:
            FaxApiError: The answer ends in the middle, is a fault, or holds an error's result code.
        """
        rows = self._reader.close()
        self._finish(self._reader)
        return rows

    def model(self, row: Row) -> ModelT | None:
        """A row as a model; None if it was skipped.

        Raises:
            DecodeError: It is bad, and that is an error.
        """
        unread = None if self._strict else self.skipped
        return _decoded(self._model, row, self.reading, self._row, unread)

    def models(self, rows: Iterable[Row]) -> list[ModelT]:
        """Rows as models, without those that were skipped."""
        return [model for row in rows if (model := self.model(row)) is not None]


def _decoded(
    model: type[ModelT], row: Row, reading: Reading, path: str, unread: list[Notice] | None
) -> ModelT | None:
    """A model, or None and a notice more; without a list for that, the error."""
    try:
        return decode(model, row, reading, path=path)
    except DecodeError as error:
        if unread is None:
            raise
        unread.append(skipped(model, row, error, path))
        return None


def skipped(model: type[VendorModel], values: object, error: DecodeError, path: str) -> Notice:
    """The gap that a record leaves which could not be read.

    It is named by its id and placed in time, where these can be read; `decode` has read the time in
    place.
    """
    # What a model shows first is its id; a text that was refused is never shown.
    names = model.wire_names()
    name = next((names[shown] for shown in model.shown), "")
    value, at = "", None
    if isinstance(values, Mapping):
        value, at = str(values.get(name) or ""), values.get(names.get(model.timed))
    fit = _FIT.fullmatch(value) and f"/{name}:" not in error.message
    at = at if isinstance(at, datetime) else None
    return Notice(
        "skipped_record",
        f"a record{f' ({name} {value})' if fit else ''} could not be read: {error.message}",
        gap=True,
        since=at,
        until=at,
        path=path,
    )


class RowStream(Generic[ModelT]):
    """A list's models as they arrive: an async iterator and an async context manager.

    It holds a connection until it is closed, read to its end, or fails; for the limit of requests
    it counts only while it waits for more. Up to its first row it is tried again like any other
    read; from then on it goes on or fails.

    Attributes:
        decoder: Turns the answer into models and skips bad rows; another one after a new try.
    """

    def __init__(
        self,
        provider: Provider,
        call: Call,
        operation: str,
        decoder: Callable[[], RowDecoder[ModelT]],
        check: Callable[[Exchange], Awaitable[None]],
    ) -> None:
        self.decoder = decoder()
        self._new_decoder = decoder
        self._provider = provider
        self._call = call
        self._operation = operation
        self._check = check
        self._exchange: Exchange | None = None
        self._rows: deque[Row] = deque()
        self._ended = self._closed = False

    @property
    def notices(self) -> list[Notice]:
        """What was met so far: rows that could not be read, an assumed time zone."""
        return [*self.decoder.skipped, *self._provider.notices(self.decoder.reading)]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ModelT:
        while True:
            # One at a time: a chunk's models together would set off the garbage collector.
            while self._rows:
                if (model := self.decoder.model(self._rows.popleft())) is not None:
                    return model
            if self._ended:
                raise StopAsyncIteration
            await self._advance()

    async def aclose(self) -> None:
        """Give the connection back; what was not handed on yet is dropped."""
        if self._rows or not self._ended:
            self._ended, self._closed = False, True
            self._rows.clear()
        await self._give_back()

    async def _give_back(self) -> None:
        if self._exchange is not None:
            exchange, self._exchange = self._exchange, None
            await exchange.aclose()

    async def _advance(self) -> None:
        """Read until there is a row or the end; whatever goes wrong closes the stream."""
        try:
            with self._provider.located(self._operation):
                if self._exchange is None:
                    await self._start()
                else:
                    await self._read(self._exchange)
                if self._ended:
                    await self._give_back()
        except BaseException as error:
            if self._exchange is not None:
                self._exchange.end(error)
            await self.aclose()
            raise

    async def _start(self) -> None:
        """Read the first row, too: only then is the login known to be good."""
        if self._closed:
            raise ClientClosed(
                "the list was closed before it was read to its end", hint="Ask for it again"
            )
        self._exchange = await self._provider.open(self._call, self._operation, self._begin)

    async def _begin(self, exchange: Exchange) -> None:
        """Read the first row: what fails before it may be tried again from the start."""
        self.decoder = self._new_decoder()
        await self._check(exchange)
        while not self._rows and not self._ended:
            await self._read(exchange)

    async def _read(self, exchange: Exchange) -> None:
        if chunk := await exchange.chunk():
            rows = self.decoder.feed(chunk)
        else:
            rows = self.decoder.close()
            self._ended = True
        exchange.count_rows(len(rows))
        self._rows.extend(rows)
