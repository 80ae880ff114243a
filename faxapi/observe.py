"""What is told of the work: to the log, and to OpenTelemetry where a program has loaded it.

A span is a piece of work. It begins where it is made, learns its fields on the way, and is told of
where it ends: in one line of the log, and in one span of OpenTelemetry's. A field is a name that
the program gave, a number, or a code: never a body, an address's path or query, a secret, or what
a record says. An error is told by its type and code; its text is in the log alone, which stays
with whoever runs the program.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from faxapi.errors import FaxApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextvars import Token

    from faxapi.telemetry import Telemetry

    _Entered = tuple[Token["Span | None"], Callable[[], None] | None]

FIELDS = {
    "provider": "faxapi.provider",
    "account": "faxapi.account",
    "kind": "faxapi.kind",
    "direction": "faxapi.direction",
    "operation": "faxapi.operation",
    "accounts": "faxapi.accounts",
    "feeds": "faxapi.feeds",
    "state": "faxapi.state",
    "records": "faxapi.records",
    "rows": "faxapi.rows",
    "requests": "faxapi.requests",
    "bytes": "faxapi.bytes",
    "waited": "faxapi.waited",
    "reason": "faxapi.wait.reason",
    "seconds": "faxapi.seconds",
    "method": "http.request.method",
    "resends": "http.request.resend_count",
    "server": "server.address",
    "port": "server.port",
    "status": "http.response.status_code",
    "size": "http.response.body.size",
    "error": "error.type",
    "code": "faxapi.error.code",
    "text": "faxapi.error.text",
}
"""What a field is called, on spans and in the log: as OpenTelemetry calls it where it has a name.

No dotted name can be one that a program, or a log's reader, has a meaning of its own for.
"""

# What a part has of its whole.
_PLACE = ("provider", "account", "kind", "direction", "operation")
# A longer number could be anybody's, and a sentence could say anything.
_CODE = re.compile(r"-?\d{1,5}|[A-Za-z][A-Za-z.]{0,39}")
_NOT_WELL = {"partial", "failed"}

# Without a handler of the program's own, Python would print warnings, and without their fields.
logging.getLogger("faxapi").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A sort of work.

    Attributes:
        name: What it is called.
        logger: Who logs its end.
        level: At which level.
    """

    name: str
    logger: logging.Logger
    level: int


_COLLECT = logging.getLogger("faxapi.collect")
_TRANSPORT = logging.getLogger("faxapi.transport")

COLLECTION = Work("collection", _COLLECT, logging.INFO)
FEED = Work("feed", _COLLECT, logging.INFO)
OPERATION = Work("operation", logging.getLogger("faxapi.providers"), logging.DEBUG)
REQUEST = Work("request", _TRANSPORT, logging.DEBUG)


class Span:
    """A piece of work; what begins in `with span:` is a part of it, and its end is the span's.

    Args:
        work: What sort of work it is.
        fields: What is known of it, besides the account, which a part has of its whole.

    Attributes:
        fields: What is known of it.
        whole: What it is a part of.
        failure: The type of the error that its last part ended with.
    """

    __slots__ = ("_begun", "_ended", "_entered", "_traced", "_work", "failure", "fields", "whole")

    _entered: _Entered

    def __init__(self, work: Work, **fields: object) -> None:
        self.whole = _CURRENT.get()
        self.fields: dict[str, Any] = {**self.whole.place, **fields} if self.whole else fields
        self.failure: str | None = None
        self._work = work
        self._ended = False
        self._begun = time.monotonic()
        telemetry = _telemetry()
        self._traced = telemetry.begin(work, self.fields) if telemetry else None

    @property
    def place(self) -> dict[str, Any]:
        """What its parts have of it."""
        return {name: self.fields[name] for name in _PLACE if name in self.fields}

    def set(self, **fields: object) -> None:
        """Note more of it."""
        self.fields |= fields

    def add(self, **amounts: float) -> None:
        """Count more of it."""
        for name, amount in amounts.items():
            self.fields[name] = self.fields.get(name, 0) + amount

    def headers(self) -> dict[str, str]:
        """W3C's trace context, which names this span."""
        return self._traced.headers() if self._traced else {}

    @contextmanager
    def current(self) -> Iterator[None]:
        """What begins inside is a part of it. No `yield` to somebody else may stand inside."""
        entered = self._enter()
        try:
            yield
        finally:
            self._leave(entered)

    def __enter__(self) -> Self:
        self._entered = self._enter()
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.end(error)
        self._leave(self._entered)

    def end(self, error: BaseException | None = None) -> None:
        """Tell of it, once."""
        if self._ended:
            return
        self._ended = True
        fields = self.fields
        if error is not None:
            fields["error"], fields["code"] = type_of(error), _code_of(error)
        if self.whole:
            self.whole.failure = fields.get("error")
        seconds = time.monotonic() - self._begun
        level = self._level()
        if self._work.logger.isEnabledFor(level):
            text = str(error) if level > logging.INFO and isinstance(error, FaxApiError) else None
            told = {**fields, "seconds": round(seconds, 3), "text": text}
            _log(self._work.logger, level, f"{self._work.name}.ended", told)
        if self._traced:
            self._traced.end(fields, seconds)

    def _level(self) -> int:
        if self._work is FEED and self.fields.get("state") in _NOT_WELL:
            return logging.WARNING
        return self._work.level

    def _enter(self) -> _Entered:
        token = _CURRENT.set(self)
        return token, self._traced.attach() if self._traced else None

    def _leave(self, entered: _Entered) -> None:
        token, detach = entered
        if detach:
            detach()
        _CURRENT.reset(token)


