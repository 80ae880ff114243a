"""What becomes of a feed when one of its items fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faxapi.errors import (
    AuthenticationError,
    ClientClosed,
    ConnectFailed,
    DeadlineExceeded,
    RateLimited,
    ServiceUnavailable,
    TransportError,
)
from faxapi.notice import Notice
from faxapi.transport.redact import redact

if TYPE_CHECKING:
    from faxapi.errors import FaxApiError
    from faxapi.providers.feed import Out

AT_ONCE = 4
"""How many items of a feed are asked for at one time."""

# Whatever item is asked for next, it fails in the same way.
_OF_THE_FEED = (AuthenticationError, ClientClosed, ConnectFailed, RateLimited)
# Each can be one item's bad luck; several in a row are the service's.
_OF_THE_NETWORK = (DeadlineExceeded, ServiceUnavailable, TransportError)


# Several words may be anything; a service may write there what somebody typed.
_CODE = re.compile(r"[\w.+-]{1,40}")


def unknown_code(provider: str, what: str, code: str, path: str) -> Notice:
    """Say that a vendor's list of codes does not have this one; its text is left to the record."""
    shown = f" {redact(code)!r}" if _CODE.fullmatch(code) else ""
    text = f"{what}{shown} is not in {provider}'s list, and counts as unknown"
    return Notice("unknown_code", text, path=path)


class ItemFailures:
    """Notes the items that fail, until it is plain that the feed itself has failed.

    Each network failure can cost minutes of waiting, so a feed is given up once as many items as
    are asked for at one time have failed so, with none answered in between.
    """

    def __init__(self, out: Out) -> None:
        self._out = out
        self._in_a_row = 0

    def answered(self) -> None:
        """An item was answered."""
        self._in_a_row = 0

    def note(self, error: FaxApiError, gap: Notice) -> None:
        """Note that an item failed, and what is missing for it.

        Raises:
            FaxApiError: The error itself, where it is the feed's.
        """
        if isinstance(error, _OF_THE_FEED):
            raise error
        if isinstance(error, _OF_THE_NETWORK):
            self._in_a_row += 1
            if self._in_a_row >= AT_ONCE:
                raise error
        else:
            self.answered()
        self._out.error(error, gap=gap)
