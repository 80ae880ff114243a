"""What an Imagicle server refuses, and what stands in its place."""

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trustme

from faxapi.errors import (
    AuthenticationError,
    ConnectFailed,
    DecodeError,
    FaxApiError,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ProviderError,
    RateLimited,
    RedirectRefused,
    ServiceUnavailable,
    TransportError,
)
from faxapi.providers.imagicle import Imagicle
from tests.providers.imagicle.server import JSON, PASSWORD, account, answer
from tests.providers.recorder import variables
from tests.transport.server import Server, always, reply

HTML = "text/html; charset=utf-8"
Ask = Callable[[Imagicle], Awaitable[object]]


async def details(imagicle: Imagicle) -> object:
    return await imagicle.get_outbound_fax("N1_7")


async def mine(imagicle: Imagicle) -> object:
    return await imagicle.list_inbound_faxes()


async def refused(response: bytes, ask: Ask = details) -> FaxApiError:
    """Ask; the error, checked for what every error must have."""
    with Server(always(response)) as server:
        async with account(server, name="rome", deadline=5) as imagicle:
            with pytest.raises(FaxApiError) as caught:
                await ask(imagicle)
    error = caught.value
    assert (error.provider, error.account) == ("imagicle", "rome")
    assert error.operation == ("outbound.Details" if ask is details else "inbound.Mine")
    shown = f"{error!s} {error!r} {variables(error)}"
    assert PASSWORD not in shown
    assert "dXNlcjE6" not in shown
    return error


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "response",
    [
        reply(b"", 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized", kind=HTML),
        reply(b"<html>Sign in</html>", status="401 Unauthorized", kind=HTML),
        answer({"reason": "bad"}, "401 Unauthorized"),
        # Its body never comes: nobody may wait for it.
        reply(b"x", status="401 Unauthorized", kind=JSON, length=1000),
    ],
    ids=["empty", "HTML", "JSON", "unfinished"],
)
async def test_a_rejected_login(response: bytes) -> None:
    error = await refused(response)
    assert type(error) is AuthenticationError
    assert "AllowBasicAuthForSsoUsersViaWebApi=1" in (error.hint or "")
    assert "2024.Spring.1" in (error.hint or "")


@pytest.mark.asyncio
async def test_a_privilege_level_that_is_too_low() -> None:
    body = {"reason": "Forbidden", "message": "Insufficient privilege level."}
    error = await refused(answer(body, "403 Forbidden"))
    assert type(error) is PermissionDenied
    assert "Forbidden: Insufficient privilege level" in str(error)
    assert "privilege level" in (error.hint or "")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "response",
    [
        reply(b"", status="404 Not Found", kind=JSON),
        reply(b"<html>404</html>", status="404 Not Found", kind=HTML),
        answer({"reason": 4, "message": "unknown fax"}, "404 Not Found"),
    ],
    ids=["empty", "HTML", "JSON"],
)
async def test_an_unknown_id(response: bytes) -> None:
    error = await refused(response)
    assert type(error) is NotFound
    assert "nothing with this id" in str(error)


