"""Whether an account is open, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from faxapi.errors import ClientClosed

if TYPE_CHECKING:
    from faxapi.transport.http import Transport


@dataclass(slots=True)
class Session:
    """Whether an account is open, through which transport, and whose it is."""

    transport: Transport | None = None
    owner: str | None = None
    closed: bool = False

    def open(self, transport: Transport, owner: str) -> None:
        """Open once, for one owner.

        Raises:
            ClientClosed: It was opened before.
        """
        self.check()
        self.transport, self.owner = transport, owner

    def check(self) -> None:
        """Do nothing if it was never opened.

        Raises:
            ClientClosed: It was.
        """
        if self.closed:
            message = "the client was closed and is not opened again"
            raise ClientClosed(message, hint="Make a new one")
        if self.owner is not None:
            message = f"the client is open already, by {self.owner}"
            raise ClientClosed(message, hint="Make a second client for a second owner")

    def close(self) -> None:
        """Close for good."""
        self.transport, self.closed = None, True

    def require(self) -> Transport:
        """The open transport.

        Raises:
            ClientClosed: It is not open.
        """
        if self.transport is None:
            text = "is closed" if self.closed else "is not open yet"
            raise ClientClosed(
                f"the client {text}", hint="Use it inside `async with`, alone or in a FaxApi"
            )
        return self.transport
