"""Through a proxy: what it can read, who is blamed for its failures, and what they leave behind."""

from __future__ import annotations

import base64
import random
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from pydantic import SecretStr

from faxapi.errors import ConfigurationError, ConnectFailed, Disconnected, FaxApiError, Unconfirmed
from faxapi.transport.http import Call, Exchange, Transport
from faxapi.transport.proxy import read_proxy
from faxapi.transport.tls import Tls
from tests.transport.conftest import MAX_CONNECTIONS
from tests.transport.probe import PASSWORD, Probe, answer
from tests.transport.scenarios import ANSWER, broken_off, deaf, hung_up, plain
from tests.transport.server import Peer, Script, Server, always, reply, until
from tests.transport.test_errors import assert_no_secret
from tests.transport.tunnel import Proxy

pytestmark = pytest.mark.anyio

USER, PROXY_PASSWORD = "us er", "p@ss:w/Ü€%41"
LOGIN = f"{USER}:{PROXY_PASSWORD}"
QUOTED = "us%20er:p%40ss%3Aw%2F%C3%9C%E2%82%AC%2541"
SECRETS = {PROXY_PASSWORD, QUOTED, base64.b64encode(LOGIN.encode()).decode(), PASSWORD}


@pytest.fixture(params=["http", "https"])
def proxy(request: pytest.FixtureRequest, server_tls: ssl.SSLContext) -> Iterator[Proxy]:
    """A proxy that wants a login, spoken to in plain HTTP and in TLS."""
    with Proxy(LOGIN, server_tls if request.param == "https" else None) as proxy:
        yield proxy


