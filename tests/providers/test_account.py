"""What every account has: its life, its keywords, and the place it gives to its errors."""

import ssl
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from faxapi import FaxApi
from faxapi.errors import ClientClosed, ConfigurationError, InvalidRequest
from faxapi.records import Kind
from faxapi.transport.http import Transport
from tests.transport.probe import PASSWORD, Probe, answer
from tests.transport.server import Server, always, reply

URL = "https://fax.example.com"


@pytest.fixture
async def transport(anyio_backend: str) -> AsyncIterator[Transport]:
    assert anyio_backend
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.mark.anyio
async def test_an_account_lives_once(transport: Transport) -> None:
    probe = Probe(URL, name="east")
    with pytest.raises(ClientClosed, match=r"probe 'east' probe\.Ask: the client is not open yet"):
        await probe.ask()
    async with probe as opened:
        assert opened is probe
        with pytest.raises(
            ClientClosed, match="probe 'east': the client is open already, by itself"
        ):
            await probe.__aenter__()
        with pytest.raises(ClientClosed, match="is open already, by itself"):
            probe.attach(transport, "a FaxApi")
    with pytest.raises(ClientClosed, match=r"probe 'east' probe\.Ask: the client is closed"):
        await probe.ask()
    with pytest.raises(ClientClosed, match="was closed and is not opened again"):
        async with probe:
            pytest.fail("it was closed")
    with pytest.raises(ClientClosed, match="was closed and is not opened again"):
        probe.attach(transport, "a FaxApi")


@pytest.mark.anyio
async def test_an_account_of_an_api_has_no_second_owner(transport: Transport) -> None:
    probe = Probe(URL)
    probe.attach(transport, "a FaxApi")
    with pytest.raises(ClientClosed, match="is open already, by a FaxApi") as caught:
        async with probe:
            pytest.fail("it has an owner")
    assert "a second client for a second owner" in str(caught.value)
    probe.detach()
    with pytest.raises(ClientClosed, match="is closed"):
        await probe.ask()


@pytest.mark.anyio
async def test_an_api_that_could_not_be_opened_closes_no_account(anyio_backend: str) -> None:
    assert anyio_backend
    with Server(always(reply(answer(), kind="text/xml"))) as server:
        async with Probe(server.url) as probe:
            api = FaxApi(probe)
            with pytest.raises(ClientClosed, match="is open already, by itself"):
                await api.__aenter__()
            # As a framework does that runs what is for the end whatever the start came to.
            await api.__aexit__(None, None, None)
            assert await probe.ask() == "42"


@pytest.mark.anyio
async def test_an_account_that_ends_by_an_error_is_closed_too(anyio_backend: str) -> None:
    assert anyio_backend
    probe = Probe(URL)
    with pytest.raises(ZeroDivisionError):
        async with probe:
            raise ZeroDivisionError
    with pytest.raises(ClientClosed):
        await probe.ask()


