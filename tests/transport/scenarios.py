"""Everything that goes wrong on the network, by name, with the error that a read becomes."""

import gzip
import os
import socket
import time
from dataclasses import dataclass, field
from html import escape
from typing import Any

from faxapi.errors import (
    AuthenticationError,
    ConnectFailed,
    DeadlineExceeded,
    DecodeError,
    Disconnected,
    FaxApiError,
    ProviderFault,
    RedirectRefused,
    ResponseTooLarge,
    ServiceUnavailable,
    TransportError,
)
from tests.transport.probe import PASSWORD, answer
from tests.transport.server import Peer, Script, always, once, reply

PERSON = "Mario Rossi"
BODY = answer(inner=f"<Answer>42</Answer><Contact>{PERSON}</Contact>")
ANSWER = reply(BODY, kind="text/xml")


@dataclass(frozen=True)
class Scenario:
    """What the server does to every connection, and the error that a read becomes."""

    error: type[FaxApiError]
    text: str
    script: Script
    hint: str = ""
    retryable: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    tls: bool = False
    base_url: str = "{url}"


def fault(code: str) -> bytes:
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f"<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>No {escape(PASSWORD)}"
        "</faultstring></soap:Fault></soap:Body></soap:Envelope>"
    ).encode()


def broken_off(head: bytes, *, reset: bool = False) -> Script:
    """Read a request, send the beginning of an answer, and break the connection."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(head)
        if reset:
            # Whatever was sent must have arrived first, or the reset would discard it.
            time.sleep(0.02)
            peer.reset()

    return script


def silent(peer: Peer) -> None:
    peer.request()
    peer.gone()


def silent_in_the_body(peer: Peer) -> None:
    peer.request()
    peer.send(ANSWER[:-5])
    peer.gone()


def deaf(peer: Peer) -> None:
    """Take the connection and never shake hands: for a client that speaks TLS."""
    peer.gone()


def plain(peer: Peer) -> None:
    """Answer a handshake in plain HTTP."""
    peer.socket.recv(1)
    peer.send(reply(status="400 Bad Request"))


def hung_up(peer: Peer) -> None:
    """Close the connection in the middle of a handshake."""
    peer.socket.recv(1 << 16)


def reset_in_the_handshake(peer: Peer) -> None:
    """Reset the connection in the middle of a handshake."""
    peer.socket.recv(1 << 16)
    peer.reset()


def garbage_after_the_handshake(peer: Peer) -> None:
    """Send a TLS record that does not decrypt."""
    peer.request()
    with socket.socket(fileno=os.dup(peer.socket.fileno())) as raw:
        raw.send(b"\x17\x03\x03\x00\x20" + b"x" * 32)
    peer.gone()


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
ZIPPED = gzip.compress(BODY)
BROKEN = "localhost broke the connection before the answer was whole"
SCENARIOS = {
    "unknown host": Scenario(
        ConnectFailed,
        "no connection to nowhere.invalid: ",
        silent,
        hint="Check base_url",
        retryable=True,
        base_url="https://nowhere.invalid",
    ),
    "closed port": Scenario(
        ConnectFailed,
        "no connection to localhost: Connection refused",
        silent,
        hint="Check base_url",
        retryable=True,
        base_url="https://localhost:1",
    ),
    "self-signed certificate": Scenario(
        ConnectFailed,
        "the certificate of localhost is not trusted: unable to get local issuer certificate",
        always(ANSWER),
        hint="Give ca_file=…",
        tls=True,
    ),
    "no TLS there": Scenario(
        ConnectFailed,
        "no connection to localhost: TLS failed, wrong version number",
        plain,
        hint="Check base_url",
        retryable=True,
        base_url="https://localhost:{port}",
    ),
    "no handshake": Scenario(
        ConnectFailed,
        "localhost did not accept a connection within 0.1 s",
        deaf,
        hint="Check base_url",
        retryable=True,
        options={"timeout": (0.1, 5.0)},
        base_url="https://localhost:{port}",
    ),
    "closed in the handshake": Scenario(
        ConnectFailed,
        "no connection to localhost: TLS failed, ",
        hung_up,
        hint="Check base_url",
        retryable=True,
        base_url="https://localhost:{port}",
    ),
    "reset in the handshake": Scenario(
        ConnectFailed,
        "no connection to localhost: Connection reset by peer",
        reset_in_the_handshake,
        hint="Check base_url",
        retryable=True,
        base_url="https://localhost:{port}",
    ),
    "no HTTP": Scenario(Disconnected, BROKEN, broken_off(b"220 mail\r\n\r\n"), retryable=True),
    "closed at once": Scenario(Disconnected, BROKEN, broken_off(b""), retryable=True),
    "reset at once": Scenario(Disconnected, BROKEN, broken_off(b"", reset=True), retryable=True),
    "closed in the head": Scenario(Disconnected, BROKEN, broken_off(ANSWER[:30]), retryable=True),
    "reset in the head": Scenario(
        Disconnected, BROKEN, broken_off(ANSWER[:30], reset=True), retryable=True
    ),
    "body cut short": Scenario(Disconnected, BROKEN, broken_off(ANSWER[:-1]), retryable=True),
    "body reset": Scenario(
        Disconnected, BROKEN, broken_off(ANSWER[:-1], reset=True), retryable=True
    ),
    "chunk cut short": Scenario(
        Disconnected, BROKEN, broken_off(CHUNKED + b"fff\r\n" + BODY[:-9]), retryable=True
    ),
    "chunks without an end": Scenario(
        Disconnected, BROKEN, broken_off(CHUNKED + b"5\r\n<soap\r\n"), retryable=True
    ),
    "chunk of no size": Scenario(
        Disconnected, BROKEN, broken_off(CHUNKED + b"zz\r\n<soap\r\n"), retryable=True
    ),
    "silence": Scenario(
        TransportError,
        "localhost sent nothing for 0.1 s",
        silent,
        retryable=True,
        options={"timeout": (5.0, 0.1)},
    ),
    "silence in the body": Scenario(
        TransportError,
        "localhost sent nothing for 0.1 s",
        silent_in_the_body,
        retryable=True,
        options={"timeout": (5.0, 0.1)},
    ),
    "deadline": Scenario(
        DeadlineExceeded,
        "no whole answer within 0.1 s",
        silent,
        hint="Raise deadline",
        retryable=True,
        options={"deadline": 0.1},
    ),
    "garbage in TLS": Scenario(
        Disconnected,
        "the TLS connection to localhost broke",
        garbage_after_the_handshake,
        retryable=True,
        options={"trusted": True},
        tls=True,
    ),
    "redirect": Scenario(
        RedirectRefused,
        "the server answered with a redirect to https://elsewhere.example/in [HTTP 302]",
        once(reply(b"", "Location: https://elsewhere.example/in?token=1", status="302 Found")),
        hint="Set base_url",
    ),
    "web page": Scenario(
        DecodeError,
        "the answer is text/html, not SOAP [HTTP 200]",
        once(reply(b"<html>Log in</html>", kind="Text/HTML; charset=utf-8")),
        hint="check base_url",
    ),
    "login rejected": Scenario(
        AuthenticationError,
        "the login was rejected [HTTP 401]",
        once(reply(fault("Server"), kind="text/xml", status="401 Unauthorized")),
        hint="Check user name and password",
    ),
    "gateway": Scenario(
        ServiceUnavailable,
        "the server failed to answer [HTTP 502]",
        once(reply(b"<html>", kind="text/html", status="502 Bad Gateway")),
        retryable=True,
    ),
    "fault": Scenario(
        ProviderFault,
        "No *** [code Client, HTTP 500]",
        once(reply(fault("Client"), kind="text/xml", status="500 Internal Server Error")),
    ),
    "too large": Scenario(
        ResponseTooLarge,
        "the answer is larger than 100 bytes",
        always(ANSWER),
        hint="Raise max_response_bytes",
        options={"max_response_bytes": 100},
    ),
    "unasked compression": Scenario(
        DecodeError,
        "the answer is compressed in a way that was not asked for",
        once(reply(BODY, "Content-Encoding: br", kind="text/xml")),
    ),
    "damaged compression": Scenario(
        DecodeError,
        "the compressed answer is damaged",
        once(reply(ZIPPED[:20] + b"xxxx" + ZIPPED[24:], "Content-Encoding: gzip", kind="text/xml")),
    ),
    "compression cut short": Scenario(
        Disconnected,
        "the compressed answer ends in the middle",
        once(reply(ZIPPED[:-10], "Content-Encoding: gzip", kind="text/xml")),
        retryable=True,
    ),
}
