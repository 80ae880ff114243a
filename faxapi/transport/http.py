"""HTTP over one shared client: the only module that imports httpx."""

from __future__ import annotations

import ssl
import zlib
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anyio
import httpx

from faxapi.errors import (
    ConfigurationError,
    ConnectFailed,
    DeadlineExceeded,
    DecodeError,
    Disconnected,
    FaxApiError,
    ResponseTooLarge,
    ServiceUnavailable,
    TransportError,
    Unconfirmed,
)
from faxapi.transport.gate import LoginGate
from faxapi.transport.pool import PooledStream, SplitPool
from faxapi.transport.retry import attempts
from faxapi.transport.tls import Tls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

ResultT = TypeVar("ResultT")

_PIECE = 1 << 16
_STREAM = "faxapi.stream"
_TLS = "faxapi.tls"


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request and the limits it runs under.

    Attributes:
        method: The HTTP method.
        url: The whole address.
        headers: What is sent; may hold a login.
        body: What is sent; may hold a password.
        idempotent: Whether it may be sent more than once.
        connect_timeout: Seconds for TCP and TLS together.
        read_timeout: Seconds of silence that end it.
        deadline: Seconds for the whole operation, retries included; None for no limit.
        retries: How often a read is tried again.
        max_bytes: The most bytes of an answer, after decompression.
        tls: What its connection trusts.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    idempotent: bool = False
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    deadline: float | None = None
    retries: int = 2
    max_bytes: int = 1 << 29
    tls: Tls = field(default_factory=Tls, repr=False)


