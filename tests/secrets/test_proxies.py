"""A proxy reads no vendor's secret in a tunnel, and its own comes out nowhere."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import stamina
import trustme

from faxapi import FaxApi, Window
from faxapi.errors import ConnectFailed
from faxapi.sandbox import Sandbox
from tests.contract.proxy import in_front
from tests.sandbox.wire import NOW
from tests.secrets.logins import PLANTED, PROXY_LOGIN, PROXY_PASSWORD, clients
from tests.secrets.test_failures import WAYS, attempt, in_turn
from tests.secrets.test_success import parts
from tests.secrets.troubles import TROUBLES, page, repeating
from tests.secrets.witness import Witness
from tests.transport.server import Server, always, reply
from tests.transport.tunnel import Proxy

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


async def test_a_collection_through_a_proxy(sandbox: Sandbox, witness: Witness) -> None:
    with Proxy(f"bob:{PROXY_PASSWORD}") as proxy:
        made = clients(sandbox, proxy=proxy.with_login(PROXY_LOGIN))
        async with FaxApi(*made.accounts, clock=lambda: NOW) as api:
            report = await api.collect(Window.last(timedelta(days=7), now=NOW))
            checks = await api.check()
            witness.shown(api, report, *report.outcomes, *checks, *parts(made))
    assert report.complete
    assert len(report.faxes) > 5
    assert len(proxy.server.requests) > 5
    assert not [each for each in proxy.server.requests if not each.target.startswith("http://")]
    witness.hears("cursor", report.cursor.model_dump_json())


async def test_a_tunnel(
    sandbox: Sandbox, witness: Witness, anyio_backend: str, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    failure = reply(b"no", status="500 Internal Server Error")
    with Proxy(f"bob:{PROXY_PASSWORD}", tls) as proxy, Server(always(failure), tls) as server:
        through = proxy.with_login(PROXY_LOGIN)
        for case, version in in_turn(WAYS, anyio_backend):
            made = clients(
                sandbox,
                version,
                url=server.url,
                proxy=through,
                ca_file=tmp_path / "ca.pem",
                retries=0,
            )
            assert await attempt(case, made, witness)
    assert len(server.requests) == len(WAYS)
    read = f"{proxy.server.requests!r} {bytes(proxy.tunnelled)!r}"
    sent = f"{server.requests!r}"
    theirs = {name: text.forms() for name, text in PLANTED.items() if "proxy" not in name}
    assert not [form for forms in theirs.values() for form in forms if form in read]
    assert len([name for name, forms in theirs.items() if any(map(sent.__contains__, forms))]) > 2


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Who", "502 Bad Gateway", "400 Bad"])
async def test_a_refusal_that_repeats_the_request(
    sandbox: Sandbox, witness: Witness, anyio_backend: str, status: str
) -> None:
    with in_front(sandbox.url, repeating(page(status))) as proxy:
        through = proxy.url.replace("://", f"://{PROXY_LOGIN}@")
        for case, version in in_turn(WAYS, anyio_backend):
            url = "https://fax.example.com"
            made = clients(sandbox, version, url=url, proxy=through, retries=1)
            assert isinstance(await attempt(case, made, witness), ConnectFailed)


@pytest.mark.parametrize("name", TROUBLES)
async def test_a_proxy_that_repeats_what_it_should_hand_on(
    sandbox: Sandbox, witness: Witness, anyio_backend: str, name: str
) -> None:
    with in_front(sandbox.url, TROUBLES[name]) as proxy:
        through = proxy.url.replace("://", f"://{PROXY_LOGIN}@")
        for case, version in in_turn(WAYS, anyio_backend):
            await attempt(case, clients(sandbox, version, proxy=through, retries=0), witness)
        assert len(proxy.server.requests) >= len(WAYS)
        assert all(each.header("proxy-authorization") for each in proxy.server.requests)
