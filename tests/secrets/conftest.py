"""Somebody who hears everything that is said, and the vendors it is said to."""

from collections.abc import Iterator

import pytest

from faxapi.sandbox import Sandbox
from tests.secrets.logins import PLANTED, running
from tests.secrets.witness import Witness


@pytest.fixture
def witness(capfd: pytest.CaptureFixture[str]) -> Iterator[Witness]:
    """Nothing that is planted comes out; a warning is an error here, and so is seen as one."""
    with Witness(PLANTED) as witness:
        yield witness
    witness.hears("output", "".join(capfd.readouterr()))
    assert witness.leaks == []


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running(faxes=20) as sandbox:
        yield sandbox
