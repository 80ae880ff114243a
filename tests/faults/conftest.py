"""The vendors."""

from collections.abc import Iterator

import pytest

from faxapi.sandbox import Sandbox
from tests.contract.harness import NOW


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Every test has an account of its own there."""
    with Sandbox(now=NOW, faxes=0, rate_limit=None, lock_out_after=None) as running:
        yield running
