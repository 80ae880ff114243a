"""A SOAP list's rows as vendor models: whole, or as they arrive."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from faxapi.errors import ClientClosed, DecodeError
from faxapi.notice import Notice
from faxapi.wire.models import VendorModel, decode
from faxapi.wire.rows import RowReader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from faxapi.providers.base import Provider
    from faxapi.transport.http import Call, Exchange
    from faxapi.wire.rows import Row
    from faxapi.wire.scalars import Reading

ModelT = TypeVar("ModelT", bound=VendorModel)

_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Rows(Generic[ModelT]):
    """A list that was read to its end.

    Attributes:
        items: The rows, in the vendor's order.
        siblings: What stands beside the rows, as text by local name.
        skipped: One gap notice for each row that could not be read.
        reading: What was met on the way.
    """

    items: list[ModelT]
    siblings: Mapping[str, str | None]
    skipped: list[Notice]
    reading: Reading


class RowDecoder(Generic[ModelT]):
    """Chunks in, models out; a bad row is skipped and named, unless it is to be an error.

    Args:
        row: The row element's local name.
        model: The row's model.
        reading: The account's zone, and what is met on the way.
        finish: Checks the end of the answer: its result code, or a fault.
        strict: Whether a bad row is an error.
    """

    def __init__(
        self,
        row: str,
        model: type[ModelT],
        reading: Reading,
        finish: Callable[[RowReader], None],
        *,
        strict: bool,
    ) -> None:
        self.reading = reading
        self.skipped: list[Notice] = []
        self._row = row
        self._model = model
        self._reader = RowReader(row)
        self._finish = finish
        self._strict = strict

    @property
    def siblings(self) -> Mapping[str, str | None]:
        """What stands beside the rows; whole once `close` was called."""
        return self._reader.siblings

    def feed(self, chunk: bytes) -> list[ModelT]:
        """The models that this chunk completes.

        Raises:
            DecodeError: The answer is not well-formed, or a row is bad and that is an error.
        """
        return self._decode(self._reader.feed(chunk))

    def close(self) -> list[ModelT]:
        """The last models.

        Raises:
            FaxApiError: The answer ends in the middle, is a fault, or holds an error's result code.
        """
        models = self._decode(self._reader.close())
        self._finish(self._reader)
        return models

    def _decode(self, rows: Iterable[Row]) -> list[ModelT]:
        models = []
        for row in rows:
            try:
                models.append(decode(self._model, row, self.reading, path=self._row))
            except DecodeError as error:
                if self._strict:
                    raise
                self.skipped.append(self._skip(row, error))
        return models

    def _skip(self, row: Row, error: DecodeError) -> Notice:
        # What a model shows first is its id; a text that was refused is never shown.
        name = next((self._model.wire_names()[shown] for shown in self._model.shown), "")
        value = row.get(name) or ""
        fit = value.isalnum() and len(value) <= _LONGEST_ID and f"/{name}:" not in error.message
        return Notice(
            "skipped_record",
            f"a record{f' ({name} {value})' if fit else ''} could not be read: {error.message}",
            gap=True,
            path=self._row,
        )


class RowStream(Generic[ModelT]):
    """A list's models as they arrive: an async iterator and an async context manager.

    It holds a connection until it is closed, read to its end, or fails.
    """

    def __init__(
        self,
        provider: Provider,
        call: Call,
        operation: str,
        decoder: RowDecoder[ModelT],
        check: Callable[[Exchange], Awaitable[None]],
    ) -> None:
        self.decoder = decoder
        self._provider = provider
        self._call = call
        self._operation = operation
        self._check = check
        self._exchange: Exchange | None = None
        self._ready: deque[ModelT] = deque()
        self._started = self._ended = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ModelT:
        while not self._ready:
            if self._ended:
                raise StopAsyncIteration
            await self._advance()
        return self._ready.popleft()

    async def aclose(self) -> None:
        """Give the connection back; what was not handed on yet is dropped."""
        self._ended = True
        self._ready.clear()
        if self._exchange is not None:
            exchange, self._exchange = self._exchange, None
            await exchange.aclose()

    async def _advance(self) -> None:
        """Read until there is a model or the end; whatever goes wrong closes the stream."""
        try:
            with self._provider.located(self._operation):
                if self._started:
                    await self._read()
                else:
                    await self._start()
        except BaseException:
            await self.aclose()
            raise

    async def _start(self) -> None:
        """Read the first model inside the login gate: only then is the login known to be good."""
        self._started = True
        async with self._provider.gate.turn():
            self._exchange = await self._provider.open(self._call, self._operation, self._check)
            while not self._ready and not self._ended:
                await self._read()

    async def _read(self) -> None:
        if self._exchange is None:
            message = "the stream is closed"
            raise ClientClosed(message)
        if chunk := await self._exchange.chunk():
            self._ready.extend(self.decoder.feed(chunk))
            return
        last = self.decoder.close()
        await self.aclose()
        self._ready.extend(last)
