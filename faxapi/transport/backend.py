"""Connections that a cancellation cannot lose.

httpcore forgets a connection that is cancelled in its TLS handshake: the socket stays open
(https://github.com/encode/httpcore/issues/1093). Imported late, since httpcore imports every async
library it finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import httpcore

if TYPE_CHECKING:
    import ssl


class Backend(httpcore.AsyncNetworkBackend):
    """httpcore's AnyIO backend, for asyncio and Trio, with handshakes that clean up."""

    def __init__(self) -> None:
        self._backend: Any = httpcore.AnyIOBackend()

    async def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401 - handed on as they came
        """As httpcore connects."""
        return _Stream(await self._backend.connect_tcp(*args, **kwargs))


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
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        return self._stream.get_extra_info(info)