class Transport:
    """One shared client in front of split pools, with a limit on what runs at once.

    `gates` holds the login gates of the accounts that share it.

    Args:
        max_connections: The most requests on the network at one time.
    """

    def __init__(self, *, max_connections: int = 100) -> None:
        self.gates: dict[tuple[str, str], LoginGate] = defaultdict(LoginGate)
        self._slots = anyio.CapacityLimiter(max_connections)
        cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(
            transport=_PooledTransport(SplitPool(most_idle=max_connections // 4)),
            trust_env=False,
            follow_redirects=False,
            cookies=cookies,
            headers={"User-Agent": "faxapi", "Accept-Encoding": "gzip, deflate"},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        with anyio.CancelScope(shield=True):
            await self._client.aclose()

    async def perform(self, call: Call, read: Callable[[Exchange], Awaitable[ResultT]]) -> ResultT:
        """Send a call and read its answer, both again while they may.

        Args:
            call: What to send.
            read: Turns the answer into a result; its errors count as the call's.

        Raises:
            FaxApiError: What `read` raised, or what happened on the network.
            Unconfirmed: The call changes something and its answer was lost.
        """

        async def attempt() -> ResultT:
            exchange = await self._send(call)
            try:
                return await read(exchange)
            finally:
                await exchange.aclose()

        async with self._slot():
            with anyio.move_on_after(call.deadline):
                try:
                    return await attempts(call, attempt)
                except (TransportError, DecodeError, ServiceUnavailable) as error:
                    problem = _unconfirmed(call, error)
                raise problem
        late = DeadlineExceeded(f"no answer within {call.deadline:g} s", retryable=True)
        raise _unconfirmed(call, late)

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[object]:
        """A place on the network; a task may hold several."""
        holder = object()
        await self._slots.acquire_on_behalf_of(holder)
        try:
            yield holder
        finally:
            self._slots.release_on_behalf_of(holder)

    async def open(self, call: Call, check: Callable[[Exchange], Awaitable[None]]) -> Exchange:
        """Send a read and leave its answer on the wire; the caller closes the exchange.

        Its deadline counts only time spent waiting for the network.

        Args:
            call: What to send.
            check: Looks at the answer's head and raises if there is nothing to stream.

        Raises:
            FaxApiError: What `check` raised, or what happened on the network.
        """
        holder = object()
        await self._slots.acquire_on_behalf_of(holder)
        budget = Budget(call.deadline)

        async def attempt() -> Exchange:
            exchange = await self._send(call, budget)
            try:
                await check(exchange)
            except BaseException:
                await exchange.aclose()
                raise
            return exchange

        try:
            exchange = await budget.spend(attempts(call, attempt))
        except BaseException:
            self._slots.release_on_behalf_of(holder)
            raise
        exchange.on_close = lambda: self._slots.release_on_behalf_of(holder)
        return exchange

    async def _send(self, call: Call, budget: Budget | None = None) -> Exchange:
        request = self._client.build_request(
            call.method,
            call.url,
            headers=dict(call.headers),
            content=call.body or None,
            timeout=httpx.Timeout(call.read_timeout, connect=call.connect_timeout, pool=None),
            extensions={_TLS: call.tls.context()},
        )
        try:
            response = await self._client.send(request, stream=True)
        except Exception as error:  # noqa: BLE001 - the map decides, and hands on what is no network error
            problem = translate(error, call)
        else:
            return Exchange(call, response, budget)
        raise problem


class Budget:
    """Seconds that may be spent waiting for the network.

    A cancel scope must not span a `yield`, so a stream spends its time await by await.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._left = seconds

    async def spend(self, waiting: Awaitable[ResultT]) -> ResultT:
        """Await within what is left.

        Raises:
            DeadlineExceeded: Nothing is left.
        """
        begun = anyio.current_time()
        try:
            with anyio.move_on_after(self._left):
                return await waiting
        finally:
            if self._left is not None:
                self._left -= anyio.current_time() - begun
        message = f"the answer was not whole within {self._seconds:g} s of waiting for it"
        raise DeadlineExceeded(message, retryable=True)


class Exchange:
    """An answer whose body is still on the wire."""

    def __init__(self, call: Call, response: httpx.Response, budget: Budget | None) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = {
            name.lower(): value for name, value in response.headers.items()
        }
        self.on_close: Callable[[], None] | None = None
        self._call = call
        self._stream: PooledStream = response.extensions[_STREAM]
        self._budget = budget or Budget(None)
        self._inflate: Any = None
        self._pending = b""
        self._size = 0

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def chunk(self) -> bytes:
        """The next bytes, decompressed piece by piece; empty at the end.

        Raises:
            TransportError: The connection broke or fell silent.
            ResponseTooLarge: There is more than the call allows.
        """
        while True:
            if not self._pending:
                self._pending = await self._receive()
                if not self._pending:
                    return self._end()
            if data := self._decompress():
                self._size += len(data)
                if self._size > self._call.max_bytes:
                    message = f"the answer is larger than {self._call.max_bytes} bytes"
                    raise ResponseTooLarge(message, hint="Raise max_response_bytes if it should be")
                return data

    async def body(self, most: int | None = None) -> bytes:
        """The whole body.

        Raises:
            ResponseTooLarge: There is more than `most`, or than the call allows.
        """
        chunks: list[bytes] = []
        size = 0
        while chunk := await self.chunk():
            chunks.append(chunk)
            size += len(chunk)
            if most is not None and size > most:
                message = f"the answer is larger than {most} bytes"
                raise ResponseTooLarge(message)
        return b"".join(chunks)

    async def aclose(self) -> None:
        """Give the connection back."""
        with anyio.CancelScope(shield=True):
            try:
                await self._stream.aclose()
            finally:
                if self.on_close:
                    self.on_close()
                    self.on_close = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _receive(self) -> bytes:
        try:
            return await self._budget.spend(self._stream.next())
        except Exception as error:  # noqa: BLE001 - the map decides, and hands on what is no network error
            problem = translate(error, self._call)
        raise problem

    def _decompress(self) -> bytes:
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding in {"", "identity"}:
            plain, self._pending = self._pending, b""
            return plain
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            message = "the answer is compressed in a way that was not asked for"
            raise DecodeError(message)
        self._inflate = self._inflate or zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            data: bytes = self._inflate.decompress(self._pending, _PIECE)
        except zlib.error:
            pass
        else:
            self._pending = self._inflate.unconsumed_tail
            return data
        message = "the compressed answer is damaged"
        raise DecodeError(message, retryable=True)

    def _end(self) -> bytes:
        if self._inflate is not None and not self._inflate.eof:
            message = "the compressed answer ends in the middle"
            raise Disconnected(message)
        return b""


def _unconfirmed(call: Call, error: FaxApiError) -> FaxApiError:
    """The error itself for a read; for a change that may have been made, `Unconfirmed`."""
    if call.idempotent or isinstance(error, ConnectFailed):
        return error
    return Unconfirmed(
        f"the change was sent and its answer was lost: {error.message}",
        http_status=error.http_status,
        hint="It may or may not have been made; read the present state before you send it again",
    )


class _PooledTransport(httpx.AsyncBaseTransport):
    """Hands httpx's requests to the split pool; the stream goes around httpx's generators."""

    def __init__(self, pool: SplitPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        import httpcore  # noqa: PLC0415 - late, see backend.py

        url = request.url
        response, stream = await self._pool.send(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=_Body(request.content),
                extensions={"timeout": request.extensions["timeout"]},
            ),
            request.extensions[_TLS],
        )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Unread(),
            extensions={_STREAM: stream},
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body:
    """A request's body as a plain iterator, since Trio warns of unfinished generators."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        content, self._content = self._content, b""
        if not content:
            raise StopAsyncIteration
        return content


class _Unread(httpx.AsyncByteStream):
    """What httpx sees as the body: nothing, since `Exchange` reads the connection itself."""


def translate(error: Exception, call: Call) -> Exception:
    """The faxapi error for a foreign one; anything that is no network error is itself."""
    import httpcore  # noqa: PLC0415 - late, see backend.py

    if certificate := _certificate_error(error):
        return ConnectFailed(
            f"the server's certificate is not trusted: {certificate}",
            retryable=False,
            hint="Give ca_file=… with the authority that signed it, or an ssl_context",
        )
    host = httpx.URL(call.url).host
    silent = f"{host} sent nothing for {call.read_timeout:g} s"
    table: tuple[
        tuple[type[Exception] | tuple[type[Exception], ...], Callable[[], Exception]], ...
    ] = (
        (
            httpcore.ConnectTimeout,
            lambda: ConnectFailed(
                f"{host} did not accept a connection within {call.connect_timeout:g} s",
                hint="Check base_url and the network between here and there",
            ),
        ),
        (
            httpcore.ConnectError,
            lambda: ConnectFailed(
                f"no connection to {host}: {_cause(error)}",
                hint="Check base_url and the network between here and there",
            ),
        ),
        (httpcore.ReadTimeout, lambda: TransportError(silent)),
        (httpcore.WriteTimeout, lambda: TransportError(f"{host} took no bytes for too long")),
        (
            (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError),
            lambda: Disconnected(f"{host} broke the connection before the answer was whole"),
        ),
        (
            (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol, httpx.InvalidURL),
            lambda: ConfigurationError(
                "the request cannot be written as HTTP", hint="Check base_url"
            ),
        ),
    )
    return next((make() for kind, make in table if isinstance(error, kind)), error)


def _certificate_error(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or "it does not verify"
        error = error.__cause__ or error.__context__
    return None


def _cause(error: BaseException) -> str:
    """The operating system's word for it: the innermost error that has one."""
    texts = []
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and (cause.strerror or cause.args):
            texts.append(cause.strerror or str(cause.args[-1]))
        cause = cause.__cause__ or cause.__context__
    return texts[-1] if texts else "refused"
