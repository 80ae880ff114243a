"""Connections that a cancellation cannot lose.

httpcore forgets a connection that is cancelled in its TLS handshake: the socket stays open
(https://github.com/encode/httpcore/issues/1093). Imported late, since httpcore imports every async
library it finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import anyio
import httpcore

from faxapi.errors import ConnectFailed
from faxapi.transport.failures import no_connection
from faxapi.transport.proxy import NotConnected, joined, refusal

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable

    from faxapi.transport.proxy import Proxy


class Backend(httpcore.AsyncNetworkBackend):
    """httpcore's AnyIO backend, for asyncio and Trio, with handshakes that clean up."""

    def __init__(self) -> None:
        self._backend: Any = httpcore.AnyIOBackend()

    async def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401 - handed on as they came
        """As httpcore connects."""
        return _Stream(await self._backend.connect_tcp(*args, **kwargs))


class ThroughProxy(Backend):
    """Connects through a proxy, so that httpcore believes that it speaks to the server itself.

    httpcore's own connections through proxies are not used: with one class for all, a connection is
    kept, looked at and given back alike, and a failure of the proxy's is told from the server's.

    Args:
        proxy: The proxy.
        tls: What the connection to it trusts, where that is in TLS.
        tunnel: Whether it is asked for a tunnel; else it reads what is sent.
    """

    def __init__(self, proxy: Proxy, tls: ssl.SSLContext, *, tunnel: bool) -> None:
        super().__init__()
        self._proxy = proxy
        self._tls = tls
        self._tunnel = tunnel

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        *args: Any,  # noqa: ANN401 - handed on as they came
        **kwargs: Any,  # noqa: ANN401 - handed on as they came
    ) -> httpcore.AsyncNetworkStream:
        """As httpcore connects, to the proxy and through it, within the time for both together.

        Raises:
            NotConnected: It did not come to a connection.
        """
        whom = str(self._proxy)
        try:
            with anyio.fail_after(timeout):
                stream = await self._reach(*args, **kwargs)
                return await _closing(stream, self._dig(stream, host, port))
        except (TimeoutError, httpcore.ConnectTimeout):
            text = f"no connection to {joined(host, port)} through {whom} within {timeout:g} s"
            hint = "Check proxy, base_url and the network between here and there"
            problem = ConnectFailed(text, hint=hint)
        except httpcore.ConnectError as error:
            problem = no_connection(error, whom, "proxy")
        except (httpcore.NetworkError, httpcore.ProtocolError):
            hint = "Check the scheme and the port of proxy"
            problem = ConnectFailed(f"{whom} closed the connection, or speaks no HTTP", hint=hint)
        raise NotConnected(problem)

    async def _reach(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401 - handed on as they came
        """Connect to the proxy itself."""
        proxy = self._proxy
        stream = await super().connect_tcp(proxy.host, proxy.port, None, *args, **kwargs)
        if proxy.scheme == "http":
            return stream
        self._tls.set_alpn_protocols(["http/1.1"])
        return _Stream(await stream.start_tls(self._tls, proxy.host))

    async def _dig(
        self, stream: httpcore.AsyncNetworkStream, host: str, port: int
    ) -> httpcore.AsyncNetworkStream:
        """Ask the proxy for a tunnel (RFC 9110, 9.3.6), if there is to be one."""
        if not self._tunnel:
            return stream
        place = joined(host, port)
        url = httpcore.URL(scheme=b"http", host=host, port=port, target=place)
        headers = [(b"Host", place.encode()), (b"User-Agent", b"faxapi"), *self._proxy.headers]
        request = httpcore.Request(b"CONNECT", url, headers=headers, content=_Nothing())
        connection = httpcore.AsyncHTTP11Connection(origin=url.origin, stream=stream)
        response = await connection.handle_async_request(request)
        if response.status not in range(200, 300):
            raise NotConnected(refusal(self._proxy, place, response.status))
        tunnel: httpcore.AsyncNetworkStream = response.extensions["network_stream"]
        return tunnel


class _Nothing:
    """The body of a request without one, as a plain iterator: Trio warns of generators."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration


class _Stream(httpcore.AsyncNetworkStream):
    """A network stream that is closed when its TLS handshake does not end well."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout)
        return await _closing(self._stream, secured)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        return self._stream.get_extra_info(info)


async def _closing(
    stream: httpcore.AsyncNetworkStream, work: Awaitable[httpcore.AsyncNetworkStream]
) -> httpcore.AsyncNetworkStream:
    """What is made of a stream, which is closed if it does not come to that."""
    try:
        return await work
    except BaseException:
        with anyio.CancelScope(shield=True):
            await stream.aclose()
        raise
