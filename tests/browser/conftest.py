"""One browser for all tests, and the pages that they look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from faxapi import Report
from tests.browser import pages
from tests.browser.chromium import Chromium, chromium, missing


def pytest_configure() -> None:
    if lacking := missing():
        text = f"{', '.join(lacking)}: not installed; see tests/browser/install.py"
        raise pytest.UsageError(text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def run() -> Report:
    """A run in which one account fails."""
    return anyio.run(pages.failing_run)


@pytest.fixture(scope="session")
def files(run: Report, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every page, by name."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, text in (("run", pages.of_run(run)), *pages.others()):
        found[name] = folder / f"{name}.html"
        found[name].write_text(text)
    return found
