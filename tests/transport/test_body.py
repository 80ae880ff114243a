"""Bodies: their size, their compression, and how they reach the caller."""

import gzip
import tracemalloc
import zlib

import anyio
import pytest
from anyio.lowlevel import checkpoint

from faxapi.errors import DecodeError, Disconnected, ResponseTooLarge
from faxapi.transport.exchange import _Gzip
from faxapi.transport.http import Call, Exchange, Transport
from tests.transport.server import Peer, Script, Server, always, reply

GZIP = "Content-Encoding: gzip"
MEGABYTE = 1 << 20


def read(url: str, max_bytes: int = 1 << 29) -> Call:
    return Call("GET", url, idempotent=True, retries=0, max_bytes=max_bytes)


@pytest.mark.parametrize("body", [b"x", b"", b"y" * 300_000], ids=["one", "none", "many"])
@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "x-gzip", "GZip"])
@pytest.mark.anyio
async def test_a_body_arrives_whole(transport: Transport, body: bytes, encoding: str) -> None:
    packed = gzip.compress(body) if "gz" in encoding.lower() else body
    with Server(always(reply(packed, f"Content-Encoding: {encoding}"))) as server:
        assert await transport.perform(read(server.url), Exchange.body) == body
        assert server.requests[0].header("accept-encoding") == ["gzip"]


@pytest.mark.anyio
async def test_an_empty_answer_may_claim_compression(transport: Transport) -> None:
    with Server(always(reply(b"", GZIP))) as server:
        assert await transport.perform(read(server.url), Exchange.body) == b""


@pytest.mark.anyio
async def test_every_member_of_a_gzip_body_counts(transport: Transport) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    with Server(always(reply(packed, GZIP))) as server:
        assert await transport.perform(read(server.url), Exchange.body) == b"one two"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_gzip_is_unpacked_however_it_is_cut(size: int) -> None:
    """Past the piece's size the unpacker holds bytes back, and must give them out later."""
    plain = bytes(range(256)) * 3000 + b"\0" * (2 * MEGABYTE)
    packed = gzip.compress(plain) + gzip.compress(b"end")
    decoder, whole = _Gzip(), bytearray()
    for start in range(0, len(packed), size):
        decoder.feed(packed[start : start + size])
        while piece := decoder.piece():
            assert len(piece) <= 1 << 16
            whole += piece
    decoder.end()
    assert whole == plain + b"end"


@pytest.mark.parametrize("missing", [1, 8, 20])
@pytest.mark.anyio
async def test_compression_cut_short_is_noticed(transport: Transport, missing: int) -> None:
    packed = gzip.compress(b"x" * 1000 + bytes(range(256)))[:-missing]
    with (
        Server(always(reply(packed, GZIP))) as server,
        pytest.raises(Disconnected, match="ends in the middle"),
    ):
        await transport.perform(read(server.url), Exchange.body)


@pytest.mark.parametrize(
    "packed",
    [
        b"<html>",
        zlib.compress(b"deflate was not asked for"),
        gzip.compress(b"x", mtime=0)[:-8] + b"checksum",
        gzip.compress(b"x", mtime=0) + b"more",
    ],
)
@pytest.mark.anyio
async def test_damaged_compression_is_an_error(transport: Transport, packed: bytes) -> None:
    with (
        Server(always(reply(packed, GZIP))) as server,
        pytest.raises(DecodeError, match="is damaged"),
    ):
        await transport.perform(read(server.url), Exchange.body)


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
@pytest.mark.anyio
async def test_other_compression_is_refused(transport: Transport, encoding: str) -> None:
    with (
        Server(always(reply(b"x", f"Content-Encoding: {encoding}"))) as server,
        pytest.raises(DecodeError, match="was not asked for"),
    ):
        await transport.perform(read(server.url), Exchange.body)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.anyio
async def test_the_size_is_capped_after_unpacking(transport: Transport, *, packed: bool) -> None:
    body = b"x" * 100_000
    answer = reply(gzip.compress(body), GZIP) if packed else reply(body)
    with Server(always(answer)) as server:
        at_most = read(server.url, max_bytes=100_000)
        assert await transport.perform(at_most, Exchange.body) == body
        with pytest.raises(ResponseTooLarge, match="larger than 99999 bytes") as caught:
            await transport.perform(read(server.url, max_bytes=99_999), Exchange.body)
        assert "max_response_bytes" in str(caught.value)
        with pytest.raises(ResponseTooLarge, match="larger than 99999 bytes"):
            await transport.perform(at_most, lambda exchange: exchange.body(99_999))


def endless(head: bytes, piece: bytes) -> Script:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(head)
        while peer.send(piece):
            pass

    return script


@pytest.mark.anyio
async def test_an_endless_body_ends_at_the_cap(transport: Transport) -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with (
        Server(endless(head, b"x" * 50_000)) as server,
        pytest.raises(ResponseTooLarge, match="larger than 1000000 bytes"),
    ):
        await transport.perform(read(server.url, max_bytes=1_000_000), Exchange.body)


@pytest.mark.anyio
async def test_a_bomb_takes_no_memory_and_lets_others_run(transport: Transport) -> None:
    bomb = gzip.compress(b"\0" * (8 * MEGABYTE), 6)
    turns = 0
    sizes: list[int] = []
    turn_of: set[int] = set()

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await checkpoint()

    async def read_on(exchange: Exchange) -> None:
        while piece := await exchange.chunk():
            sizes.append(len(piece))
            turn_of.add(turns)

    tracemalloc.start()
    try:
        with Server(always(reply(bomb, GZIP))) as server:
            async with anyio.create_task_group() as group:
                group.start_soon(others)
                await transport.perform(read(server.url), read_on)
                group.cancel_scope.cancel()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(sizes) == 8 * MEGABYTE
    assert max(sizes) <= 1 << 16
    assert peak < 2 * MEGABYTE
    # Trio picks at random who goes first, so one turn may see two pieces.
    assert len(turn_of) > len(sizes) / 2


@pytest.mark.anyio
async def test_the_content_type_is_read_without_its_parameters(transport: Transport) -> None:
    async def kind(exchange: Exchange) -> str:
        return exchange.media_type

    with Server(always(reply(b"", kind="Text/XML; charset=utf-8"))) as server:
        assert await transport.perform(read(server.url), kind) == "text/xml"
    with Server(always(b"HTTP/1.1 204 No Content\r\n\r\n")) as server:
        assert await transport.perform(read(server.url), kind) == ""


@pytest.mark.anyio
async def test_header_names_are_in_lower_case(transport: Transport) -> None:
    async def headers(exchange: Exchange) -> dict[str, str]:
        return dict(exchange.headers)

    with Server(always(reply(b"", "X-One: 1", "X-TWO: \xfc", "x-one: 2"))) as server:
        found = await transport.perform(read(server.url), headers)
    assert found["x-one"] == "1, 2"
    assert found["x-two"] == "ü"