@pytest.fixture
def vendor(server_tls: ssl.SSLContext) -> Iterator[Server]:
    """A server in TLS that answers reads and changes."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            operation = "Change" if b"<Change " in request.body else "Ask"
            peer.send(reply(answer(operation), kind="text/xml"))

    with Server(script, server_tls) as server:
        yield server


async def test_a_proxy_reads_nothing_of_what_goes_over_tls(
    anyio_backend: str, proxy: Proxy, vendor: Server, client_tls: ssl.SSLContext
) -> None:
    assert anyio_backend
    through = SecretStr(proxy.with_login(QUOTED))
    async with Probe(vendor.url, proxy=through, ssl_context=client_tls) as probe:
        for _ in range(3):
            assert await probe.ask() == "42"
        await probe.change()
    for request in vendor.requests:
        assert PASSWORD.encode() not in request.body
        assert request.header("proxy-authorization") == []
        assert request.target == "/probe.asmx"
    # Reads shared one tunnel; a change has one of its own.
    connects = proxy.server.requests
    assert [request.method for request in connects] == ["CONNECT"] * 2
    for request in connects:
        assert request.target == vendor.url.removeprefix("https://")
        assert request.header("host") == [request.target]
        assert {name for name, _ in request.headers} == {
            "host",
            "user-agent",
            "proxy-authorization",
        }
    assert proxy.tunnelled.startswith(b"\x16\x03")
    assert b"user1" not in proxy.tunnelled
    assert b"soap" not in proxy.tunnelled.lower()
    assert len(vendor.requests) == 4


async def test_a_proxy_hands_on_what_is_plain_http(
    anyio_backend: str, proxy: Proxy, client_tls: ssl.SSLContext
) -> None:
    assert anyio_backend
    through = proxy.with_login(QUOTED)
    with Server(always(ANSWER)) as vendor:
        async with Probe(vendor.url, proxy=through, ssl_context=client_tls) as probe:
            for _ in range(3):
                assert await probe.ask() == "42"
        assert len(vendor.requests) == 3
        assert {request.target for request in vendor.requests} == {"/probe.asmx"}
    asked = proxy.server.requests
    assert {request.target for request in asked} == {f"{vendor.url}/probe.asmx"}
    assert {request.method for request in asked} == {"POST"}
    assert proxy.server.connections == 1
    assert proxy.tunnelled == b""


async def test_each_way_has_connections_of_its_own(
    transport: Transport, vendor: Server, client_tls: ssl.SSLContext
) -> None:
    with Proxy() as one, Proxy() as other:
        ways = [None, one.url, other.url, one.with_login("bob:x"), one.with_login("bob:y")]
        for _ in range(3):
            for way in ways:
                call = Call(
                    "GET",
                    vendor.url,
                    idempotent=True,
                    tls=Tls(ssl_context=client_tls),
                    proxy=read_proxy(SecretStr(way)) if way else None,
                )
                await transport.perform(call, Exchange.body)
        assert len(vendor.requests) == 15
        assert vendor.connections == len(ways)
        assert (one.server.connections, other.server.connections) == (3, 1)


async def test_a_proxy_knows_an_address_of_ipv6(
    anyio_backend: str, client_tls: ssl.SSLContext
) -> None:
    """The target of a tunnel has brackets around it, and so has a whole address."""
    assert anyio_backend

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(reply(b"", status="403 Forbidden"))

    with Server(script) as server:
        for url in ("https://[2001:db8::1]", "http://[2001:db8::1]:8080"):
            options: dict[str, Any] = {"allow_insecure": True, "ssl_context": client_tls}
            async with Probe(url, proxy=server.url, retries=0, **options) as probe:
                with pytest.raises(FaxApiError):
                    await probe.ask()
        targets = [request.target for request in server.requests]
    assert targets == ["[2001:db8::1]:443", "http://[2001:db8::1]:8080/probe.asmx"]


@dataclass(frozen=True)
class Bad:
    """A proxy that makes no connection, and what a call through it says.

    Attributes:
        text: What the error says happened.
        script: What the proxy does.
        hint: What the error says to do.
        retryable: Whether that may help.
        tls: Whether it has a certificate, that nobody trusts.
        url: Its address.
        options: The account's other keywords.
    """

    text: str
    script: Script = hung_up
    hint: str = "Check proxy and the network"
    retryable: bool = True
    tls: bool = False
    url: str = "http://{login}@localhost:{port}"
    options: dict[str, Any] = field(default_factory=dict)


def refuses(status: str) -> Script:
    """Repeat the request, login and all, in a refusal."""

    def script(peer: Peer) -> None:
        if request := peer.request():
            said = f"{request.headers!r}".encode()
            peer.send(reply(said, f"X-Said: {said.decode()}", status=f"{status} {QUOTED}"))

    return script


def tunnel_to_plain(peer: Peer) -> None:
    """Make a tunnel to a server that answers a handshake in plain HTTP."""
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
    plain(peer)


CLOSED = "the proxy localhost:{port} closed the connection, or speaks no HTTP"
PORT = "Check the scheme and the port of proxy"
BAD = {
    "nobody there": Bad(
        "no connection to the proxy localhost:1: Connection refused",
        url="http://{login}@localhost:1",
    ),
    "no such name": Bad(
        "no connection to the proxy nowhere.invalid:3128: ",
        url="http://{login}@nowhere.invalid:3128",
    ),
    "closes": Bad(CLOSED, broken_off(b""), PORT),
    "resets": Bad(CLOSED, broken_off(b"HTTP/1.1 200", reset=True), PORT),
    "garbage": Bad(CLOSED, broken_off(b"220 mail\r\n\r\n"), PORT),
    "endless head": Bad(CLOSED, broken_off(b"HTTP/1.1 200 OK\r\nX: " + b"x" * (1 << 18)), PORT),
    "silence": Bad(
        "no connection to fax.example.com:443 through the proxy localhost:{port} within 0.1 s",
        deaf,
        "Check proxy, base_url and the network",
        options={"timeout": (0.1, 5.0)},
    ),
    "a proxy in TLS": Bad(CLOSED, hint=PORT, tls=True),
    "a proxy without TLS": Bad(
        "no connection to the proxy localhost:{port}: TLS failed, wrong version number",
        plain,
        url="https://{login}@localhost:{port}",
    ),
    "a proxy nobody trusts": Bad(
        "the certificate of the proxy localhost:{port} is not trusted: ",
        hint="Give ca_file=…",
        retryable=False,
        tls=True,
        url="https://{login}@localhost:{port}",
    ),
    "wants a login": Bad(
        "the proxy localhost:{port} asks for a login",
        refuses("407"),
        "Give the proxy's user name and password: proxy='http://user:password@",
        retryable=False,
        url="http://localhost:{port}",
    ),
    "wrong login": Bad(
        "the proxy localhost:{port} rejects the login",
        refuses("407"),
        "Give the proxy's user name and password",
        retryable=False,
    ),
    "forbidden": Bad(
        "the proxy localhost:{port} allows no connection to fax.example.com:443",
        refuses("403"),
        "Ask whoever runs the proxy",
        retryable=False,
    ),
    **{
        status: Bad(
            "the proxy localhost:{port} could not connect to fax.example.com:443",
            refuses(status),
            "Check base_url, and whether the proxy can reach it",
        )
        for status in ("500", "502", "503", "504")
    },
    **{
        status: Bad(
            "the proxy localhost:{port} makes no connection to fax.example.com:443",
            refuses(status),
            "Check that proxy is the address of an HTTP proxy",
            retryable=False,
        )
        for status in ("302", "400", "404", "405", "501")
    },
    "a tunnel to nowhere": Bad(
        "no connection to fax.example.com: ",
        broken_off(b"HTTP/1.1 200 OK\r\n\r\n"),
        "Check base_url and the network",
    ),
    "a tunnel to another": Bad(
        "no connection to fax.example.com: TLS failed, wrong version number",
        tunnel_to_plain,
        "Check base_url and the network",
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_proxy_that_makes_no_connection_is_named(
    anyio_backend: str, caplog: pytest.LogCaptureFixture, server_tls: ssl.SSLContext, name: str
) -> None:
    """Of a change nothing was sent, so nothing about it is in doubt."""
    assert anyio_backend
    caplog.set_level(0)
    bad = BAD[name]
    with Server(bad.script, server_tls if bad.tls else None) as server:
        through = bad.url.format(port=server.port, login=QUOTED)
        options: dict[str, Any] = {"retries": 0, "proxy": through, **bad.options}
        async with Probe("https://fax.example.com", **options) as probe:
            said = ""
            for call in (probe.ask, probe.change):
                with pytest.raises(ConnectFailed) as caught:
                    await call()
                error, said = caught.value, str(caught.value)
                assert str(error).startswith(f"probe probe.{call.__name__.title()}: ")
                assert bad.text.format(port=server.port) in str(error)
                assert bad.hint in str(error)
                assert error.retryable is bad.retryable
                assert_no_secret(error, caplog.records, SECRETS)
            assert "; nothing was sent" in said
        await until(lambda: server.open == 0)
        assert not [request for request in server.requests if request.method != "CONNECT"]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_rejected_login_of_a_proxy_closes_no_account(
    anyio_backend: str,
    scheme: str,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert anyio_backend
    caplog.set_level(0)
    tls = server_tls if scheme == "https" else None
    with Proxy("bob:another") as proxy, Server(always(ANSWER), tls) as vendor:
        through = proxy.with_login(QUOTED)
        async with Probe(vendor.url, proxy=through, ssl_context=client_tls) as probe:
            for call in (probe.ask, probe.change):
                with pytest.raises(ConnectFailed, match=r"rejects the login.*HTTP 407") as caught:
                    await call()
                assert_no_secret(caught.value, caplog.records, SECRETS)
            assert vendor.requests == []
            proxy.login = LOGIN
            assert await probe.ask() == "42"


async def test_what_was_sent_through_a_proxy_stays_in_doubt(
    anyio_backend: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    assert anyio_backend
    with Proxy() as proxy, Server(broken_off(ANSWER[:30]), server_tls) as vendor:
        options: dict[str, Any] = {"proxy": proxy.url, "ssl_context": client_tls, "retries": 0}
        async with Probe(vendor.url, **options) as probe:
            with pytest.raises(Disconnected, match="localhost broke the connection"):
                await probe.ask()
            with pytest.raises(Unconfirmed):
                await probe.change()


async def test_a_server_that_is_not_trusted_is_not_trusted_through_a_tunnel(
    anyio_backend: str, vendor: Server
) -> None:
    assert anyio_backend
    with Proxy() as proxy:
        async with Probe(vendor.url, proxy=proxy.url, retries=0) as probe:
            with pytest.raises(ConnectFailed, match="the certificate of localhost is not trusted"):
                await probe.ask()
    assert vendor.requests == []


async def test_cancelled_calls_leave_no_tunnel(
    transport: Transport, client_tls: ssl.SSLContext, server_tls: ssl.SSLContext
) -> None:
    """Wherever it strikes: while the proxy is met, while it thinks, in the handshake, later."""
    dice = random.Random(7)  # noqa: S311 - it picks moments, not secrets
    cut: list[bool] = []

    class Slow(Proxy):
        def _serve(self, peer: Peer) -> None:
            time.sleep(0.01)
            super()._serve(peer)

    with Slow("", server_tls) as proxy, Server(always(ANSWER), server_tls) as vendor:
        call = Call(
            "GET",
            vendor.url,
            idempotent=True,
            retries=0,
            tls=Tls(ssl_context=client_tls),
            proxy=read_proxy(SecretStr(proxy.url)),
        )

        async def one() -> None:
            with anyio.move_on_after(dice.random() * 0.2) as scope:
                await transport.perform(call, Exchange.body)
            cut.append(scope.cancelled_caught)

        async with anyio.create_task_group() as group:
            for _ in range(60):
                group.start_soon(one)
        assert True in cut
        assert transport._slots.value == MAX_CONNECTIONS
        assert transport._pool._busy == set()
        assert await transport.perform(call, Exchange.body)
        await until(lambda: proxy.server.open == len(transport._pool._idle))
        await until(lambda: vendor.open == len(transport._pool._idle))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://proxy.example.com:3128", ("http", "proxy.example.com", 3128)),
        ("HTTPS://Proxy.example.com/", ("https", "proxy.example.com", 443)),
        ("http://[2001:db8::1]", ("http", "2001:db8::1", 80)),
        ("http://:@10.0.0.1:8080", ("http", "10.0.0.1", 8080)),
    ],
)
def test_an_address_of_a_proxy(address: str, kept: tuple[str, str, int]) -> None:
    proxy = read_proxy(SecretStr(address))
    assert (proxy.scheme, proxy.host, proxy.port) == kept


@pytest.mark.parametrize("login", [QUOTED, "us%20er:p@ss:w%2FÜ€%2541"])
def test_a_login_of_a_proxy_is_kept_and_not_shown(login: str) -> None:
    for given in (f"http://{login}@proxy", SecretStr(f"http://{login}@proxy")):
        probe = Probe("https://fax.example.com", proxy=given)
        proxy = probe.settings.proxy
        assert proxy is not None
        assert proxy.login == SecretStr(LOGIN)
        assert str(proxy) == "the proxy proxy:80"
        shown = f"{probe!r} {vars(probe)!r} {proxy!r} {proxy}"
        assert not [secret for secret in SECRETS if secret in shown]
    assert Probe("https://fax.example.com", proxy=None).settings.proxy is None
    assert Probe("https://fax.example.com").settings.proxy is None


SCHEME = "proxy is not an http or https address"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("", SCHEME),
        ("proxy.example.com:3128", SCHEME),
        ("//proxy.example.com", SCHEME),
        ("ftp://{login}@proxy", SCHEME),
        ("http://{login}@", SCHEME),
        ("http://{login}@proxy\n", SCHEME),
        ("http://{login}@my proxy", SCHEME),
        ("http://{login}\udcfc@proxy", SCHEME),
        ("http://{login}@proxy:port", "proxy is not an address"),
        ("http://{login}@proxy:99999", "proxy is not an address"),
        ("http://{login}@[::1", "proxy is not an address"),
        ("http://{login}@a..b", "proxy is not an address"),
        ("http://{login}@proxy/path", "proxy has a path, a query or a fragment"),
        ("http://{login}@proxy?a=b", "proxy has a path, a query or a fragment"),
        ("http://{login}@proxy#a", "proxy has a path, a query or a fragment"),
        ("http://user:a/b@proxy", r"proxy is not an address.*in a password / is %2F"),
        ("http://user:%FC@proxy", "proxy is not an address"),
        ("socks5://{login}@proxy:1080", "proxy is a SOCKS proxy"),
        ("socks5h://{login}@proxy:1080", "proxy is a SOCKS proxy"),
        (["http://{login}@proxy"], "proxy cannot be of type list"),
        (b"http://{login}@proxy", "proxy cannot be of type bytes"),
    ],
)
def test_what_is_no_address_of_a_proxy(address: Any, text: str) -> None:  # noqa: ANN401 - right and wrong ones
    if isinstance(address, str):
        address = address.format(login=QUOTED)
    with pytest.raises(ConfigurationError, match=f"probe 'east': {text}") as caught:
        Probe("https://fax.example.com", name="east", proxy=address)
    assert 'like "http://proxy.example.com:3128"' in str(caught.value)


def test_plain_http_to_this_machine_leaves_it_by_a_proxy_elsewhere() -> None:
    away = "http://proxy.example.com:3128"
    for url in ("http://localhost:8080", "http://127.0.0.1"):
        assert Probe(url, proxy="http://localhost:3128").settings.base_url == url
        assert Probe(url, proxy=away, allow_insecure=True).settings.base_url == url
        with pytest.raises(ConfigurationError, match="would send the password readable"):
            Probe(url, proxy=away)
