"""What goes wrong on the way, met by every registered provider, through the whole library."""

from __future__ import annotations

import logging
import pickle
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import trustme

from faxapi import (
    AuthenticationError,
    ConnectFailed,
    DecodeError,
    Disconnected,
    FaxApi,
    FaxApiError,
    Imagicle,
    InterFax,
    Openfax,
    Outcome,
    Window,
)
from faxapi.providers import registered
from faxapi.providers.base import Provider
from faxapi.sandbox import Sandbox
from tests.providers.recorder import variables
from tests.transport.server import Server, always, once, reply

pytestmark = pytest.mark.anyio

SECRET = "correct-horse-battery"
BASIC = "dXNlcjE6Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"  # user1:SECRET


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


ACCOUNTS: dict[str, Callable[[str], Provider]] = {
    "interfax": lambda url: InterFax("acme", SECRET, base_url=url, name="one", retries=0),
    "openfax": lambda url: Openfax(SECRET, base_url=url, name="one", retries=0),
    "imagicle": lambda url: Imagicle(url, "user1", SECRET, name="one", retries=0),
}


@contextmanager
def wrong_credentials() -> Iterator[str]:
    with Sandbox(faxes=1) as sandbox:
        yield sandbox.url


@contextmanager
def unknown_host() -> Iterator[str]:
    yield "https://fax.invalid"


@contextmanager
def closed_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def self_signed() -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with Server(always(reply(b"")), context) as server:
        yield server.url


@contextmanager
def html_page() -> Iterator[str]:
    page = reply(b"<!DOCTYPE html><html><body>Log in</body></html>", kind="text/html")
    with Server(always(page)) as server:
        yield server.url


@contextmanager
def truncated_body() -> Iterator[str]:
    body = b'{"faxList": [ <soap:Envelope xmlns:soap="x"><soap:Bo'
    with Server(once(reply(body, kind="", length=500))) as server:
        yield server.url


TROUBLES: dict[Callable[[], Any], tuple[type[FaxApiError] | tuple[type[FaxApiError], ...], str]] = {
    wrong_credentials: (AuthenticationError, "retrieve it again|user name and password"),
    unknown_host: (ConnectFailed, "Check base_url"),
    closed_port: (ConnectFailed, "Check base_url"),
    self_signed: (ConnectFailed, "ca_file="),
    html_page: (DecodeError, "base_url"),
    truncated_body: ((Disconnected, DecodeError), ""),
}


def test_every_registered_provider_is_tried() -> None:
    assert set(ACCOUNTS) == set(registered())
    for name, account in ACCOUNTS.items():
        assert type(account("https://fax.invalid")) is registered()[name]


@pytest.mark.parametrize("provider", ACCOUNTS)
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
async def test_trouble_is_a_typed_error_that_says_what_to_do(
    trouble: Callable[[], Any], provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    kind, hint = TROUBLES[trouble]
    caplog.set_level(logging.DEBUG)
    with trouble() as url:
        async with FaxApi(ACCOUNTS[provider](url)) as api:
            report = await api.collect(Window.last(timedelta(days=1)))
    assert report.outcomes
    assert {outcome.records for outcome in report.outcomes} == {0}
    for outcome in report.outcomes:
        error = outcome.error
        assert isinstance(error, kind)
        assert (error.provider, error.account) == (provider, "one")
        assert error.operation
        if hint:
            assert re.search(hint, error.hint or "")
    said = caplog.text + "".join(everything_said_by(outcome) for outcome in report.outcomes)
    assert SECRET not in said
    assert BASIC not in said


def everything_said_by(outcome: Outcome) -> str:
    texts = [repr(outcome), str(outcome)]
    for error in outcome.errors:
        texts += [str(error), repr(error), variables(error)]
        texts.append(pickle.dumps(error).decode("latin-1"))
    return "\n".join(texts)


async def test_one_account_in_trouble_leaves_the_others_whole() -> None:
    with Sandbox(faxes=50) as sandbox, html_page() as page:
        accounts = sandbox.accounts()
        alone = [InterFax("acme", "secret", base_url=page, name="broken"), *accounts]
        async with FaxApi(*alone) as api:
            report = await api.collect(Window.last(timedelta(days=30)))
    assert {outcome.account for outcome in report.failures} == {"broken"}
    assert {fax.account for fax in report.faxes} == {account.name for account in accounts}
    assert len(report.failures[0].errors) == 1
