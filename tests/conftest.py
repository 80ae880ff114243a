"""What every test has."""

import gc
import signal
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
import stamina
from hypothesis import settings

from faxapi.transport import pace

# A loaded machine is slow, not wrong; and a run leaves nothing behind in the checkout.
settings.register_profile("faxapi", deadline=None, database=None)
settings.load_profile("faxapi")


def pytest_configure() -> None:
    # A shell's background job ignores Ctrl-C, and so would the programs that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if find_spec("parrotfax") is None:
        text = "the tests' plug-in is not installed: python -m pip install -e tests/plugin"
        raise pytest.UsageError(text)


def pytest_collection_finish() -> None:
    # What is imported by now stays, and tests that look for garbage need not look through it.
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    # Some packages take what is left at the end for leaks, and say so.
    gc.unfreeze()


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Both event loops, for every test that is marked with `anyio`."""
    return str(request.param)


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    """No call of another test counts: the next server may have the port of the last one."""
    pace._BUCKETS.clear()


@pytest.fixture
def at_once() -> Iterator[None]:
    """What is tried again is tried without a wait."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
