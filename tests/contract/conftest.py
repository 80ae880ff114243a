"""Each of these tests runs for every registered provider, on asyncio and on Trio."""

import logging
from collections.abc import Iterator

import pytest

from faxapi.sandbox import Sandbox
from tests.contract.harness import NOW
from tests.contract.scene import HARNESSES, Scene, set_up


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The built-in providers' vendors; every test has an account of its own there."""
    with Sandbox(now=NOW, faxes=0, rate_limit=None, lock_out_after=None) as running:
        yield running


@pytest.fixture(params=sorted(HARNESSES))
def scene(
    request: pytest.FixtureRequest, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> Iterator[Scene]:
    caplog.set_level(logging.DEBUG)
    with set_up(HARNESSES[request.param], sandbox, caplog) as scene:
        yield scene
