"""An answer on the wire: its head, and its body piece by piece."""

from __future__ import annotations

import zlib
from contextlib import nullcontext
from typing import TYPE_CHECKING, Self

from anyio.lowlevel import checkpoint

from faxapi.errors import ClientClosed, DecodeError, Disconnected, ResponseTooLarge
from faxapi.transport import meter
from faxapi.transport.failures import translate
from faxapi.transport.retry import Budget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from faxapi.observe import Span
    from faxapi.transport.http import Call
    from faxapi.transport.pool import PooledStream

_PIECE = 1 << 16


class Exchange:
    """An answer whose body is still on the wire.

    Attributes:
        status: The HTTP status.
        headers: By name in lower case.
        budget: The time left to wait for the body.
        place: What a read needs while it waits for the network.
        on_close: Called once the connection is given back.
        operation: What ends with it, and counts the rows that it brings.
    """

    def __init__(
        self, call: Call, status: int, headers: Mapping[str, str], stream: PooledStream, span: Span
    ) -> None:
        self.status = status
        self.headers = headers
        self.budget = Budget(None)
        self.place: AbstractAsyncContextManager[object] = nullcontext()
        self.on_close: Callable[[], None] | None = None
        self.operation: Span | None = None
        self._call = call
        self._stream = stream
        self._span = span
        span.set(status=status)
        self._decoder: _Plain | _Gzip | None = None
        self._size = 0

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def chunk(self) -> bytes:
        """The next bytes, decompressed, at most about 64 KiB; empty at the end.

        Raises:
            ClientClosed: The exchange was closed.
            TransportError: The connection broke or fell silent.
            DeadlineExceeded: The budget is spent.
            ResponseTooLarge: There is more than the call allows.
            DecodeError: The compression is damaged, or was not asked for.
        """
        decoder = self._decoder = self._decoder or _decoder(self.headers)
        while not (piece := decoder.piece()):
            received = await self._receive()
            if not received:
                decoder.end()
                return b""
            decoder.feed(received)
        self._size += len(piece)
        if self._size > self._call.max_bytes:
            raise ResponseTooLarge(
                f"the answer is larger than {self._call.max_bytes} bytes",
                hint="Raise max_response_bytes if it should be",
            )
        # What lies ready is handed out without waiting, and must not keep other tasks waiting.
        await checkpoint()
        return piece

    async def body(self, most: int | None = None) -> bytes:
        """The whole body.

        Raises:
            FaxApiError: As `chunk` raises; ResponseTooLarge if there is more than `most`, too.
        """
        whole = bytearray()
        while piece := await self.chunk():
            whole += piece
            if most is not None and len(whole) > most:
                raise ResponseTooLarge(f"the answer is larger than {most} bytes")
        return bytes(whole)

    async def aclose(self) -> None:
        """Give the connection back."""
        try:
            # It shields itself, and a second shield would cost as much again.
            await self._stream.aclose()
        finally:
            on_close, self.on_close = self.on_close, None
            if on_close:
                on_close()
            self.end()

    def end(self, error: BaseException | None = None) -> None:
        """Tell how it ended; only the first time counts."""
        self._span.end(error)
        if self.operation:
            self.operation.end(error)

    def count_rows(self, rows: int) -> None:
        """Note how many more rows its operation has read."""
        if self._span.whole:
            self._span.whole.add(rows=rows)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.end(error)
        await self.aclose()

    async def _receive(self) -> bytes:
        try:
            received = await self._next()
        except Exception as error:  # noqa: BLE001 - the map decides, and hands on what is no network error
            problem = translate(error, self._call)
        else:
            meter.count(received=len(received))
            self._span.add(size=len(received))
            return received
        raise problem

    async def _next(self) -> bytes:
        async with self.place:
            if self._stream.closed:
                raise ClientClosed("the answer was closed before it was read to its end")
            return await self.budget.spend(self._stream.next())


class _Plain:
    """A body that is not compressed."""

    def __init__(self) -> None:
        self._ready = b""

    def feed(self, received: bytes) -> None:
        self._ready = received

    def piece(self) -> bytes:
        ready, self._ready = self._ready, b""
        return ready

    def end(self) -> None:
        """Nothing is left over."""


class _Gzip:
    """A gzip body, unpacked piece by piece: a few bytes can stand for gigabytes."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._rest = b""
        self._empty = True

    def feed(self, received: bytes) -> None:
        self._rest = received
        self._empty = False

    def piece(self) -> bytes:
        """What can be unpacked, up to the piece's size; empty if more must be fed first."""
        while not (data := self._unpack()) and self._rest:
            pass
        return data

    def end(self) -> None:
        if not (self._member.eof or self._empty):
            raise Disconnected("the compressed answer ends in the middle")

    def _unpack(self) -> bytes:
        # A gzip body may have several members (RFC 1952, section 2.2).
        if self._member.eof and self._rest:
            self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            data = self._member.decompress(self._rest, _PIECE)
        except zlib.error:
            pass
        else:
            self._rest = self._member.unconsumed_tail or self._member.unused_data
            return data
        raise DecodeError("the compressed answer is damaged")


def _decoder(headers: Mapping[str, str]) -> _Plain | _Gzip:
    match headers.get("content-encoding", "").strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Gzip()
    raise DecodeError("the answer is compressed in a way that was not asked for")
