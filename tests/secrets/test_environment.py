"""Nothing in the environment sends a request elsewhere, adds a login, or writes down a key."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from faxapi import FaxApi, Imagicle, InterFax, Window
from faxapi.errors import AuthenticationError, ConnectFailed
from tests.secrets.logins import OTHER_PASSWORD, PASSWORD
from tests.secrets.witness import Witness
from tests.transport.server import Server, always, reply

pytestmark = pytest.mark.anyio

NETRC = "machine localhost login netrc-user password netrc-password"
EMPTY = reply(b'{"faxList": []}', kind="application/json")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """What every variable for proxies names, and what nobody must come to."""
    with Server(always(reply(b""))) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, server.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        yield server
    assert server.connections == 0


@pytest.fixture
def netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / ".netrc"
    file.write_text(NETRC)
    monkeypatch.setenv("NETRC", str(file))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.usefixtures("netrc", "proxy")
async def test_requests_go_where_the_account_says_with_its_own_login(witness: Witness) -> None:
    with Server(always(EMPTY)) as server:
        imagicle = Imagicle(server.url, "user1", OTHER_PASSWORD, retries=0)
        interfax = InterFax("acme", PASSWORD, base_url=server.url, retries=0)
        async with FaxApi(imagicle, interfax) as api:
            report = await api.collect(Window.last(timedelta(days=1)), kinds=["faxes"])
            witness.shown(report, *report.outcomes)
    assert len(server.requests) > 2
    for request in server.requests:
        assert request.target.startswith("/")
        assert "netrc" not in f"{request}"
        soap = request.target.endswith(".asmx")
        assert len(request.header("authorization")) == (0 if soap else 1)


@pytest.mark.usefixtures("proxy")
async def test_a_name_that_only_a_proxy_could_resolve_is_not_asked_of_it(witness: Witness) -> None:
    for url in ("http://fax.invalid", "https://fax.invalid"):
        account = Imagicle(url, "user1", OTHER_PASSWORD, retries=0, allow_insecure=True)
        async with account:
            with pytest.raises(ConnectFailed) as caught:
                await account.check()
        witness.error(caught.value)


async def test_no_key_of_a_connection_is_written_down_and_no_authority_is_added(
    witness: Witness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    refused = reply(b"", status="401 Unauthorized")
    with Server(always(refused), context) as server:
        for ca_file, kind in ((None, ConnectFailed), (tmp_path / "ca.pem", AuthenticationError)):
            options: dict[str, Any] = {} if ca_file is None else {"ca_file": ca_file}
            imagicle = Imagicle(server.url, "user1", OTHER_PASSWORD, retries=0, **options)
            async with imagicle:
                with pytest.raises(kind) as caught:
                    await imagicle.check()
            witness.error(caught.value)
    assert len(server.requests) == 1
    assert not (tmp_path / "keys").exists()
