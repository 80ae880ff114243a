"""What httpcore may log of our connections: that something happens, not what a server says.

At DEBUG it writes down every answer's headers, and what was sent instead of one. A server can put
the login there that it was sent, a session that is as good as one, or a person's name.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextvars import Token

_OURS = ContextVar("faxapi_quiet", default=False)


class _NamesOnly(logging.Filter):
    """Leaves an event's name of a record; what other programs' connections log stays as it is."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _OURS.get():
            record.msg = str(record.msg).partition(" ")[0]
        return True


logging.getLogger("httpcore.http11").addFilter(_NamesOnly("faxapi"))


class Quiet:
    """Work on a connection of ours: `with Quiet():`."""

    __slots__ = ("_token",)

    _token: Token[bool]

    def __enter__(self) -> None:
        self._token = _OURS.set(True)

    def __exit__(self, *_: object) -> None:
        _OURS.reset(self._token)
