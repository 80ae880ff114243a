"""Chunks that wait for more of them."""

from __future__ import annotations

# A vendor's tag or fax is shorter, and comes as soon as its bytes are here.
_SHORT = 1 << 10
# What one chunk has at most, when nobody cuts them small.
_CHUNK = 1 << 16


class Backlog:
    """Holds chunks back while a long part of an answer is unfinished.

    Parsers begin an unfinished part again with every chunk. In chunks of one byte that would cost
    the square of its size, so a long one is only begun again once it has doubled, or grown by what
    a chunk of the usual size brings.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._wanted = 0

    def feed(self, chunk: bytes) -> bytes:
        """The bytes to parse now; empty while they wait for more."""
        if not self._wanted:
            return chunk
        self._held += chunk
        return self.close() if len(self._held) >= self._wanted else b""

    def close(self) -> bytes:
        """What was held back."""
        held = bytes(self._held)
        self._held.clear()
        return held

    def unfinished(self, size: int) -> None:
        """Note how long the part is that the parser will begin again."""
        self._wanted = min(size, _CHUNK) if size > _SHORT else 0
