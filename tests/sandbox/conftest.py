"""A running sandbox: one for all tests that only read, or one of a test's own."""

from collections.abc import Iterator

import pytest

from faxapi.sandbox import Sandbox
from tests.sandbox.wire import NOW, Caller, calling


@pytest.fixture(scope="module")
def shared() -> Iterator[Caller]:
    with calling(Sandbox(seed=1, now=NOW, rate_limit=None, lock_out_after=None)) as caller:
        yield caller


@pytest.fixture
def empty() -> Iterator[Caller]:
    """A sandbox without faxes, for the test to change."""
    with calling(Sandbox(now=NOW, faxes=0, rate_limit=None)) as caller:
        yield caller
