"""InterFax as the feeds meet it: without faxes, and without a limit on queries."""

from collections.abc import Iterator

import pytest

from faxapi.sandbox import Sandbox
from tests.contract.harness import NOW


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW, faxes=0, rate_limit=None) as sandbox:
        yield sandbox
