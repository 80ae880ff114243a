"""A real HTTP proxy: it makes tunnels, hands requests on, and notes every byte that it reads."""

from __future__ import annotations

import base64
import http.client
import select
import socket
import ssl
from contextlib import closing
from typing import Self
from urllib.parse import urlsplit

from tests.transport.server import Peer, Request, Server, reply

LONGEST = 20.0


class Proxy:
    """An HTTP proxy on loopback, until `with` ends.

    Args:
        login: User name and password with a colon between them, if it wants a login.
        tls: Its certificate, if it is spoken to in TLS.

    Attributes:
        login: As above.
        server: Where it listens, and the requests that were made of the proxy itself.
        tunnelled: What clients sent through tunnels.
    """

    def __init__(self, login: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.server = Server(self._serve, tls)
        self.tunnelled = bytearray()
        self.login = login

    @property
    def url(self) -> str:
        return self.server.url

    def with_login(self, login: str) -> str:
        """Its address with a login in it, which is quoted already."""
        return self.url.replace("://", f"://{login}@")

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(*error)

    def _serve(self, peer: Peer) -> None:
        while request := peer.request():
            if self.login and _login_of(request) != self.login:
                peer.send(reply(b"who?", status="407 Proxy Authentication Required"))
            elif request.method != "CONNECT":
                peer.send(_handed_on(request))
            else:
                self._tunnel(peer, request)
                return

    def _tunnel(self, peer: Peer, request: Request) -> None:
        host, _, port = request.target.rpartition(":")
        try:
            server = socket.create_connection((host.strip("[]"), int(port)), LONGEST)
        except OSError:
            peer.send(reply(b"", status="502 Bad Gateway"))
            return
        with closing(server):
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._relay(peer.socket, server)

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        """Carry bytes both ways until either end has no more."""
        other = {client: server, server: client}
        while ready := select.select([*other], [], [], LONGEST)[0]:
            for end in ready:
                data = end.recv(1 << 16)
                if end is client:
                    self.tunnelled += data
                if not data:
                    return
                other[end].sendall(data)


def _login_of(request: Request) -> str:
    (given,) = request.header("proxy-authorization") or [""]
    return base64.b64decode(given.removeprefix("Basic ")).decode()


def _handed_on(request: Request) -> bytes:
    url = urlsplit(request.target)
    with closing(http.client.HTTPConnection(url.hostname or "", url.port, LONGEST)) as connection:
        headers = {name: text for name, text in request.headers if "proxy" not in name}
        connection.request(request.method, url.path or "/", request.body, headers)
        answer = connection.getresponse()
        kind = answer.getheader("content-type", "")
        return reply(answer.read(), status=f"{answer.status} {answer.reason}", kind=kind)
