"""A connection pool made of small ones.

httpcore compares every connection of a pool with every other on each request, so one pool of 100 is
many times slower than twenty of 5. Requests to one origin share a row of small pools, least busy
first; a new one is added when all are full. The limiter in front bounds what is busy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    import httpcore

_SIZE = 8
# At a vendor's six calls a minute, httpx's five seconds would never reuse a connection.
_KEEP_ALIVE = 120.0


@dataclass(slots=True, eq=False)
class _Pool:
    connections: httpcore.AsyncConnectionPool
    busy: int = 0


@dataclass(slots=True)
class _Lease:
    """A place in a pool, taken until the response is closed."""

    pool: _Pool
    given_back: bool = False

    def give_back(self) -> None:
        if not self.given_back:
            self.given_back = True
            self.pool.busy -= 1


@dataclass(slots=True)
class SplitPool:
    """Small pools by origin and TLS setting.

    Args:
        most_idle: How many pools without a request are kept; the longest unused go first.
    """

    most_idle: int
    _origins: dict[object, list[_Pool]] = field(default_factory=dict)

    async def send(
        self, request: httpcore.Request, tls: ssl.SSLContext
    ) -> tuple[httpcore.Response, PooledStream]:
        """Send a request; the stream holds its connection until it is closed."""
        pool = self._least_busy((tls, request.url.origin), tls)
        pool.busy += 1
        lease = _Lease(pool)
        try:
            await self._close_idle()
            response = await pool.connections.handle_async_request(request)
        except BaseException:
            lease.give_back()
            raise
        return response, PooledStream(response, lease)

    def _least_busy(self, origin: object, tls: ssl.SSLContext) -> _Pool:
        pools = self._origins.pop(origin, [])
        self._origins[origin] = pools
        if not pools or min(pool.busy for pool in pools) >= _SIZE:
            pools.append(_Pool(_new_pool(tls)))
        return min(pools, key=lambda pool: pool.busy)

    async def _close_idle(self) -> None:
        """Close pools nobody uses, of the origins used longest ago; `_origins` is in that order."""
        if sum(map(len, self._origins.values())) <= self.most_idle:
            return
        idle = [
            (origin, pool)
            for origin, pools in self._origins.items()
            for pool in pools
            if not pool.busy
        ]
        for origin, pool in idle[: max(0, len(idle) - self.most_idle)]:
            self._origins[origin].remove(pool)
            if not self._origins[origin]:
                del self._origins[origin]
            await pool.connections.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        origins, self._origins = self._origins, {}
        for pools in origins.values():
            for pool in pools:
                await pool.connections.aclose()


class PooledStream:
    """A response's bytes as a plain iterator, since Trio warns of unfinished generators."""

    def __init__(self, response: httpcore.Response, lease: _Lease) -> None:
        self._response = response
        self._lease = lease
        self._chunks: AsyncIterator[bytes] | None = None
        self._closed = False

    async def next(self) -> bytes:
        """The next bytes; empty at the end."""
        if self._chunks is None:
            self._chunks = aiter(self._response.stream)  # type: ignore[arg-type]
        return await anext(self._chunks, b"")

    async def aclose(self) -> None:
        """Give the connection back; call it shielded from cancellation."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._response.aclose()
            await self._finish()
        finally:
            self._lease.give_back()

    async def _finish(self) -> None:
        """Run httpcore's generators to their end: on a closed connection they stop by an error."""
        import httpcore  # noqa: PLC0415 - late, see backend.py

        try:
            while self._chunks is not None and await anext(self._chunks, None) is not None:
                pass
        except (httpcore.NetworkError, httpcore.ProtocolError, RuntimeError):
            pass


def _new_pool(tls: ssl.SSLContext) -> httpcore.AsyncConnectionPool:
    import httpcore  # noqa: PLC0415 - late, see backend.py

    from faxapi.transport.backend import Backend  # noqa: PLC0415 - late, see backend.py

    options: dict[str, Any] = {"max_connections": _SIZE, "max_keepalive_connections": _SIZE}
    return httpcore.AsyncConnectionPool(
        ssl_context=tls, keepalive_expiry=_KEEP_ALIVE, network_backend=Backend(), **options
    )
