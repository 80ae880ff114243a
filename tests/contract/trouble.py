"""What goes wrong before anything is read: as contexts that yield an address to ask."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import trustme

from faxapi.errors import (
    AuthenticationError,
    ConnectFailed,
    DecodeError,
    Disconnected,
    FaxApiError,
)
from tests.contract.harness import Harness
from tests.transport.server import Server, always, once, reply

WRONG = "correct-horse-battery"
"""A password that opens nothing."""


@contextmanager
def wrong_credentials(harness: Harness) -> Iterator[str]:
    yield harness.url


@contextmanager
def unknown_host(_harness: Harness) -> Iterator[str]:
    yield "https://fax.invalid"


@contextmanager
def closed_port(_harness: Harness) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def self_signed(_harness: Harness) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with Server(always(reply(b"")), context) as server:
        yield server.url


@contextmanager
def html_page(_harness: Harness | None = None) -> Iterator[str]:
    page = reply(b"<!DOCTYPE html><html><body>Log in</body></html>", kind="text/html")
    with Server(always(page)) as server:
        yield server.url


@contextmanager
def truncated_body(_harness: Harness) -> Iterator[str]:
    body = b'{"faxList": [ <soap:Envelope xmlns:soap="x"><soap:Bo'
    with Server(once(reply(body, kind="", length=500))) as server:
        yield server.url


Trouble = Callable[[Harness], AbstractContextManager[str]]

# The error, and a pattern of what it says to do; None for what each provider says of its login.
TROUBLES: dict[Trouble, tuple[type[FaxApiError] | tuple[type[FaxApiError], ...], str | None]] = {
    wrong_credentials: (AuthenticationError, None),
    unknown_host: (ConnectFailed, "Check base_url"),
    closed_port: (ConnectFailed, "Check base_url"),
    self_signed: (ConnectFailed, "ca_file="),
    html_page: (DecodeError, "base_url"),
    truncated_body: ((Disconnected, DecodeError), ""),
}
