"""`python -m tests.bench.row_server COUNT [gzip]`: answer with so many `FaxTransmission` each time.

The first line on stdout is the port.
"""

from __future__ import annotations

import socketserver
import sys
import zlib
from collections.abc import Iterator

from tests.bench.answers import transmissions

_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nTransfer-Encoding: chunked\r\n"
)


class _Rows(socketserver.StreamRequestHandler):
    """One connection, and a report for each request on it."""

    def handle(self) -> None:
        while self._read_request():
            packed = "gzip" in sys.argv[2:]
            self.wfile.write(_HEAD + (b"Content-Encoding: gzip\r\n\r\n" if packed else b"\r\n"))
            parts = transmissions(int(sys.argv[1]))
            for part in _packed(parts) if packed else parts:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")

    def _read_request(self) -> bool:
        length = 0
        while line := self.rfile.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return bool(self.rfile.read(length))


def _packed(parts: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader may leave early."""


if __name__ == "__main__":
    with _Server(("127.0.0.1", 0), _Rows) as server:
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()
