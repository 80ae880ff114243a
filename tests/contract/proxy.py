"""A server before the vendor's, where what a test wants to go wrong goes wrong."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from tests.transport.server import Peer, Request, Script, reply


@dataclass(frozen=True)
class Answer:
    """The vendor's answer, or what becomes of it.

    Attributes:
        status: Such as `200 OK`.
        kind: Its content type.
        body: Its content.
        cut: How much of its content comes before the connection breaks; None for all of it.
    """

    status: str
    kind: str
    body: bytes
    cut: int | None = None

    def half(self) -> Answer:
        """This answer, broken off in its middle."""
        return replace(self, cut=len(self.body) // 2)

    def send(self, peer: Peer) -> None:
        whole = reply(self.body, status=self.status, kind=self.kind)
        if self.cut is None:
            peer.send(whole)
        else:
            peer.send(whole[: len(whole) - len(self.body) + self.cut])
            peer.socket.close()


Ask = Callable[[], Answer]
"""Asks the vendor."""

Choose = Callable[[Request, Ask], Answer | bytes | None]
"""What a request is answered with; None is silence."""


def straight(_request: Request, ask: Ask) -> Answer:
    """Let everything pass."""
    return ask()


def before(url: str, choose: Callable[[], Choose]) -> Script:
    """Ask the vendor at a URL, and answer as chosen at the moment."""
    vendor = urlsplit(url)

    def script(peer: Peer) -> None:
        connection = http.client.HTTPConnection(vendor.hostname or "", vendor.port)
        try:
            while request := peer.request():
                answer = choose()(request, partial(_asked, connection, request))
                match answer:
                    case None:
                        peer.gone()
                    case bytes():
                        peer.send(answer)
                    case _:
                        answer.send(peer)
        finally:
            connection.close()

    return script


def _asked(connection: http.client.HTTPConnection, request: Request) -> Answer:
    connection.request(request.method, request.target, request.body, dict(request.headers))
    response = connection.getresponse()
    kind = response.getheader("content-type", "")
    return Answer(f"{response.status} {response.reason}", kind, response.read())