_CURRENT: ContextVar[Span | None] = ContextVar("faxapi_span", default=None)


def collection(*, accounts: int, feeds: int) -> Span:
    """Begin a collection."""
    _log(_COLLECT, logging.INFO, "collection.started", {"accounts": accounts, "feeds": feeds})
    return Span(COLLECTION, accounts=accounts, feeds=feeds)


def request(method: str, server: str | None, port: int | None) -> Span:
    """Begin a request of the current operation, which may not be its first."""
    whole = _CURRENT.get()
    resends = whole.fields.get("requests") if whole else None
    if whole and resends:
        again = {"resends": resends, "error": whole.failure}
        _log(_TRANSPORT, logging.INFO, "request.repeated", {**whole.fields, **again})
        count("faxapi.retries", 1, error=whole.failure)
    if whole:
        whole.add(requests=1)
    return Span(REQUEST, method=method, server=server, port=port, resends=resends or None)


def wait_begins(reason: str, seconds: float, level: int) -> None:
    """Tell that the current operation waits for a provider's limit, and how long it may be."""
    whole = _CURRENT.get()
    known = whole.fields if whole else {}
    fields = {**known, "reason": reason, "seconds": round(seconds, 3)}
    _log(_TRANSPORT, level, "wait.started", fields)


def waited(reason: str, seconds: float) -> None:
    """Count a wait of the current operation."""
    if whole := _CURRENT.get():
        whole.add(waited=seconds)
    count("faxapi.wait.time", seconds, reason=reason)


def count(metric: str, amount: float, **fields: object) -> None:
    """Add to one of OpenTelemetry's counters, for the current account."""
    if telemetry := _telemetry():
        whole = _CURRENT.get()
        known = whole.fields if whole else {}
        telemetry.count(metric, amount, {**known, **fields})


def type_of(error: BaseException) -> str:
    """What an error is called."""
    if isinstance(error, FaxApiError):
        return type(error).__name__
    if not isinstance(error, Exception):
        return "cancelled"
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _code_of(error: BaseException) -> str | None:
    """The vendor's code of an error, where it is nothing but a code."""
    code = error.code if isinstance(error, FaxApiError) else None
    return code if code and _CODE.fullmatch(code) else None


def _log(logger: logging.Logger, level: int, event: str, fields: dict[str, Any]) -> None:
    if logger.isEnabledFor(level):
        known = ((FIELDS[name], value) for name, value in fields.items())
        extra = {name: value for name, value in known if value is not None}
        logger.log(level, event, extra=extra)


def _telemetry() -> Telemetry | None:
    """OpenTelemetry's part, once the program itself has loaded it and may listen."""
    telemetry = _loaded() if "opentelemetry" in sys.modules else None
    return telemetry if telemetry and telemetry.heard() else None


@cache
def _loaded() -> Telemetry | None:
    try:
        from faxapi.telemetry import Telemetry  # noqa: PLC0415 - nobody else needs OpenTelemetry

        return Telemetry()
    except (ImportError, TypeError):
        # Not all of it is here, or it is older than what the extra `otel` asks for.
        return None
