"""What the contract's tests need to know of a provider, and of nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal, Self

from faxapi.errors import FaxApiError, ServiceUnavailable
from faxapi.providers import Provider
from faxapi.records import Direction
from faxapi.sandbox import Sandbox
from tests.transport.server import Request, reply

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)

State = Literal["done", "open", "strange"]
Ids = set[tuple[Direction, str]]
"""Faxes by what tells their records apart."""


class Harness(ABC):
    """A fresh account at a provider, whose vendor is played by a server of its own.

    Args:
        url: Where the vendor is.
        secret: The account's password or key.
    """

    name: ClassVar[str]
    """The provider's registered name."""
    several: ClassVar[int]
    """How many faxes make several pages; where there are none, several calls."""
    paged: ClassVar[bool] = False
    """Whether there are pages that could repeat."""
    streamed: ClassVar[bool] = False
    """Whether records are delivered before their answer is whole, and so cannot be asked again."""
    login_hint: ClassVar[str]
    """A pattern of what the error of a wrong login says to do."""
    fault: ClassVar[bytes] = reply(b"", status="500 Internal Server Error")
    """How the vendor answers when it fails."""
    fault_error: ClassVar[type[FaxApiError]] = ServiceUnavailable

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret

    @classmethod
    @abstractmethod
    def serve(cls, sandbox: Sandbox, /) -> AbstractContextManager[Self]:
        """Let the vendor run; `sandbox` runs already, for those that it plays."""

    @abstractmethod
    def account(self, url: str, secret: str, **options: Any) -> Provider:  # noqa: ANN401 - any keyword of an account
        """A client of the account, at another address perhaps."""

    @abstractmethod
    def add(self, count: int = 1, state: State = "done", at: datetime = YESTERDAY) -> Ids:
        """Add faxes: final, on the way, or of a state that the vendor never told."""

    @abstractmethod
    def finish(self, faxes: Ids) -> None:
        """Let faxes that are on the way end."""

    @abstractmethod
    def is_page(self, request: Request) -> bool:
        """Whether it asks for faxes, a page of one list or one item of several."""

    def limited(self, _request: Request) -> bytes:
        """How the vendor says that there were too many requests."""
        return reply(b"", status="429 Too Many Requests")

    @abstractmethod
    def with_extra(self, body: bytes) -> bytes:
        """An answer in which faxes have an element `novelty`."""

    @abstractmethod
    def with_bad(self, body: bytes, value: bytes) -> bytes:
        """An answer in which one fax has this value where it cannot be."""


def direction(number: int, state: State) -> Direction:
    """Which way a fax goes: every fifth of those that are done was received."""
    received = state == "done" and number % 5 == 4
    return Direction.INBOUND if received else Direction.OUTBOUND


def minutes(at: datetime, count: int) -> list[datetime]:
    """One time for each of so many faxes."""
    return [at + timedelta(minutes=minute) for minute in range(count)]
