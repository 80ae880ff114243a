"""Without OpenTelemetry, or with a part of it, everything works as before."""

from __future__ import annotations

import sys
from types import ModuleType

import opentelemetry.sdk.trace  # noqa: F401 - one test is about its absence
import pytest
from opentelemetry import trace

from faxapi import FaxApi, observe
from tests.engine.pushing import WEEK, Pushing, fax, pushes

pytestmark = pytest.mark.anyio


async def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package of OpenTelemetry's is there, and the one with the interface is not."""
    for name in [*sys.modules]:
        if name.partition(".")[0] == "opentelemetry" or name == "faxapi.telemetry":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", ModuleType("opentelemetry"))
    observe._loaded.cache_clear()
    try:
        async with FaxApi(Pushing("a", pushes(fax(1)))) as api:
            assert (await api.collect(WEEK)).complete
        assert observe._loaded() is None
        assert "faxapi.telemetry" not in sys.modules
    finally:
        observe._loaded.cache_clear()


async def test_an_sdk_that_is_not_set_up() -> None:
    observe._loaded.cache_clear()
    try:
        async with FaxApi(Pushing("a", pushes(fax(1)))) as api:
            assert (await api.collect(WEEK)).complete
        assert observe._loaded() is not None
        span = observe.Span(observe.REQUEST, method="GET")
        assert span.headers() == {}
    finally:
        observe._loaded.cache_clear()


def test_the_interface_alone_hears_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other providers than the SDK's own are heard: some tracers bring theirs."""
    monkeypatch.delitem(sys.modules, "opentelemetry.sdk")
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    assert observe._telemetry() is None
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", trace.NoOpTracerProvider())
    assert observe._telemetry() is not None


async def test_an_interface_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    def old(*_: object) -> None:
        raise TypeError("an argument of a newer version")

    monkeypatch.setattr("faxapi.telemetry.Telemetry", old)
    observe._loaded.cache_clear()
    try:
        async with FaxApi(Pushing("a", pushes(fax(1)))) as api:
            assert (await api.collect(WEEK)).complete
        assert observe._loaded() is None
    finally:
        observe._loaded.cache_clear()
