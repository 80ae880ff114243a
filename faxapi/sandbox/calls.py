"""A call on its way to a simulated provider, and its answer on the way back."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

CONNECTION = "faxapi.sandbox.connection"
"""The key of the connection among an ASGI scope's extensions."""

# Time for the client to read what was sent before its connection breaks.
_READING = 0.02
_PADDING = b" " * 65536


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was read, and has done nothing yet.

    Attributes:
        operation: Its name in the log; "" if none was recognised.
        perform: Makes the answer; only this touches the provider's state.
        provider: Who was called.
        username: Who calls; "" where the request names nobody.
        soap_fault: Makes a fault of a code and a text, for a call in SOAP.
        result_code: Makes an answer of a vendor's result code, where the operation has one.
        before: The answer to the same call by the same user before it, if it was kept.
    """

    operation: str
    perform: Callable[[], Response]
    provider: str = ""
    username: str = ""
    soap_fault: Callable[[str, str], Response] | None = None
    result_code: Callable[[int], Response] | None = None
    before: Answer | None = None


class End(Enum):
    """How an answer ends."""

    WHOLE = auto()
    CLOSED = auto()
    RESET = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent, and how.

    Attributes:
        status: The HTTP status; 0 sends nothing.
        headers: Without the length.
        body: The content.
        announced: The length that the head announces.
        padding: White space that follows the body, at an unannounced length.
        delay: Seconds before it is sent.
        piece: Bytes that are sent at a time, each after `interval`; 0 for all at once.
        interval: Seconds before each piece.
        end: What becomes of the connection.
    """

    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    announced: int = 0
    padding: int = 0
    delay: float = 0
    piece: int = 0
    interval: float = 0
    end: End = End.WHOLE

    @classmethod
    def of(cls, response: Response) -> Answer:
        """A response as it is."""
        headers = [pair for pair in response.raw_headers if pair[0] != b"content-length"]
        body = bytes(response.body)
        return cls(response.status_code, tuple(headers), body, len(body))

    def head(self) -> dict[str, object]:
        """The ASGI message that begins it."""
        length = (b"content-length", b"%d" % self.announced)
        headers = [*self.headers, *([] if self.padding else [length])]
        return {"type": "http.response.start", "status": self.status, "headers": headers}

    def pieces(self) -> Iterator[bytes]:
        """What follows the head."""
        size = self.piece or max(1, len(self.body))
        for start in range(0, max(1, len(self.body)), size):
            yield self.body[start : start + size]
        for start in range(0, self.padding, len(_PADDING)):
            yield _PADDING[: self.padding - start]


class Connection:
    """What lies below an answer: it can end without one."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.held = False
        self._transport = transport
        self._gone = asyncio.Event()

    def lost(self) -> None:
        """Note that nobody is there any more."""
        self._gone.set()

    async def hold(self, seconds: float) -> bool:
        """Wait; whether the client is still there."""
        self.held = True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        self.held = False
        return not self._gone.is_set()

    def abort(self) -> None:
        """Drop it, with what was not yet sent."""
        self._transport.abort()

    async def end(self, how: End) -> None:
        """Close or reset it, and wait until that is done: uvicorn takes the rest for a mistake."""
        if how is End.RESET:
            # Closed with time to linger, but none of it: the kernel sends a reset.
            linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            handle: socket.socket = self._transport.get_extra_info("socket")
            with suppress(OSError):
                handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._transport.abort()
        else:
            self._transport.close()
        await self._gone.wait()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends an answer, as an ASGI application.

    Attributes:
        answer: What to send.
        leaving: Called when the answer is about to end.
    """

    answer: Answer
    leaving: Callable[[], None]

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        connection: Connection = scope["extensions"][CONNECTION]
        try:
            await self._send(connection, send)
        finally:
            self.leaving()

    async def _send(self, connection: Connection, send: Send) -> None:
        answer = self.answer
        if answer.delay and not await connection.hold(answer.delay):
            return
        if answer.status and not await self._write(connection, send):
            return
        if answer.end is not End.WHOLE:
            self.leaving()
            await connection.end(answer.end)

    async def _write(self, connection: Connection, send: Send) -> bool:
        """Write head and body; whether the client is still there."""
        answer = self.answer
        await send(answer.head())
        pieces = answer.pieces()
        piece: bytes | None = next(pieces)
        while piece is not None:
            if answer.interval and not await connection.hold(answer.interval):
                return False
            following = next(pieces, None)
            more = following is not None or answer.end is not End.WHOLE
            if not more:
                # With the last of it, the client may go on before this thread does.
                self.leaving()
            await send({"type": "http.response.body", "body": piece, "more_body": more})
            piece = following
        return answer.end is not End.RESET or await connection.hold(_READING)
