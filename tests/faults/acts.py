"""What a fault does: to an answer on its way, to a connection, to the look-up of a name."""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import time
from collections.abc import Callable
from functools import cache

from tests.contract.proxy import Answer
from tests.faults.answers import Framing, Part, chunk, chunks, framed, head
from tests.faults.certificates import server_context
from tests.transport.server import Peer, Script, reply

Act = Callable[[Peer, Answer], None]
"""What is done with the vendor's answer."""

# Whatever was sent must have arrived, or a reset would discard it.
_ARRIVAL = 0.02
_MEGABYTE = 1 << 20


def close_after(part: Part) -> Act:
    """Send part of the answer, and close in good order."""

    def act(peer: Peer, answer: Answer) -> None:
        peer.send(part(answer))
        peer.socket.close()

    return act


def reset_after(part: Part) -> Act:
    """Send part of the answer, and break the connection."""

    def act(peer: Peer, answer: Answer) -> None:
        peer.send(part(answer))
        time.sleep(_ARRIVAL)
        peer.reset()

    return act


def silent_after(part: Part) -> Act:
    """Send part of the answer, and then nothing, ever."""

    def act(peer: Peer, answer: Answer) -> None:
        peer.send(part(answer))
        peer.gone()

    return act


def half(answer: Answer) -> bytes:
    return answer.whole()[: -len(answer.body) // 2]


def whole(*headers: str) -> Act:
    """Send it all, with more headers."""
    return lambda peer, answer: _send(peer, answer.whole(*headers))


def late(seconds: float) -> Act:
    """Hold the answer back."""

    def act(peer: Peer, answer: Answer) -> None:
        time.sleep(seconds)
        answer.send(peer)

    return act


def drip(size: int, seconds: float) -> Act:
    """Send it in pieces, with a wait before each."""

    def act(peer: Peer, answer: Answer) -> None:
        data = answer.whole()
        for start in range(0, len(data), size):
            time.sleep(seconds)
            if not peer.send(data[start : start + size]):
                return

    return act


def instead(answer: bytes) -> Act:
    """Send something else."""
    return lambda peer, _: _send(peer, answer)


def status(text: str, *headers: str) -> Act:
    """Answer with a page and a status."""
    page = b"<!DOCTYPE html><html><body>Sorry</body></html>"
    return instead(reply(page, *headers, status=text, kind="text/html"))


def claims(*headers: str) -> Act:
    """Send the body behind headers that are wrong about it, and close."""

    def act(peer: Peer, answer: Answer) -> None:
        peer.send(head(answer, *headers) + answer.body)
        peer.socket.close()

    return act


def wrong_length(difference: int, end: Callable[[Part], Act]) -> Act:
    """Send the whole body behind a length that it does not have."""
    return end(
        lambda answer: (
            head(answer, f"Content-Length: {len(answer.body) + difference}") + answer.body
        )
    )


def twice(peer: Peer, answer: Answer) -> None:
    """Send the answer, and once more what nobody asked for."""
    peer.send(answer.whole() * 2)


def endless(start: Part, piece: bytes, pause: float = 0) -> Act:
    """Send pieces until the client has enough."""

    def act(peer: Peer, answer: Answer) -> None:
        peer.send(start(answer))
        while peer.send(piece):
            time.sleep(pause)

    return act


def bomb(peer: Peer, answer: Answer) -> None:
    """Send the answer with 64 MB of white space, packed."""
    body = gzip.compress(answer.body) + _spaces()
    peer.send(head(answer, "Content-Encoding: gzip", f"Content-Length: {len(body)}") + body)


@cache
def _spaces() -> bytes:
    return gzip.compress(b" " * _MEGABYTE) * 64


def packed(cut: Callable[[bytes], bytes], encoding: str = "gzip") -> Act:
    """Send it compressed, and damaged."""

    def act(peer: Peer, answer: Answer) -> None:
        body = cut(gzip.compress(answer.body, mtime=0))
        length = f"Content-Length: {len(body)}"
        peer.send(head(answer, f"Content-Encoding: {encoding}", length) + body)

    return act


def gone_without_a_word(end: Callable[[Peer], None]) -> Act:
    """Answer, and end the connection while it is idle, though nothing said that it would."""

    def act(peer: Peer, answer: Answer) -> None:
        answer.send(peer)
        end(peer)

    return act


def garbage_in_tls(peer: Peer, _: Answer) -> None:
    """Send a TLS record that does not decrypt."""
    with socket.socket(fileno=os.dup(peer.socket.fileno())) as raw:
        raw.send(b"\x17\x03\x03\x00\x20" + b"x" * 32)
    peer.gone()


def in_chunks(peer: Peer, answer: Answer) -> None:
    """Send it in chunks, the last one with a trailer."""
    data = framed(answer, Framing.CHUNKED) + chunks(answer.body)
    peer.send(data + b"0\r\nX-Checked: yes\r\n\r\n")


def closed_after(peer: Peer, answer: Answer) -> None:
    """Answer, and let the next request have a connection of its own."""
    peer.send(answer.whole("Connection: close"))
    peer.socket.close()


def _send(peer: Peer, data: bytes) -> None:
    peer.send(data)


# Connections.


def close(peer: Peer) -> None:
    peer.socket.close()


def reset(peer: Peer) -> None:
    # Before the client knows that it has a connection, it would have none.
    time.sleep(_ARRIVAL)
    peer.reset()


def deaf(peer: Peer) -> None:
    """Take whatever comes and never say a word."""
    peer.gone()


def plain(peer: Peer) -> None:
    """Answer a handshake in plain HTTP."""
    peer.socket.recv(1)
    peer.send(reply(status="400 Bad Request"))
    peer.socket.close()


def cut_handshake(peer: Peer) -> None:
    """Read the beginning of a handshake and close."""
    peer.socket.recv(1)
    peer.reset()


def shake_hands(peer: Peer) -> None:
    """Speak TLS, as a client trusts it."""
    _wrap(peer, server_context())


def shows(context: Callable[[], ssl.SSLContext]) -> Script:
    """Shake hands with another certificate."""
    return lambda peer: _wrap(peer, context())


def _wrap(peer: Peer, context: ssl.SSLContext) -> None:
    peer.socket = context.wrap_socket(peer.socket, server_side=True)


# Look-ups.


def unknown_name() -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def no_name_server() -> None:
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"
ENDLESS_CHUNK = chunk(b" " * 60_000)
NO_SIZE = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n"


def open_chunks(answer: Answer) -> bytes:
    """The whole body in chunks, none of which is the last."""
    return framed(answer, Framing.CHUNKED) + chunks(answer.body)
