"""The providers: one folder each, found by their entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faxapi.providers.base import Provider

GROUP = "faxapi.providers"
"""The entry-point group; a package of anyone's that names a class there adds a provider."""


@cache
def registered() -> dict[str, type[Provider]]:
    """Every installed provider's class by its registered name."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}
