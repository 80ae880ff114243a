"""A program that traces and measures, for one test."""

from collections.abc import Iterator

import pytest

from faxapi import observe
from tests.telemetry.told import Told


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    told = Told()
    monkeypatch.setattr(observe, "_loaded", lambda: told.telemetry)
    yield told
    told.tracers.shutdown()
    told.meters.shutdown()
