"""The documentation's web service in a process of its own, and clients that take their time."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
# So long anything may take that is waited for.
PATIENCE = 30.0


class Service:
    """A uvicorn with its application.

    Attributes:
        port: Where it listens.
        said: What it wrote, after `stop`.
    """

    def __init__(self, program: subprocess.Popen[str], port: int) -> None:
        self.port = port
        self.said = ""
        self._program = program

    @contextmanager
    def asked(self, path: str) -> Iterator[http.client.HTTPResponse]:
        """An answer's head; its content waits in buffers as small as they can be."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        sock.settimeout(PATIENCE)
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.sock = sock
        sock.connect(("127.0.0.1", self.port))
        try:
            connection.request("GET", path)
            with connection.getresponse() as response:
                yield response
        finally:
            connection.close()

    def get(self, path: str) -> bytes:
        """A whole answer."""
        with self.asked(path) as response:
            assert response.status == 200
            return response.read()

    def stop(self) -> int:
        """End it as a supervisor does."""
        if self._program.poll() is None:
            self._program.send_signal(signal.SIGTERM)
        _, self.said = self._program.communicate(timeout=PATIENCE)
        return self._program.returncode


@contextmanager
def served(application: str, config: Path, *options: str) -> Iterator[Service]:
    """Serve an application with the accounts of a configuration."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Connections inherit it: what a client does not read is not kept here for it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
        descriptor = listener.fileno()
        program = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", application),
                *("--fd", str(descriptor), "--no-access-log", *options),
            ],
            cwd=ROOT,
            env={**os.environ, "FAXAPI_CONFIG": str(config)},
            pass_fds=[descriptor],
            stderr=subprocess.PIPE,
            text=True,
        )
        port = listener.getsockname()[1]
    service = Service(program, port)
    try:
        yield service
        service.stop()
    finally:
        with suppress(ProcessLookupError):
            program.kill()
        program.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def settled(count: Callable[[], int]) -> int:
    """A number, once it stands still."""
    before, since = count(), time.monotonic()
    while time.monotonic() - since < 0.5:
        time.sleep(0.01)
        if (now := count()) != before:
            before, since = now, time.monotonic()
    return before
