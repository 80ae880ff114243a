"""The providers: one folder each, found by their entry points; and what they are made of."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from faxapi.providers.base import Provider, to_secret
from faxapi.providers.feed import Ask, Out, State
from faxapi.providers.items import AT_ONCE, ItemFailures, unknown_code
from faxapi.providers.methods import calls
from faxapi.providers.rest import RestService
from faxapi.providers.rows import Rows
from faxapi.providers.settings import HostedOptions, Options, SoapOptions
from faxapi.transport.pace import Pace
from faxapi.wire.models import VendorModel, spelled
from faxapi.wire.rest import RestOperation
from faxapi.wire.scalars import Amount, Flag, Integer, Minutes, Seconds, Text, Time

__all__ = [
    "AT_ONCE",
    "GROUP",
    "Amount",
    "Ask",
    "Flag",
    "HostedOptions",
    "Integer",
    "ItemFailures",
    "Minutes",
    "Options",
    "Out",
    "Pace",
    "Provider",
    "RestOperation",
    "RestService",
    "Rows",
    "Seconds",
    "SoapOptions",
    "State",
    "Text",
    "Time",
    "VendorModel",
    "calls",
    "registered",
    "spelled",
    "to_secret",
    "unknown_code",
]

GROUP = "faxapi.providers"
"""The entry-point group; a package of anyone's that names a class there adds a provider."""


@cache
def registered() -> dict[str, type[Provider]]:
    """Every installed provider's class by its registered name."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}
