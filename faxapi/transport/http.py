"""HTTP over one shared client: the only module that imports httpx."""

from __future__ import annotations

from collections import defaultdict
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import urlsplit

import anyio
import httpx

from faxapi import observe
from faxapi.errors import (
    ClientClosed,
    ConfigurationError,
    DeadlineExceeded,
    DecodeError,
    RedirectRefused,
    ServiceUnavailable,
    TransportError,
    Unconfirmed,
)
from faxapi.transport import meter
from faxapi.transport.entry import Entry
from faxapi.transport.exchange import Exchange
from faxapi.transport.failures import translate
from faxapi.transport.gate import LoginGate
from faxapi.transport.pace import Lane
from faxapi.transport.pool import Pool
from faxapi.transport.proxy import NotConnected
from faxapi.transport.quiet import Quiet
from faxapi.transport.retry import Budget, attempts, repeated
from faxapi.transport.tls import Tls

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from faxapi.transport.pool import PooledStream
    from faxapi.transport.proxy import Proxy

__all__ = ["Call", "Exchange", "Transport"]

ResultT = TypeVar("ResultT")

_ROUTE = "faxapi.route"
_HEADERS = "faxapi.headers"
_STREAM = "faxapi.stream"

# After these nobody knows whether a change was made. Of redirects, that is the one which a server
# sends when it has done what it was asked to (RFC 9110, 15.4.4).
_DOUBTFUL = (TransportError, DeadlineExceeded, DecodeError, ServiceUnavailable, RedirectRefused)
_SEE_OTHER = 303

_ALWAYS_SENT = {
    "Accept": "*/*",
    "Connection": "keep-alive",
    "User-Agent": "faxapi",
    "Accept-Encoding": "gzip",
}
# Reading an address costs as much as the rest of making a request, and most are used again. None
# holds a login, which `check_base_url` sees to.
_parsed = lru_cache(maxsize=256)(httpx.URL)


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
        proxy: What its connection goes through.
        lane: Where it waits for its login's pace.
        trace_context: Whether the server is told which trace it is a part of.
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
    proxy: Proxy | None = None
    lane: Lane = field(default_factory=Lane, repr=False)
    trace_context: bool = False


