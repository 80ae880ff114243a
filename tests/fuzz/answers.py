"""What a hostile server answers, read by the clients: from memory, and over a real socket."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import cast

import anyio
from hypothesis import strategies as st

from faxapi.errors import FaxApiError
from faxapi.observe import request
from faxapi.sandbox import Sandbox
from faxapi.transport import pace
from faxapi.transport.exchange import Exchange
from faxapi.transport.http import Call, Transport
from faxapi.transport.pool import PooledStream
from faxapi.transport.retry import Budget
from tests.fuzz.corpus import ERRORS, Exchanged, clients, exchanged, kept, wsdl
from tests.fuzz.damage import JSON, XML, damaged, swollen
from tests.sandbox.wire import NOW
from tests.transport.server import Peer, Server
from tests.wire.samples import envelope, pieces

# More than any answer here needs on a busy machine, and less than one that is read quadratically.
MOST_SECONDS = 10.0


@dataclass(frozen=True)
class Reply:
    """An answer's head and body, and where the network cuts the body."""

    body: bytes
    kind: str
    status: int = 200
    cuts: Sequence[int] = ()


@dataclass(frozen=True)
class Conversation:
    """A call of an operation and the answers to its requests; the last one is given again."""

    exchanged: Exchanged
    replies: Sequence[Reply]
    backend: str


BACKENDS = st.sampled_from(["asyncio", "trio"])
STATUSES = st.sampled_from([200] * 12 + [500, 500, 400, 201, 204, 301, 401, 403, 404, 429, 503])
KINDS = [
    "text/xml; charset=utf-8", "application/soap+xml", "text/xml; charset=klingon", "TEXT/XML",
    "application/json", "text/plain", "text/html", "", ";", "text/xml;;;=", "x" * 5000,
]  # fmt: skip


def bodies(each: Exchanged) -> st.SearchStrategy[bytes]:
    """Answers to an operation's call with damage."""
    tokens = JSON if "json" in each.kind else XML
    return damaged([*each.bodies, *each.bodies, *ERRORS], tokens)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """A call of any operation, one of whose answers is damaged."""
    each = draw(st.sampled_from(exchanged()))
    replies = [Reply(body, each.kind) for body in each.bodies]
    replies[draw(st.integers(0, len(replies) - 1))] = Reply(
        draw(bodies(each)),
        draw(st.sampled_from([each.kind] * 20 + KINDS)),
        draw(STATUSES),
        draw(st.lists(st.integers(0, 1 << 12), max_size=4)),
    )
    return Conversation(each, replies, draw(BACKENDS))


class _Pieces:
    """A body that is here already."""

    closed = False

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    async def next(self) -> bytes:
        return next(self._parts, b"")

    async def aclose(self) -> None:
        pass


class Canned(Transport):
    """A transport whose answers are here already, each for one request."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        super().__init__()
        self._replies = [*replies]

    async def _send(self, call: Call, budget: Budget) -> Exchange:  # noqa: ARG002 - the base's
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        stream = cast("PooledStream", _Pieces(pieces(reply.body, [*reply.cuts])))
        span = request(call.method, "localhost", 80)
        return Exchange(call, reply.status, {"content-type": reply.kind}, stream, span)


@cache
def _sandbox() -> Sandbox:
    """What the calls look into for ids; it serves nothing."""
    return Sandbox(seed=1, now=NOW, faxes=0)


def converse(conversation: Conversation) -> None:
    """Read the answers; anything but a FaxApiError comes out."""
    anyio.run(_converse, conversation, backend=conversation.backend)


async def _converse(conversation: Conversation) -> None:
    pace._BUCKETS.clear()
    made = clients("http://localhost", _sandbox())
    canned = Canned(conversation.replies)
    for account in (made.interfax, made.openfax, made.imagicle):
        account.attach(canned, "the test")
    with anyio.fail_after(MOST_SECONDS), suppress(FaxApiError):
        await conversation.exchanged.case.call(made)
    await canned.aclose()


def descriptions() -> st.SearchStrategy[tuple[bytes, str]]:
    """Openfax's WSDL with damage, and a backend."""
    return st.tuples(damaged([wsdl()], XML) | swollen([wsdl()], XML, 1 << 16), BACKENDS)


def discover(given: tuple[bytes, str]) -> None:
    """Read a WSDL; anything but a FaxApiError comes out."""

    async def run() -> None:
        openfax = clients("http://localhost", _sandbox()).openfax
        openfax.attach(Canned([Reply(given[0], "text/xml")]), "the test")
        with suppress(FaxApiError):
            await openfax.discover()

    anyio.run(run, backend=given[1])


_REPORT = [
    f"<FaxTransmission><TransactionID>{at}</TransactionID></FaxTransmission>" for at in range(6)
]
_HEAD, _, _TAIL = (
    envelope("<getCDRByJobIDResponse><getCDRByJobIDResult>|</getCDRByJobIDResult>"
             "</getCDRByJobIDResponse>").partition(b"|")
)  # fmt: skip


def streams() -> st.SearchStrategy[tuple[int, bytes, str]]:
    """How many rows of a report are good, what comes behind them, and a backend."""

    def damage(good: int) -> st.SearchStrategy[tuple[int, bytes, str]]:
        rest = "".join(_REPORT[good:]).encode() + _TAIL
        return st.tuples(st.just(good), damaged([rest], XML), BACKENDS)

    return st.integers(0, len(_REPORT)).flatmap(damage)


