"""Connections that are kept and used again.

A connection belongs to one request, from its making until the response is closed, and is kept only
if it can be used again: so no cancellation, wherever it strikes, can take a place for good. That,
and its time, are why httpcore's own pool is not used: it looks through every connection for every
other on each request, and never learns of a connection whose caller went away before its first use.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from faxapi.transport.proxy import LOGIN_REQUIRED, NotConnected, joined, refusal
from faxapi.transport.quiet import Quiet

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    import httpcore

    from faxapi.transport.proxy import Proxy

# At a vendor's six calls a minute, httpx's five seconds would never use a connection again.
_KEEP_ALIVE = 120.0


@dataclass(frozen=True, slots=True)
class _Route:
    """Where a connection leads and how: requests that share all of it may share the connection."""

    origin: httpcore.Origin
    tls: ssl.SSLContext
    proxy: Proxy | None

    @property
    def forwarder(self) -> Proxy | None:
        """The proxy, if it reads the requests and hands them on; one that tunnels does not."""
        return self.proxy if self.origin.scheme == b"http" else None

    @property
    def _place(self) -> str:
        return joined(self.origin.host.decode(), self.origin.port)

    def prepare(self, request: httpcore.Request) -> None:
        """Make a request one that a proxy can hand on: with the whole address (RFC 9112, 3.2.2)."""
        if self.forwarder:
            request.url.target = f"http://{self._place}".encode() + request.url.target
            request.headers = [*request.headers, *self.forwarder.headers]

    def check(self, response: httpcore.Response) -> None:
        """Do nothing, unless the proxy wants a login before it hands a request on.

        Raises:
            NotConnected: It does.
        """
        if self.forwarder and response.status == LOGIN_REQUIRED:
            raise NotConnected(refusal(self.forwarder, self._place, response.status))

    def connect(self) -> httpcore.AsyncHTTPConnection:
        """A connection that is made on its first request."""
        import httpcore  # noqa: PLC0415 - late, see backend.py

        from faxapi.transport.backend import Backend, ThroughProxy  # noqa: PLC0415 - as above

        backend = Backend()
        if self.proxy:
            backend = ThroughProxy(self.proxy, self.tls, tunnel=not self.forwarder)
        return httpcore.AsyncHTTPConnection(
            origin=self.origin,
            ssl_context=self.tls,
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=backend,
        )


@dataclass(slots=True, eq=False)
class _Connection:
    """A connection, and whom it may serve again."""

    http: httpcore.AsyncHTTPConnection
    route: _Route

    @property
    def has_surplus(self) -> bool:
        """Whether the server sent more than an answer: the next request would get the rest."""
        http11: Any = self.http._connection  # noqa: SLF001 - httpcore has no other way to ask
        return bool(http11._h11_state.trailing_data[0])  # noqa: SLF001 - as above

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            await self.http.aclose()


@dataclass(slots=True)
class Pool:
    """Idle connections, used last in first out, and the busy ones. It sets no limit to the busy.

    Args:
        most_idle: How many idle connections are kept; the longest unused go first.
    """

    most_idle: int
    _idle: list[_Connection] = field(default_factory=list)
    _busy: set[_Connection] = field(default_factory=set)
    _closed: bool = False

    async def send(
        self, request: httpcore.Request, tls: ssl.SSLContext, proxy: Proxy | None, *, fresh: bool
    ) -> tuple[httpcore.Response, PooledStream]:
        """Send a request; the stream holds its connection until it is closed.

        Args:
            request: What to send.
            tls: What the connection trusts.
            proxy: What it goes through.
            fresh: Whether it goes over a connection of its own, rather than over one that its
                server may just be closing.

        Raises:
            NotConnected: The proxy did not let it through.
            Exception: Whatever httpcore raises.
        """
        route = _Route(request.url.origin, tls, proxy)
        connection = None if fresh else await self._take(route)
        if connection is None:
            connection = _Connection(route.connect(), route)
        self._busy.add(connection)
        route.prepare(request)
        try:
            with Quiet():
                response = await connection.http.handle_async_request(request)
            route.check(response)
        except BaseException:
            await self.give_back(connection)
            raise
        return response, PooledStream(response, self, connection)

    async def _take(self, route: _Route) -> _Connection | None:
        """Take an idle connection that is still good."""
        while connection := next((one for one in reversed(self._idle) if one.route == route), None):
            self._idle.remove(connection)
            if not connection.http.has_expired():
                return connection
            await connection.aclose()
        return None

    async def give_back(self, connection: _Connection) -> None:
        """Keep it if it can serve again; close it, and those that were unused for too long."""
        self._busy.discard(connection)
        if connection.http.is_available() and not (self._closed or connection.has_surplus):
            self._idle.append(connection)
        else:
            await connection.aclose()
        while self._idle and (len(self._idle) > self.most_idle or self._idle[0].http.has_expired()):
            await self._idle.pop(0).aclose()

    async def aclose(self) -> None:
        """Close every connection, the busy ones too."""
        self._closed = True
        while self._idle:
            await self._idle.pop().aclose()
        for connection in list(self._busy):
            await connection.aclose()


class PooledStream:
    """A response's bytes as a plain iterator, since Trio warns of unfinished generators."""

    def __init__(self, response: httpcore.Response, pool: Pool, connection: _Connection) -> None:
        self._response = response
        self._pool = pool
        self._connection: _Connection | None = connection
        self._chunks: AsyncIterator[bytes] | None = None

    @property
    def closed(self) -> bool:
        """Whether the connection was given back."""
        return self._connection is None

    async def next(self) -> bytes:
        """The next bytes; empty at the end."""
        if self._chunks is None:
            self._chunks = aiter(self._response.stream)  # type: ignore[arg-type]
        with Quiet():
            return await anext(self._chunks, b"")

    async def aclose(self) -> None:
        """Give the connection back, whether or not the body was read to its end."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        with anyio.CancelScope(shield=True):
            try:
                with Quiet():
                    await self._response.aclose()
                await self._finish()
            finally:
                await self._pool.give_back(connection)

    async def _finish(self) -> None:
        """Run httpcore's generators to their end: on a closed connection they stop by an error."""
        # A RuntimeError says that another task still waits in them, and will end them.
        with suppress(Exception):
            while self._chunks is not None and await self.next():
                pass