@pytest.mark.asyncio
async def test_a_wrong_base_url() -> None:
    error = await refused(reply(b"", status="404 Not Found", kind=HTML), mine)
    assert type(error) is NotFound
    assert "base_url" in (error.hint or "")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "text", "code"),
    [
        ({"reason": "Invalid date filter"}, "Invalid date filter", None),
        ({"reason": 7, "message": "Invalid  date\nfilter."}, "Invalid date filter [code 7", "7"),
        ({"reason": "BadRequest", "message": "no"}, "BadRequest: no", None),
        ({"Reason": "spelled otherwise"}, "spelled otherwise", None),
        ({"reason": None}, "refuses an argument, such as a filter [HTTP 400]", None),
        ({}, "refuses an argument, such as a filter [HTTP 400]", None),
        ([], "refuses an argument, such as a filter [HTTP 400]", None),
        (b"", "refuses an argument, such as a filter [HTTP 400]", None),
        (b"{", "refuses an argument, such as a filter [HTTP 400]", None),
        ({"message": "x" * 5000}, "filter: " + "x" * 300 + " [", None),
        (
            {"message": "no", "more": "x" * 100_000},
            "refuses an argument, such as a filter [HTTP 400]",
            None,
        ),
    ],
)
async def test_a_bad_filter(body: object, text: str, code: str | None) -> None:
    error = await refused(answer(body, "400 Bad Request"), mine)
    assert type(error) is InvalidRequest
    assert text in str(error)
    assert error.code == code


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("user1 sent Basic dXNlcjE6czNjcmV0LTBmLXVzZXIx", "user1 sent Basic ***"),
        (f"{'x' * 290} {PASSWORD}", f"{'x' * 290} ***"),
        ("no route to +39 (055) 123-4567", "no route to ***"),
        ("no route to 0551234567.", "no route to ***"),
        ("no user Mario.Rossi@example.com", "no user ***"),
        ("\x1b[31mred\u202e", "?[31mred?"),
        ("code 12345 at line 7", "code 12345 at line 7"),
    ],
)
@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "500 Failed"])
async def test_what_a_server_repeats_is_not_repeated(said: str, shown: str, status: str) -> None:
    for body in ({"reason": said}, {"reason": 5551234567, "message": said}):
        error = await refused(answer(body, status), mine)
        assert error.message.endswith(f": {shown}")
        assert error.code is None
        assert "5551234567" not in f"{error.__reduce__()}"


@pytest.mark.asyncio
async def test_a_web_page_with_400_is_the_servers_own_failure() -> None:
    body = b"<html>The server encountered an error processing the request.</html>"
    error = await refused(reply(body, status="400 Bad Request", kind=HTML))
    assert type(error) is ProviderError
    assert "web page" in str(error)
    assert error.http_status == 400
    assert not error.retryable


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("response", "kind", "text"),
    [
        (
            reply(b"<html>", "Location: https://b.example/x?t=1", status="307 x", kind=HTML),
            RedirectRefused,
            "https://b.example/x",
        ),
        (
            reply(b"", "Allow: POST", status="405 Method Not Allowed", kind=HTML),
            InvalidRequest,
            "HTTP 405",
        ),
        (reply(b"", status="415 x", kind=HTML), InvalidRequest, "HTTP 415"),
        (reply(b"", "Retry-After: 9", status="429 x", kind=HTML), RateLimited, "HTTP 429"),
        (reply(b"", status="500 x", kind=HTML), ServiceUnavailable, "HTTP 500"),
        (answer({"message": "pool down"}, "503 x"), ServiceUnavailable, "pool down"),
        (reply(b"<html>Sign in</html>", kind=HTML), DecodeError, "text/html, not JSON"),
        (reply(b"<a/>", kind="application/xml"), DecodeError, "application/xml, not JSON"),
    ],
)
async def test_another_answer(response: bytes, kind: type[FaxApiError], text: str) -> None:
    error = await refused(response)
    assert type(error) is kind
    assert text in str(error)


@pytest.mark.asyncio
@pytest.mark.parametrize("ask", [details, mine])
async def test_a_body_that_breaks_off(ask: Ask) -> None:
    response = reply(b'{"faxList": [{"faxId": "1"', kind=JSON, length=5000)
    with Server(always(response)) as server:
        async with account(server, timeout=0.3) as imagicle:
            with pytest.raises(TransportError):
                await ask(imagicle)


@pytest.mark.asyncio
async def test_a_rejected_login_is_sent_once() -> None:
    with Server(always(reply(b"", status="401 Unauthorized"))) as server:
        async with account(server) as imagicle:
            for ask in (details, mine, details):
                with pytest.raises(AuthenticationError):
                    await ask(imagicle)
    assert len(server.requests) == 1


@pytest.mark.asyncio
async def test_a_self_signed_certificate(tmp_path: Path) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with Server(always(answer({"faxList": []})), tls=tls) as server:
        async with account(server) as imagicle:
            with pytest.raises(ConnectFailed, match="not trusted") as caught:
                await mine(imagicle)
        async with account(server, ca_file=ca_file) as trusting:
            assert await mine(trusting) == []
    assert "ca_file" in (caught.value.hint or "")
