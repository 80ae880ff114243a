"""What httpx, httpcore and stamina may log of our work: no more than adds to what we log ourselves.

At DEBUG httpcore writes down every answer's headers, and what was sent instead of one. A server can
put the login there that it was sent, a session that is as good as one, or a person's name. At INFO
httpx writes down addresses, whose query can name a person; of retries stamina writes at WARNING.
What other programs do with them is logged as before.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextvars import Token

_OURS = ContextVar("faxapi_quiet", default=False)


class _NamesOnly(logging.Filter):
    """Leaves an event's name of a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _OURS.get():
            record.msg = str(record.msg).partition(" ")[0]
        return True


class _Nothing(logging.Filter):
    """Leaves nothing: the request and the retry are told of by `faxapi.transport`."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - whatever it says
        return not _OURS.get()


logging.getLogger("httpcore.http11").addFilter(_NamesOnly("faxapi"))
logging.getLogger("httpx").addFilter(_Nothing("faxapi"))
logging.getLogger("stamina").addFilter(_Nothing("faxapi"))


class Quiet:
    """Work of ours that they would tell of: `with Quiet():`."""

    __slots__ = ("_token",)

    _token: Token[bool]

    def __enter__(self) -> None:
        self._token = _OURS.set(True)

    def __exit__(self, *_: object) -> None:
        _OURS.reset(self._token)
