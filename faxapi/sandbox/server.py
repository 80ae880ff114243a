"""The web server: a thread of its own, so that any event loop, or none, can talk to it."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from faxapi.sandbox.calls import CONNECTION, Connection

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

# Nothing but this machine can reach it.
_HOST = "127.0.0.1"
# Seconds for answers under way to end; then they are cut off.
_GRACE = 1.0
_TICK = 0.005


class Server:
    """Serves one application from `start` to `stop`.

    Args:
        port: The port on the loopback address; 0 for any free one.
    """

    def __init__(self, port: int = 0) -> None:
        self._wanted = port
        self._port: int | None = None
        self._server: _Uvicorn | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is served.

        Raises:
            RuntimeError: It is not running, so that it has no port yet.
        """
        if self._port is None:
            message = "the sandbox is not running: use it inside `with` or `async with`"
            raise RuntimeError(message)
        return f"http://{_HOST}:{self._port}"

    def start(self, app: Starlette) -> None:
        """Serve; the port answers when this returns.

        Raises:
            OSError: The port is taken.
            RuntimeError: It is running already.
        """
        if self._thread is not None:
            message = "the sandbox is running already"
            raise RuntimeError(message)
        # Bound here: the port is known, and connections queue, before the thread is up.
        listener = _listen(self._wanted)
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            http=_Protocol,
            ws="none",
            server_header=False,
            date_header=False,
        )
        self._server = _Uvicorn(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="faxapi-sandbox", daemon=True
        )
        self._thread.start()
        self._server.ready.wait()

    def stop(self) -> None:
        """Stop, and wait until the port is free again."""
        if self._server is None or self._thread is None:
            return
        self._server.stop()
        self._thread.join()
        self._server = self._thread = self._port = None


def _listen(port: int) -> socket.socket:
    # asyncio switches Nagle's algorithm off only on sockets that say they are TCP; with it, a
    # small answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            # There it would let two servers share a port; elsewhere it frees one just closed.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


class _Protocol(H11Protocol):
    """Tells the application what its answers go over, so that faults can break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the connection into the scope of its requests."""
        super().connection_made(transport)
        self._below = Connection(transport)
        app = self.app

        async def over(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {CONNECTION: self._below}
            await app(scope, receive, send)

        self.app = over

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell it."""
        super().connection_lost(exc)
        self._below.lost()

    def shutdown(self) -> None:
        """Close, or let the answer under way end; one that is held back would take its time."""
        if self._below.held:
            self._below.abort()
        else:
            super().shutdown()


class _Uvicorn(uvicorn.Server):
    """Starts and stops at once, where uvicorn looks ten times a second whether it should."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `stop` is called, from another thread."""
        try:
            asyncio.run(self.serve(sockets))
        finally:
            # Whoever waits must hear of a failure too.
            self.ready.set()

    def stop(self) -> None:
        """Stop serving; for another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def main_loop(self) -> None:
        """Wait until it is to stop."""
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is idle, and let the answers under way end, for a while."""
        # asyncio leaks a connection whose server closes while it is being accepted.
        await asyncio.sleep(_TICK)
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        state = self.server_state
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                while state.connections or state.tasks:
                    for connection in list(state.connections):
                        connection.shutdown()
                    await asyncio.sleep(_TICK)
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(_TICK)
