"""What goes wrong on the network: a typed error that says what to do, and no secret in it."""

import base64
import logging
import pickle
import socket
import ssl
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
import sniffio

from faxapi.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectFailed,
    FaxApiError,
    ProviderFault,
    RedirectRefused,
    Unconfirmed,
)
from faxapi.transport.http import Call, Exchange, Transport
from tests.transport.probe import PASSWORD, Probe
from tests.transport.scenarios import ANSWER, PERSON, SCENARIOS, Scenario
from tests.transport.server import Server, always

# What a change's error stays: it says that nothing was sent, or that the provider refused.
PLAIN = ConnectFailed | RedirectRefused | AuthenticationError | ProviderFault


Serve = Callable[[str], tuple[str, dict[str, Any], Server]]


@contextmanager
def running(
    scenario: Scenario, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> Iterator[tuple[str, dict[str, Any], Server]]:
    """Serve a scenario: the address and the account's keywords for it."""
    with Server(scenario.script, server_tls if scenario.tls else None) as server:
        url = scenario.base_url.format(url=server.url, port=server.port)
        options: dict[str, Any] = {"retries": 0, **scenario.options}
        if options.pop("trusted", False):
            options["ssl_context"] = client_tls
        yield url, options, server


@pytest.fixture
def serve(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(running(SCENARIOS[name], server_tls, client_tls))


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.anyio
async def test_a_read_says_what_happened(
    anyio_backend: str, serve: Serve, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    scenario = SCENARIOS[name]
    url, options, _ = serve(name)
    async with Probe(url, name="east", **options) as probe:
        with pytest.raises(FaxApiError) as caught:
            await probe.ask()
    assert sniffio.current_async_library() == anyio_backend
    error = caught.value
    assert type(error) is scenario.error
    assert str(error).startswith(f"probe 'east' probe.Ask: {scenario.text}")
    assert scenario.hint in str(error)
    assert error.retryable is scenario.retryable
    assert_no_secret(error, caplog.records, {*SECRETS, PERSON})


@pytest.mark.anyio
async def test_a_host_with_several_addresses_says_why_none_answered(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anyio_backend
    found = socket.getaddrinfo

    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _, *rest, **options: found("127.0.0.1", *rest, **options) * 2
    )
    async with Probe("https://fax.example.com:1", retries=0) as probe:
        with pytest.raises(ConnectFailed, match=r"to fax\.example\.com: Connection refused\."):
            await probe.ask()


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.anyio
async def test_a_change_is_sent_once_and_says_so(
    serve: Serve, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    scenario = SCENARIOS[name]
    url, options, server = serve(name)
    options["retries"] = 5
    async with Probe(url, **options) as probe:
        with pytest.raises(FaxApiError) as caught:
            await probe.change()
    error = caught.value
    assert len(server.requests) <= 1
    if issubclass(scenario.error, PLAIN):
        assert type(error) is scenario.error
    else:
        assert type(error) is Unconfirmed
        assert "the change was sent and its answer was lost" in str(error)
        assert "Read the present state" in str(error)
        assert not error.retryable
    assert_no_secret(error, caplog.records, {*SECRETS, PERSON})


@pytest.mark.parametrize("method", ["GET", "POST"])
# A status is for the caller to look at.
@pytest.mark.parametrize("name", sorted(SCENARIOS.keys() - {"redirect", "gateway"}))
@pytest.mark.anyio
async def test_no_login_of_a_header_leaves(
    transport: Transport, serve: Serve, caplog: pytest.LogCaptureFixture, name: str, method: str
) -> None:
    """The transport by itself, with the frames that an account takes off."""
    caplog.set_level(logging.DEBUG)
    url, _, _ = serve(name)
    call = Call(
        method,
        url,
        headers={"Authorization": f"Basic {BASIC}"},
        body=PASSWORD.encode(),
        idempotent=method == "GET",
        connect_timeout=0.1,
        read_timeout=0.1,
        retries=0,
        max_bytes=10,
    )
    with pytest.raises(FaxApiError) as caught:
        await transport.perform(call, Exchange.body)
    assert list(chain(caught.value)) == [caught.value]
    assert_no_secret(caught.value, caplog.records)


BASIC = base64.b64encode(f"user1:{PASSWORD}".encode()).decode()
SECRETS = {PASSWORD, escape(PASSWORD), repr(PASSWORD)[1:-1], str(PASSWORD.encode())[2:-1], BASIC}


def assert_no_secret(
    error: BaseException, records: list[logging.LogRecord], secrets: set[str] = SECRETS
) -> None:
    shown = [repr(vars(record)) + record.getMessage() for record in records]
    for each in chain(error):
        shown += [str(each), repr(each), *frames(each.__traceback__)]
        shown += traceback.format_exception(each)
        shown.append(pickle.dumps(each).decode("latin-1"))
    for text in shown:
        assert not [secret for secret in secrets if secret in text], text


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and whatever hangs on it."""
    if error is not None:
        yield error
        yield from chain(error.__cause__)
        yield from chain(error.__context__)


def frames(trace: TracebackType | None) -> Iterator[str]:
    """The local variables of every frame that is not the test's own."""
    while trace is not None:
        frame = trace.tb_frame
        if "/tests/" not in Path(frame.f_code.co_filename).as_posix():
            yield from (f"{frame} {name}={value!r}" for name, value in frame.f_locals.items())
        trace = trace.tb_next


@pytest.mark.anyio
async def test_the_search_for_secrets_finds_them() -> None:
    """A password in a frame of the library, in a foreign error, or in a log is seen."""

    def fail(password: str) -> None:
        raise ValueError(len(password))

    with pytest.raises(ValueError, match=r"\d+") as caught:
        fail(PASSWORD)
    trace = caught.value.__traceback__
    assert trace is not None
    assert trace.tb_next is not None
    local = f"{trace.tb_next.tb_frame.f_locals!r}"
    assert any(secret in local for secret in SECRETS)
    with pytest.raises(AssertionError):
        assert_no_secret(ValueError(PASSWORD), [])
    with pytest.raises(AssertionError):
        assert_no_secret(ValueError(f"Basic {BASIC}"), [])


@pytest.mark.anyio
async def test_an_authority_of_ones_own_is_trusted(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, ca_file: Path
) -> None:
    with Server(always(ANSWER), server_tls) as server:
        async with Probe(server.url, ca_file=ca_file) as probe:
            assert await probe.ask() == "42"
        async with Probe(server.url, ca_file=str(ca_file)) as probe:
            assert await probe.ask() == "42"
        async with Probe(server.url, ssl_context=client_tls) as probe:
            assert await probe.ask() == "42"


@pytest.mark.anyio
async def test_a_certificate_for_another_name_is_not(
    server_tls: ssl.SSLContext, ca_file: Path
) -> None:
    with Server(always(ANSWER), server_tls) as server:
        async with Probe(f"https://127.0.0.1:{server.port}", ca_file=ca_file, retries=5) as probe:
            with pytest.raises(ConnectFailed, match=r"not valid for '127\.0\.0\.1'") as caught:
                await probe.ask()
        assert server.requests == []
    assert "Set base_url to the name" in str(caught.value)
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("https://a..b/", {}),
        ("https://" + "x" * 70 + "/", {}),
        ("https://localhost:1/" + "x" * 70_000, {}),
        ("https://localhost:1/", {"SOAPAction": "a\r\nb"}),
        ("https://localhost:1/", {"SOAPAction": "ü€"}),
    ],
)
@pytest.mark.anyio
async def test_what_is_no_http_is_a_wrong_setting(
    transport: Transport, url: str, headers: dict[str, str]
) -> None:
    with pytest.raises((ConfigurationError, ConnectFailed)) as caught:
        await transport.perform(Call("GET", url, headers=headers), Exchange.body)
    assert "base_url" in str(caught.value)


@pytest.mark.anyio
async def test_a_bug_is_no_network_error(transport: Transport) -> None:
    async def buggy(_: Exchange) -> None:
        raise ZeroDivisionError

    with Server(always(ANSWER)) as server:
        call = Call("GET", server.url, idempotent=True)
        with pytest.raises(ZeroDivisionError):
            await transport.perform(call, buggy)
        with pytest.raises(ZeroDivisionError):
            await transport.open(call, buggy)
        assert len(server.requests) == 2