def read_before_damage(given: tuple[int, bytes, str]) -> None:
    """A stream hands on what came before the damage; a FaxApiError may end it.

    Of the last good row the parser may only know once it has seen what comes behind it.
    """
    good, rest, backend = given
    start = _HEAD + "".join(_REPORT[:good]).encode()
    ids: list[str | None] = []

    async def run() -> None:
        openfax = clients("http://localhost", _sandbox()).openfax
        openfax.attach(Canned([Reply(start + rest, "text/xml", cuts=[len(start)])]), "the test")
        with suppress(FaxApiError):
            async with openfax.iter_cdr(job_id="1") as rows:
                async for row in rows:
                    ids.append(row.transaction_id)  # noqa: PERF401 - an error ends it anywhere

    anyio.run(run, backend=backend)
    sure = max(good - 1, 0)
    assert ids[:sure] == [str(at) for at in range(sure)]


STATUS_LINES = [
    b"HTTP/1.1 200 OK", b"HTTP/1.1 200", b"HTTP/1.0 200 OK", b"HTTP/1.1 500 Internal Server Error",
    b"HTTP/1.1 301 Moved", b"HTTP/1.1 429 Too Many", b"HTTP/1.1 503 No", b"HTTP/1.1 204 None",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", b"HTTP/1.1 101 Switching", b"HTTP/1.1 304 No",
    b"HTTP/1.1 999 X", b"HTTP/1.1 000 X", b"HTTP/1.1 -1 X", b"HTTP/2 200 OK", b"HTTP/1.1 200 \xff",
    b"HTTP/1.1 401 Unauthorized", b"HTTP/1.1 407 Proxy", b"ICY 200 OK", b"",
]  # fmt: skip
HEADERS = [
    b"Content-Type: text/xml; charset=klingon", b"Content-Type: \xff\xfe", b"Content-Type",
    b"Content-Type: application/json\r\nContent-Type: text/html", b"Content-Encoding: gzip",
    b"Content-Encoding: br", b"Content-Encoding: gzip, gzip", b"Content-Encoding: deflate",
    b"Content-Encoding: \xc3\xa9", b"Content-Encoding: identity", b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: x", b"Content-Length: 0",
    b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999999999999",
    b"Content-Length: x", b"Content-Length: 1\r\nContent-Length: 2", b"Retry-After: 1",
    b"Retry-After: -1", b"Retry-After: 99999999999999999999", b"Retry-After: x", b"Retry-After: ",
    "Retry-After: ٣".encode(), "Retry-After: ²".encode(), b"Retry-After: " + b"9" * 5000,
    b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", b"Retry-After: Fri, 31 Dec 1 23:59:59 -2359",
    b"Retry-After: Mon, 99 Foo 2026 99:99:99 GMT", b"Retry-After: 1, 2", b"Location: http://[::1",
    b"Location: http://x:99999999/", b"Location: //\xff", b"Location: http://a:b@c/?d#e",
    b"Location: javascript:x", b"Location: " + b"x" * 20000, b"Set-Cookie: a=b", b" folded",
    b"Connection: close", b"Connection: upgrade\r\nUpgrade: h2c", b"X: " + b"y" * 70000,
    b"\r\n".join(b"X%d: y" % number for number in range(2000)), b": empty", b"X Y: z", b"X:\x00",
    b"X:\x0b", b"Trailer: x",
]  # fmt: skip


@dataclass(frozen=True)
class Talk:
    """A call of an operation, and what a server says to it."""

    exchanged: Exchanged
    said: bytes
    backend: str


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


PACKINGS: list[Callable[[bytes], bytes]] = [
    lambda body: body,
    _packed,
    lambda body: _packed(_packed(body)),
    lambda body: _packed(body)[:-5],
    lambda body: _packed(body) + b"x",
    lambda body: _packed(body) * 2,
    lambda body: _packed(body + b" " * (1 << 22)),
    zlib.compress,
    lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
    lambda body: b"%x;x=y\r\n%s\r\n0\r\nX: y\r\n\r\n" % (len(body), body),
    lambda body: b"fffffffff\r\n" + body,
    lambda body: b"x\r\n" + body,
]


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    """A call, and a strange head before a real, a packed or a damaged body."""
    each = draw(st.sampled_from(exchanged()))
    body = draw(st.sampled_from([*each.bodies, *ERRORS]) | bodies(each))
    packed = draw(st.sampled_from([PACKINGS[0], PACKINGS[0], *PACKINGS]))(body)
    status = draw(st.sampled_from([STATUS_LINES[0]] * 8 + STATUS_LINES))
    kind = f"Content-Type: {each.kind}".encode()
    lines = [status, kind, *draw(st.lists(st.sampled_from(HEADERS), max_size=4))]
    if packed[:2] == b"\x1f\x8b" and draw(st.booleans()):
        lines.append(b"Content-Encoding: gzip")
    said = b"\r\n".join([*lines, b"", packed])
    if not draw(st.integers(0, 5)):
        said = draw(damaged([said], HEADERS))
    return Talk(each, said, draw(BACKENDS))


class _Says:
    """The server's script: say it to whoever asks, and hang up."""

    def __init__(self) -> None:
        self.said = b""

    def __call__(self, peer: Peer) -> None:
        if peer.request():
            peer.send(self.said)


@cache
def _served() -> tuple[Server, _Says]:
    """A server for all talks."""
    says = _Says()
    return kept(Server(says)), says


def talk(given: Talk) -> None:
    """Call over a real socket; anything but a FaxApiError comes out."""
    server, says = _served()
    says.said = given.said

    async def run() -> None:
        pace._BUCKETS.clear()
        made = clients(server.url, _sandbox())
        with anyio.fail_after(MOST_SECONDS):
            async with made.interfax, made.openfax, made.imagicle:
                with suppress(FaxApiError):
                    await given.exchanged.case.call(made)

    anyio.run(run, backend=given.backend)
