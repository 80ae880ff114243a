"""A transport that must end clean, and certificates made on the spot."""

import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina
import trustme

from faxapi.transport.http import Transport

MAX_CONNECTIONS = 50


@pytest.fixture
async def transport(anyio_backend: str) -> AsyncIterator[Transport]:
    assert anyio_backend
    transport = Transport(max_connections=MAX_CONNECTIONS)
    yield transport
    assert transport._slots.value == MAX_CONNECTIONS
    assert transport._pool._busy == set()
    await transport.aclose()


@pytest.fixture
def no_waits() -> Iterator[None]:
    """Try again at once; how often is the caller's affair."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path
