"""What each HTTP status becomes, before any body is looked at."""

import pickle
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

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
from faxapi.transport.http import Call, Exchange, Transport
from faxapi.transport.status import error_for_status, retry_after
from tests.transport.server import Peer, Server, reply


async def check(exchange: Exchange) -> bytes:
    """Do as providers do: first the status, then the body."""
    error = error_for_status(exchange.status, exchange.headers)
    if error is not None:
        raise error
    return await exchange.body()


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        ("302 Found", RedirectRefused, False),
        ("307 Temporary Redirect", RedirectRefused, False),
        ("400 Bad Request", InvalidRequest, False),
        ("401 Unauthorized", AuthenticationError, False),
        ("403 Forbidden", PermissionDenied, False),
        ("404 Not Found", NotFound, False),
        ("405 Method Not Allowed", InvalidRequest, False),
        ("407 Proxy Authentication Required", ProviderError, False),
        ("413 Content Too Large", InvalidRequest, False),
        ("415 Unsupported Media Type", InvalidRequest, False),
        ("418 I'm a teapot", ProviderError, False),
        ("429 Too Many Requests", RateLimited, True),
        ("500 Internal Server Error", ServiceUnavailable, True),
        ("502 Bad Gateway", ServiceUnavailable, True),
        ("503 Service Unavailable", ServiceUnavailable, True),
        ("504 Gateway Timeout", ServiceUnavailable, True),
    ],
)
@pytest.mark.anyio
async def test_a_status_is_an_error(
    transport: Transport, status: str, kind: type[FaxApiError], *, retryable: bool
) -> None:
    def script(peer: Peer) -> None:
        # The body never comes: whoever waited for it would run into the read timeout.
        peer.request()
        peer.send(reply(b"", status=status, kind="text/html", length=100))
        peer.gone()

    with Server(script) as server:
        call = Call("GET", server.url, idempotent=True, retries=0, read_timeout=5.0, deadline=30.0)
        with pytest.raises(FaxApiError) as caught:
            await transport.perform(call, check)
    error = caught.value
    assert type(error) is kind
    assert error.http_status == int(status[:3])
    assert error.retryable is retryable
    assert f"HTTP {status[:3]}" in str(error)
    assert type(pickle.loads(pickle.dumps(error))) is kind  # noqa: S301 - what was just pickled


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (
            "https://login.example.com:8443/in;jsessionid=tick?ticket=tick#tick",
            "https://login.example.com:8443/in",
        ),
        ("https://user:tick@login.example.com/in", "https://login.example.com/in"),
        ("/login?ticket=tick", "/login"),
        ("https://[tick", "an unreadable address"),
        ("https://host:tick/", "an unreadable address"),
        ("/\x1b[2J", "/?[2J"),
        ("/" + "x" * 500, "/" + "x" * 199),
        ("", "nowhere"),
    ],
)
@pytest.mark.anyio
async def test_a_redirect_is_refused_and_named(
    transport: Transport, location: str, shown: str
) -> None:
    answer = reply(b"", f"Location: {location}", status="302 Found")

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(answer)

    with Server(script) as server:
        with pytest.raises(RedirectRefused) as caught:
            await transport.perform(Call("POST", server.url, body=b"x"), check)
        assert len(server.requests) == 1
    assert caught.value.message == f"the server answered with a redirect to {shown}"
    assert "tick" not in str(caught.value)
    assert "base_url" in str(caught.value)


@pytest.mark.anyio
async def test_a_redirect_names_what_the_server_said(transport: Transport) -> None:
    """Location reaches the error from the wire, unread by the HTTP library."""
    answer = reply(b"", "Location: https://[bad", "Set-Cookie: a=b", status="301 Moved")

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(answer)
        peer.gone()

    with Server(script) as server, pytest.raises(RedirectRefused, match="an unreadable address"):
        await transport.perform(Call("GET", server.url), check)


def test_good_statuses_are_no_errors() -> None:
    assert error_for_status(200, {}) is None
    assert error_for_status(204, {}) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 3 ", 3.0),
        ("0", 0.0),
        ("-5", None),
        ("soon", None),
        ("²", None),
        ("", None),
        (None, None),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 0.0),
        ("Wed, 32 Jan 2020 00:00:00 GMT", None),
        # A day at most.
        ("86401", 86_400.0),
        ("9" * 5000, 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


def test_retry_after_as_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert retry_after(date) == pytest.approx(90, abs=5)


@pytest.mark.parametrize("status", [429, 503])
def test_the_error_says_when_to_come_back(status: int) -> None:
    error = error_for_status(status, {"retry-after": "7"})
    assert isinstance(error, RateLimited | ServiceUnavailable)
    assert error.retry_after == 7.0
