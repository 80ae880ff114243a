"""A server before the vendor's, where what a test wants to go wrong goes wrong."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from tests.transport.server import Peer, Request, Script, Server, reply


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

    def whole(self, *headers: str) -> bytes:
        return reply(self.body, *headers, status=self.status, kind=self.kind)

    def send(self, peer: Peer) -> None:
        whole = self.whole()
        if self.cut is None:
            peer.send(whole)
        else:
            peer.send(whole[: len(whole) - len(self.body) + self.cut])
            peer.socket.close()


Ask = Callable[[], Answer]
"""Asks the vendor."""

Choose = Callable[[Request, Ask], Answer | bytes | Script | None]
"""What a request is answered with, or what is done to its connection; None is silence."""


def straight(_request: Request, ask: Ask) -> Answer:
    """Let everything pass."""
    return ask()


def welcome(_peer: Peer) -> None:
    """Let a connection be."""


@dataclass
class Proxy:
    """What stands before a vendor, and what it does at the moment.

    Attributes:
        server: The proxy itself.
        choose: What it answers.
        meet: What it does to a connection before the first request.
        scheme: How it is spoken to.
    """

    server: Server
    choose: Choose = straight
    meet: Script = welcome
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.server.port}"


ProxyT = TypeVar("ProxyT", bound=Proxy)


@contextmanager
def before(vendor: str, make: Callable[[Server], ProxyT]) -> Iterator[ProxyT]:
    """A proxy before the vendor at a URL."""
    made: list[ProxyT] = []
    with Server(lambda peer: _serve(peer, vendor, made[0])) as server:
        made.append(make(server))
        yield made[0]


def in_front(vendor: str, choose: Choose) -> AbstractContextManager[Proxy]:
    """A proxy before the vendor at a URL, which answers in one way."""
    return before(vendor, lambda server: Proxy(server, choose))


def _serve(peer: Peer, vendor: str, proxy: Proxy) -> None:
    proxy.meet(peer)
    address = urlsplit(vendor)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    try:
        while request := peer.request():
            answer = proxy.choose(request, partial(_asked, connection, request))
            match answer:
                case None:
                    peer.gone()
                case bytes():
                    peer.send(answer)
                case Answer():
                    answer.send(peer)
                case _:
                    answer(peer)
    finally:
        connection.close()


def _asked(connection: http.client.HTTPConnection, request: Request) -> Answer:
    connection.request(request.method, request.target, request.body, dict(request.headers))
    response = connection.getresponse()
    kind = response.getheader("content-type", "")
    return Answer(f"{response.status} {response.reason}", kind, response.read())