@pytest.mark.anyio
async def test_another_identity_shares_the_connections(transport: Transport) -> None:
    with Server(always(reply(answer(), kind="text/xml"))) as server:
        probe = Probe(server.url, "user1", name="east")
        other = probe.with_identity("user2")
        assert (other.username, probe.username, other.name) == ("user2", "user1", "east")
        probe.attach(transport, "the test")
        assert await probe.ask() == await other.ask() == "42"
        assert server.connections == 1
        assert probe.gate is not other.gate
        assert probe.gate is probe.with_identity("user1").gate
        probe.detach()
        with pytest.raises(ClientClosed):
            await other.ask()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"usrname": "x", "pasword": "y"}, "unknown keyword 'pasword', 'usrname'"),
        ({"name": ""}, "name is empty"),
        ({"name": 5}, "name cannot be of type int"),
        ({"kinds": ["faxes", "letters"]}, "letters cannot be collected"),
        ({"kinds": []}, "kinds is empty, so nothing would be collected. Leave it out"),
        ({"kinds": 1}, "kinds cannot be of type int"),
        ({"timezone": "Mars/Olympus"}, "no time zone is called 'Mars/Olympus'"),
        ({"timezone": 1}, "timezone cannot be of type int"),
        ({"timeout": 0}, "timeout is 0, and must be more than 0"),
        ({"timeout": (5, -1)}, "timeout is -1, and must be more than 0"),
        ({"timeout": float("nan")}, "timeout is not a number of seconds"),
        ({"timeout": 10**400}, "timeout is not a number of seconds"),
        ({"timeout": (1, 2, 3)}, "timeout is neither a number of seconds nor two"),
        ({"timeout": ("1", "2")}, "timeout is neither a number of seconds nor two"),
        ({"timeout": "5"}, "timeout cannot be of type str"),
        ({"deadline": 0}, "deadline is 0, and must be more than 0"),
        ({"deadline": timedelta(0)}, "deadline is 0, and must be more than 0"),
        ({"deadline": "300"}, "deadline cannot be of type str"),
        ({"deadline": -(10**400)}, "deadline is not a number of seconds"),
        ({"pace": {"calls": 1, "per": 10**400}}, "not a number of seconds above 0"),
        ({"kinds": [[]]}, "[] cannot be collected"),
        ({"retries": -1}, "retries is -1, and must be 0 or more"),
        ({"retries": 1.5}, "retries cannot be of type float"),
        ({"max_response_bytes": 0}, "max_response_bytes is 0, and must be 1 or more"),
        ({"keep_raw": "no"}, "keep_raw cannot be of type str"),
        ({"allow_insecure": "no"}, "allow_insecure cannot be of type str"),
        ({"trace_context": "no"}, "trace_context cannot be of type str"),
        ({"ca_file": 1}, "ca_file cannot be of type int"),
        ({"ssl_context": "ca.pem"}, "ssl_context cannot be of type str"),
        (
            {"ca_file": "ca.pem", "ssl_context": ssl.create_default_context()},
            "ca_file and ssl_context are both given",
        ),
    ],
)
def test_a_wrong_keyword_is_named(options: dict[str, Any], text: str) -> None:
    name = options.setdefault("name", "east")
    with pytest.raises(ConfigurationError) as caught:
        Probe(URL, **options)
    assert text in str(caught.value)
    assert (caught.value.provider, caught.value.account) == ("probe", name)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://fax.example.com", "is http, which would send the password readable"),
        ("fax.example.com", "base_url is not an http or https address"),
        ("https://user:pw@fax.example.com", "base_url carries a login"),
    ],
)
def test_a_wrong_address_names_its_account(url: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"probe 'east': .*{text}"):
        Probe(url, name="east")


def test_what_is_not_given() -> None:
    settings = Probe(URL).settings
    assert (settings.name, settings.base_url, settings.kinds) == ("probe", URL, None)
    assert (settings.connect_timeout, settings.read_timeout, settings.deadline) == (10, 60, 300)
    assert (settings.retries, settings.max_response_bytes) == (2, 512 << 20)
    assert (settings.zone, settings.zone_declared) == (UTC, False)


def test_what_is_given() -> None:
    settings = Probe(
        "http://fax.example.com/fax/",
        name="east",
        kinds=["faxes", Kind.JOBS],
        timezone="Europe/Rome",
        timeout=5,
        deadline=timedelta(minutes=1),
        retries=0,
        max_response_bytes=1,
        allow_insecure=True,
        ca_file="ca.pem",
    ).settings
    assert (settings.name, settings.base_url) == ("east", "http://fax.example.com/fax")
    assert settings.kinds == frozenset({Kind.FAXES, Kind.JOBS})
    assert (settings.zone, settings.zone_declared) == (ZoneInfo("Europe/Rome"), True)
    assert (settings.connect_timeout, settings.read_timeout, settings.deadline) == (5, 5, 60)
    assert settings.tls.ca_file == Path("ca.pem")
    assert Probe(URL, kinds="faxes", timeout=(1.5, 2)).settings.kinds == frozenset({Kind.FAXES})
    assert Probe(URL, deadline=None).settings.deadline is None


def test_an_account_shows_no_password() -> None:
    probe = Probe(URL, "user1", name="east")
    assert repr(probe) == "Probe('east', username='user1')"
    assert PASSWORD not in repr(vars(probe))


def test_an_error_is_located_once_and_loses_what_hangs_on_it() -> None:
    probe = Probe(URL, name="east")

    def inner(secret: str) -> None:
        raise ValueError(len(secret))

    def fail(secret: str) -> None:
        try:
            inner(secret)
        except ValueError as error:
            raise InvalidRequest("what") from error

    with pytest.raises(InvalidRequest) as caught, probe.located("outer"), probe.located("inner"):
        fail("s3cret")
    error = caught.value
    assert (error.provider, error.account, error.operation) == ("probe", "east", "inner")
    assert error.__cause__ is error.__context__ is None
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert {"fail", "inner"}.isdisjoint(frame.name for frame in trace.stack)
    assert "s3cret" not in str([frame.locals for frame in trace.stack])


def test_what_is_no_error_of_faxapi_is_left_alone() -> None:
    cause = ValueError()
    with pytest.raises(ZeroDivisionError) as caught, Probe(URL).located():
        raise ZeroDivisionError from cause
    assert caught.value.__cause__ is cause
