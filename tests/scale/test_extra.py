"""What is said where Dask is not installed."""

from __future__ import annotations

import sys

import pytest

import faxapi.scale
from faxapi import ConfigurationError


def test_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in {"dask", "distributed"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "faxapi.scale.run", raising=False)
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(ConfigurationError, match=r'needs dask.*pip install "faxapi\[scale\]"'):
        _ = faxapi.scale.collect


def test_nothing_else_is_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = faxapi.scale.nothing  # type: ignore[attr-defined]
