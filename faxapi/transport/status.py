"""What an HTTP status says before any body is looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from faxapi.errors import (
    AuthenticationError,
    FaxApiError,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ProviderError,
    RateLimited,
    RedirectRefused,
    ServiceUnavailable,
)
from faxapi.transport.redact import mask, redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_REFUSALS: dict[int, tuple[type[ProviderError], str, str]] = {
    400: (InvalidRequest, "the server cannot read the request", ""),
    401: (AuthenticationError, "the login was rejected", "Check user name and password"),
    403: (PermissionDenied, "the login may not do this", ""),
    404: (NotFound, "the server has nothing at this address", "Check base_url"),
    405: (InvalidRequest, "the server does not allow this method here", "Check base_url"),
    407: (ProviderError, "a proxy asks for a login", "Ask whoever runs the network"),
    413: (InvalidRequest, "the request is too large for the server", ""),
    415: (
        InvalidRequest,
        "the server does not take this content type",
        "Try the other soap_version",
    ),
}
_TOO_MANY = 429
_LONGEST_PAUSE = 86_400.0
_LONGEST_PLACE = 200
_SERVER_ERRORS = range(500, 600)
_REDIRECTS = range(300, 400)


def error_for_status(
    status: int, headers: Mapping[str, str], secrets: Iterable[str] = ()
) -> FaxApiError | None:
    """The error that a status stands for; None for 2xx.

    Args:
        status: The status.
        headers: The answer's.
        secrets: What the request held, and the error must not.
    """
    after = retry_after(headers.get("retry-after"))
    error: FaxApiError
    if status in _REDIRECTS:
        place = _place(mask(headers.get("location", ""), secrets))
        error = RedirectRefused(
            f"the server answered with a redirect to {place}",
            hint="Set base_url to the address that serves the API",
        )
    elif status == _TOO_MANY:
        error = RateLimited("too many requests", retry_after=after)
    elif status in _SERVER_ERRORS:
        error = ServiceUnavailable("the server failed to answer", retry_after=after)
    elif status in _REFUSALS:
        kind, text, hint = _REFUSALS[status]
        error = kind(text, hint=hint or None)
    elif status in range(200, 300):
        return None
    else:
        error = ProviderError("the server gave an answer that faxapi does not expect")
    error.http_status = status
    return error


def retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, given as seconds or as a date; None if unreadable.

    At most a day: a server whose clock is wrong must not close a login for good.
    """
    if value is None:
        return None
    try:
        seconds = float(value) if value.strip().isdigit() else _until(value)
        return min(max(0.0, seconds), _LONGEST_PAUSE)
    except (ValueError, TypeError, OverflowError):
        return None


def _until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()


def _place(location: str) -> str:
    """Where a redirect points, without query and path parameters, which may carry a ticket."""
    try:
        parts = urlsplit(location)
        host = f"{parts.scheme}://{parts.hostname}" if parts.hostname else ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an unreadable address"
    place = f"{host}{port}{redact(parts.path.partition(';')[0])}"
    printable = "".join(letter if letter.isprintable() else "?" for letter in place)
    return printable[:_LONGEST_PLACE] or "nowhere"
