"""One runtime for all tests, each of which lends it a sandbox of its own."""

from collections.abc import Iterator

import httpx
import pytest
import stamina

from faxapi.sandbox import Sandbox
from tests.interop.bridge import bridge
from tests.interop.runtime import AspNet, missing, runtime
from tests.sandbox.wire import NOW


def pytest_configure() -> None:
    if lacking := missing():
        text = f"{', '.join(lacking)}: not installed; see tests/interop/install.py"
        raise pytest.UsageError(text)


@pytest.fixture(scope="session")
def aspnet() -> Iterator[AspNet]:
    with bridge() as asked, runtime(asked.url) as url:
        yield AspNet(url, asked)


@pytest.fixture
def sandbox(aspnet: AspNet) -> Iterator[Sandbox]:
    """What decides the runtime's answers in this test."""
    with (
        Sandbox(seed=1, now=NOW, faxes=100, rate_limit=None) as sandbox,
        aspnet.bridge.lend(sandbox),
    ):
        yield sandbox


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def at_once() -> Iterator[None]:
    """What fails is not tried again, which would take its time."""
    with stamina.set_testing(True, attempts=1):
        yield
