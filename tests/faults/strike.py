"""Trouble let loose between an account and its vendor."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from tests.contract.proxy import Ask, Choose, Proxy
from tests.faults.acts import closed_after, shake_hands
from tests.faults.certificates import client_context
from tests.faults.trouble import Place, Trouble
from tests.transport.server import Peer, Request, Script

FOR_EVER = 10_000


@dataclass
class Strikes:
    """Which of the things that trouble could strike it does: from the `first` on, so many.

    Attributes:
        hits: How many it did.
    """

    first: int
    times: int
    hits: int = 0
    _met: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hit(self) -> bool:
        with self._lock:
            self._met += 1
            struck = self._met >= self.first and self.hits < self.times
            self.hits += struck
            return struck


def secure(proxy: Proxy) -> dict[str, Any]:
    """Let the server speak TLS; gives the account's keywords for that."""
    proxy.scheme, proxy.meet = "https", shake_hands
    return {"ssl_context": client_context()}


@contextmanager
def struck(
    proxy: Proxy, trouble: Trouble, strikes: Strikes, meant: Callable[[Request], bool]
) -> Iterator[None]:
    """Let it strike, of answers those to the requests that are meant."""
    before = proxy.choose, proxy.meet
    with pytest.MonkeyPatch.context() as patch:
        if trouble.place is Place.ANSWER:
            proxy.choose = _answers(trouble, strikes, meant)
        else:
            # Each request has a connection of its own, so that there are several.
            proxy.choose = lambda _, ask: partial(_closed, ask)
        if trouble.place is Place.CONNECTION:
            proxy.meet = _connections(trouble, strikes, proxy.meet)
        if trouble.place is Place.LOOKUP:
            patch.setattr(socket, "getaddrinfo", _lookups(trouble, strikes, proxy.server.port))
        yield
    proxy.choose, proxy.meet = before


def _answers(trouble: Trouble, strikes: Strikes, meant: Callable[[Request], bool]) -> Choose:
    def choose(request: Request, ask: Ask) -> Any:  # noqa: ANN401 - an answer, or what is done
        answer = ask()
        if meant(request) and strikes.hit():
            return lambda peer: trouble.act(peer, answer)
        return answer

    return choose


def _closed(ask: Ask, peer: Peer) -> None:
    closed_after(peer, ask())


def _connections(trouble: Trouble, strikes: Strikes, otherwise: Script) -> Script:
    def meet(peer: Peer) -> None:
        (trouble.act if strikes.hit() else otherwise)(peer)

    return meet


def _lookups(trouble: Trouble, strikes: Strikes, port: int) -> Callable[..., Any]:
    true = socket.getaddrinfo

    def look_up(host: Any, service: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as the socket module has it
        if service == port and host in {"localhost", b"localhost"} and strikes.hit():
            trouble.act()
        return true(host, service, *rest, **more)

    return look_up