class Transport:
    """One shared client with a limit on what runs at once.

    `gates` holds the login gates of the accounts that share it.

    Args:
        max_connections: The most requests on the network at one time; one whose answer is left on
            the wire counts while its reader waits for more of it.
    """

    def __init__(self, *, max_connections: int = 100) -> None:
        self.gates: dict[object, LoginGate] = defaultdict(LoginGate)
        self._slots = anyio.Semaphore(max_connections, max_value=max_connections, fast_acquire=True)
        self._entries: set[Entry] = set()
        self._pool = Pool(most_idle=max_connections)
        self._client = httpx.AsyncClient(transport=_PooledTransport(self._pool), trust_env=False)

    async def aclose(self) -> None:
        """Close every connection, busy ones too."""
        with anyio.CancelScope(shield=True):
            await self._client.aclose()
        # A stream that nobody closes must not keep its login's slot for ever.
        for entry in list(self._entries):
            entry.give_back(spent=True)

    async def perform(
        self,
        call: Call,
        read: Callable[[Exchange], Awaitable[ResultT]],
        gate: LoginGate | None = None,
    ) -> ResultT:
        """Send a call and read its answer, both again while they may.

        Args:
            call: What to send.
            read: Turns the answer into a result; its errors count as the call's.
            gate: The gate of the login that it carries.

        Raises:
            FaxApiError: What `read` raised, or what happened on the network.
            DeadlineExceeded: The call's deadline passed, waits between tries included.
            Unconfirmed: The call changes something and its answer was lost.
        """
        budget = Budget(call.deadline)
        entry = Entry(call.lane, budget, self._slots, self._entries)

        async def attempt() -> ResultT:
            async with entry, await self._send(call, budget) as exchange:
                return await read(exchange)

        try:
            return await self._through(call, gate, budget, attempt)
        except _DOUBTFUL as error:
            known = isinstance(error, RedirectRefused) and error.http_status != _SEE_OTHER
            if call.idempotent or known:
                raise
            if not budget.sent:
                error.args = (f"{error.message}; nothing was sent",)
                raise
            problem = Unconfirmed(
                f"the change was sent and its answer was lost: {error.message}",
                http_status=error.http_status,
                code=error.code,
                hint="Read the present state before you send it again",
            )
        raise problem

    async def open(
        self,
        call: Call,
        check: Callable[[Exchange], Awaitable[None]],
        gate: LoginGate | None = None,
    ) -> Exchange:
        """Send a read and leave its answer on the wire; the caller closes the exchange.

        Its deadline counts only time spent waiting for the network.

        Args:
            call: What to send.
            check: Looks at the answer's head and raises if there is nothing to stream.
            gate: The gate of the login that it carries.

        Raises:
            FaxApiError: What `check` raised, or what happened on the network.
            DeadlineExceeded: The call's deadline passed.
        """
        budget = Budget(call.deadline)
        entry = Entry(call.lane, budget, self._slots, self._entries)

        async def attempt() -> Exchange:
            async with entry:
                exchange = await self._send(call, budget)
                try:
                    await check(exchange)
                except BaseException as error:
                    exchange.end(error)
                    await exchange.aclose()
                    raise
                entry.keep(exchange)
            return exchange

        exchange = await self._through(call, gate, budget, attempt)
        exchange.budget = budget
        return exchange

    async def _through(
        self,
        call: Call,
        gate: LoginGate | None,
        budget: Budget,
        attempt: Callable[[], Awaitable[ResultT]],
    ) -> ResultT:
        """Let a call through the login's pauses and its gate, and try it as it may be.

        Pauses are waited for outside the gate, which must not be held for minutes: a call that
        meets one inside comes out. Slots are taken inside, so that no call that the gate rejects
        has one.
        """

        async def turn() -> ResultT:
            async with gate.turn() if gate else nullcontext():
                return await budget.spend(attempts(call, budget, attempt))

        return await repeated(call, turn)

    async def _send(self, call: Call, budget: Budget) -> Exchange:
        if self._client.is_closed:
            raise ClientClosed("the client was closed while the call waited")
        tls = call.tls.context()
        meter.count(requests=1)
        span = observe.request(call.method, *_server(call.url))
        try:
            with Quiet():
                return await self._answer(call, budget, tls, span)
        except BaseException as error:
            span.end(error)
            raise

    async def _answer(
        self, call: Call, budget: Budget, tls: ssl.SSLContext, span: observe.Span
    ) -> Exchange:
        # What broke one kept connection, a router's lost memory, has broken the others as well.
        fresh = not call.idempotent or isinstance(budget.failure, TransportError)
        context = span.headers() if call.trace_context else {}

        async def note(event: str, _: object) -> None:
            if event == "http11.send_request_headers.started":
                budget.sent = True

        try:
            request = httpx.Request(
                call.method,
                _parsed(call.url),
                headers={**_ALWAYS_SENT, **call.headers, **context},
                content=call.body,
                extensions={
                    "timeout": {
                        "connect": call.connect_timeout,
                        "read": call.read_timeout,
                        "write": call.read_timeout,
                    },
                    "trace": None if call.idempotent else note,
                    _ROUTE: (tls, call.proxy, fresh),
                },
            )
            response = await self._client.send(request, stream=True)
        except httpx.InvalidURL:
            problem: Exception = ConfigurationError(
                "the address cannot be read", hint="Check base_url"
            )
        except Exception as error:  # noqa: BLE001 - the map decides, and hands on what is no network error
            problem = translate(error, call)
            if isinstance(error, NotConnected):
                # Of what a proxy was sent, nothing went further.
                budget.sent = False
        else:
            return Exchange(
                call,
                response.status_code,
                response.extensions[_HEADERS],
                response.extensions[_STREAM],
                span,
            )
        raise problem


@lru_cache(maxsize=256)
def _server(url: str) -> tuple[str | None, int | None]:
    """Host and port of an address, and no more of it."""
    with suppress(ValueError):
        parts = urlsplit(url)
        return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    return None, None


class _PooledTransport(httpx.AsyncBaseTransport):
    """Hands httpx's requests to the pool.

    Of the answer httpx sees the status alone: with the headers it would keep cookies and look into
    redirects, and it would read the body through generators that Trio warns of.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        import httpcore  # noqa: PLC0415 - late, see backend.py

        url = request.url
        tls, proxy, fresh = request.extensions[_ROUTE]
        response, stream = await self._pool.send(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=_Body(request.content),
                extensions={name: request.extensions[name] for name in ("timeout", "trace")},
            ),
            tls,
            proxy,
            fresh=fresh,
        )
        try:
            headers = _by_name(response.headers, "utf-8")
        except UnicodeDecodeError:
            headers = _by_name(response.headers, "iso-8859-1")
        return httpx.Response(
            response.status,
            stream=_Unread(stream),
            extensions={_HEADERS: headers, _STREAM: stream},
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


def _by_name(pairs: Sequence[tuple[bytes, bytes]], encoding: str) -> dict[str, str]:
    """Headers by name in lower case; the values of a repeated one are joined, as httpx does."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode(encoding).lower(), raw_value.decode(encoding)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


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
    """What httpx sees as the body: nothing but its end."""

    def __init__(self, stream: PooledStream) -> None:
        self._stream = stream

    async def aclose(self) -> None:
        await self._stream.aclose()
