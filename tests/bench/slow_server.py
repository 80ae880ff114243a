"""`python -m tests.bench.slow_server`: answer GET /0.2 after 0.2 s, and so on, until terminated.

The first line on stdout is the port; with a PEM file as the argument, it speaks TLS.
"""

from __future__ import annotations

import asyncio
import ssl
import sys

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
# All connections of a benchmark arrive at once.
_BACKLOG = 512


class _Slow(asyncio.Protocol):
    """One connection. A head this small comes whole, and nobody sends the next one too early."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        seconds = float(data.split(b" ", 2)[1].removeprefix(b"/"))
        asyncio.get_running_loop().call_later(seconds, self._transport.write, _ANSWER)


async def _serve(pem: str | None) -> None:
    tls = None
    if pem is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Slow, "127.0.0.1", ssl=tls, backlog=_BACKLOG)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1] if sys.argv[1:] else None))
