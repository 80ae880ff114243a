"""A sandbox for each test: `pytest_plugins = ["faxapi.sandbox.pytest"]` in the top conftest.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faxapi.sandbox import Sandbox


@pytest.fixture
def fax_sandbox() -> Iterator[Sandbox]:
    """A running sandbox of the test's own, without a rate limit: no test is to wait a minute.

    It needs no event loop, so that it goes with every plugin for asynchronous tests.
    """
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox
