"""An account whose calls count, and a server that takes note of when it was asked."""

import math
import time
from dataclasses import replace
from itertools import pairwise
from typing import Unpack

import anyio

from faxapi import Pace
from faxapi.providers.rows import RowStream
from faxapi.providers.settings import Options
from tests.transport.probe import ASK, LIST, Probe, Row, answer
from tests.transport.server import Peer, Server, reply

PER = 0.1
NEVER = Pace(1, per=30)

GOOD = reply(answer(), kind="text/xml")
REJECTED = reply(b"", status="401 Unauthorized")
CUT = b""
_ROWS = "".join(f"<Row><Number>{number}</Number></Row>" for number in range(9))
LISTING = reply(answer("List", f"<Rows>{_ROWS}</Rows><Code>0</Code>"), kind="text/xml")


def refused(status: str = "429 Too Many Requests", *headers: str) -> bytes:
    return reply(b"", *headers, status=status)


class Watch(Server):
    """Gives the answers in turn, the last one for ever, each after `pause`; no answer is a break.

    `calls` holds when each was asked and when it was answered, as the server sees it.
    """

    def __init__(self, *answers: bytes, pause: float = 0.01) -> None:
        super().__init__(self._answer)
        self.calls: list[list[float]] = []
        self._answers = list(answers or [GOOD])
        self._pause = pause

    def _answer(self, peer: Peer) -> None:
        while peer.request():
            call = [time.monotonic(), math.inf]
            with self.lock:
                self.calls.append(call)
                left = self._answers
                mine = left.pop(0) if len(left) > 1 else left[0]
            time.sleep(self._pause)
            call[1] = time.monotonic()
            if not mine or not peer.send(mine):
                return

    def most(self, per: float) -> int:
        """The most calls in any span of `per` seconds, each counted until its answer's end."""
        return max(
            sum(begun <= at and end > at - per for begun, end in self.calls) for at, _ in self.calls
        )

    def gaps(self) -> list[float]:
        """How long after each answer the next call came, where calls come one by one."""
        return [after[0] - before[1] for before, after in pairwise(self.calls)]


class Paced(Probe):
    """A probe whose reads count, save `free`."""

    def __init__(self, base_url: str, username: str = "user1", **options: Unpack[Options]) -> None:
        options.setdefault("retries", 0)
        super().__init__(base_url, username, **options)

    async def ask(self) -> str:
        return await self.soap.call(replace(ASK, counted=True))

    async def free(self) -> str:
        return await self.soap.call(ASK)

    async def all(self) -> list[Row]:
        return (await self.soap.rows(replace(LIST, counted=True), Row)).items

    def counted_rows(self) -> RowStream[Row]:
        return self.soap.stream(replace(LIST, counted=True), Row)


async def ask(account: Paced, times: int = 1) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(times):
            group.start_soon(account.ask)


async def passes(account: Paced) -> bool:
    """Whether a call goes through without a wait worth the name."""
    with anyio.move_on_after(0.05):
        await account.ask()
        return True
    return False
