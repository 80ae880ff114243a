"""A loopback server that answers byte for byte what a test scripts, with a thread a connection."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Self

import anyio

_LONGEST = 20.0


@dataclass(frozen=True)
class Request:
    """What a client sent: the head as it was, header names in lower case, and the body."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


@dataclass
class Peer:
    """One connection, seen from the server; the client's going away is no error."""

    number: int
    server: "Server"
    socket: socket.socket
    unread: bytes = b""

    def request(self) -> Request | None:
        """Read the next request; None once the client has closed the connection."""
        while b"\r\n\r\n" not in self.unread:
            if not self._receive():
                return None
        head, _, self.unread = self.unread.partition(b"\r\n\r\n")
        start, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = start.split(" ")
        headers = [
            (name.lower(), value.strip())
            for name, _, value in (line.partition(":") for line in lines)
        ]
        size = int(dict(headers).get("content-length", "0"))
        while len(self.unread) < size:
            if not self._receive():
                return None
        body, self.unread = self.unread[:size], self.unread[size:]
        request = Request(method, target, headers, body)
        self.server.requests.append(request)
        return request

    def send(self, data: bytes) -> bool:
        """Send it all; False if the client is gone."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def gone(self) -> None:
        """Wait until the client has closed the connection."""
        while self._receive():
            self.unread = b""

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _receive(self) -> bool:
        try:
            data = self.socket.recv(1 << 16)
        except OSError:
            return False
        self.unread += data
        return bool(data)


Script = Callable[[Peer], None]


def reply(
    body: bytes = b"ok",
    *headers: str,
    status: str = "200 OK",
    kind: str = "text/plain",
    length: int | None = None,
) -> bytes:
    """One whole answer; `length` is what Content-Length claims, where it is to be wrong."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {size}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def always(answer: bytes) -> Script:
    """Give this answer to every request."""

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(answer)

    return script


def once(*answers: bytes) -> Script:
    """Give the answers in turn, one a connection, which then ends; the last one is repeated."""

    def script(peer: Peer) -> None:
        if peer.request():
            peer.send(answers[min(peer.number, len(answers) - 1)])

    return script


class Server:
    """Serves each connection by the script, until `with` ends."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = self.open = self.most_open = 0
        self.port = 0
        self.lock = threading.Lock()
        self._script = script
        self._tls = tls
        self._ended = False
        self._sockets: dict[int, socket.socket] = {}
        self._threads: list[threading.Thread] = []
        self._problems: list[Exception] = []

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self._start(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        # Refused if a client's last connection, still in the queue, has woken the listener already.
        with suppress(ConnectionError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._threads[0].join(_LONGEST)
        with self.lock:
            left = list(self._sockets.values())
        for each in left:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_LONGEST)
            assert not thread.is_alive()
        assert self._problems == []

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        with self._listener:
            while True:
                connection, _ = self._listener.accept()
                if self._ended:
                    connection.close()
                    return
                number = self.connections
                if self._tls:
                    connection = self._tls.wrap_socket(
                        connection, server_side=True, do_handshake_on_connect=False
                    )
                with self.lock:
                    self._sockets[number] = connection
                    self.connections += 1
                    self.open += 1
                    self.most_open = max(self.most_open, self.open)
                self._start(partial(self._serve, Peer(number, self, connection)))

    def _serve(self, peer: Peer) -> None:
        try:
            if isinstance(peer.socket, ssl.SSLSocket):
                peer.socket.do_handshake()
            self._script(peer)
        except (OSError, ValueError):
            """The client went away, or did not trust the certificate."""
        except Exception as problem:  # noqa: BLE001 - a broken script fails the test
            self._problems.append(problem)
        finally:
            peer.socket.close()
            with self.lock:
                del self._sockets[peer.number]
                self.open -= 1


async def until(condition: Callable[[], bool], seconds: float = 3.0) -> None:
    """Wait until the server's threads have seen what the test expects."""
    with anyio.fail_after(seconds):
        while not condition():  # noqa: ASYNC110 - the server is in other threads
            await anyio.sleep(0.002)
