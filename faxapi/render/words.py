"""Numbers, money, times and personal data as a report writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

NOTHING = "\N{EN DASH}"
"""Stands where there is no value, which is not 0."""

_DOTS = "\N{BULLET}" * 4
# Of a shorter number, an extension say, two digits would tell too much.
_SHORTEST = 6


def count(number: int | None) -> str:
    """A number, with its thousands apart."""
    return NOTHING if number is None else f"{number:,}"


def percent(part: int, whole: int) -> str:
    """A share; only all of it is 100 %, and only none of it is 0 %."""
    if not whole:
        return NOTHING
    if part in {0, whole}:
        return f"{100 if part else 0}\N{NO-BREAK SPACE}%"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f}\N{NO-BREAK SPACE}%"


def amount(value: Decimal) -> str:
    """Money with two decimals, or with as many as it has: nothing is rounded."""
    exponent = value.normalize().as_tuple().exponent
    digits = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{value:,.{digits}f}"


def price(value: Decimal, currency: str | None) -> str:
    """Money with its currency, where that is known."""
    return f"{amount(value)} {currency}" if currency else amount(value)


def money(costs: Mapping[str | None, Decimal]) -> list[str]:
    """A price for each currency; nothing where there is no price."""
    order = sorted(costs, key=lambda currency: currency or "")
    return [price(costs[currency], currency) for currency in order]


def masked(number: str) -> str:
    """A number's last two digits."""
    digits = "".join(char for char in number if char.isdecimal())
    return f"{_DOTS}{digits[-2:]}" if len(digits) >= _SHORTEST else _DOTS


def days(first: date, last: date) -> str:
    """The days from one to another, each of both in it."""
    end = f"{last.day} {last:%b %Y}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {end}"
    if first.year == last.year:
        return f"{first.day} {first:%b} to {end}"
    return f"{first.day} {first:%b %Y} to {end}"


def moment(at: datetime | None, zone: tzinfo | None) -> str:
    """A moment in the reader's zone, to the minute."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else NOTHING


def zone_name(zone: tzinfo | None, at: datetime) -> str:
    """What people call a zone."""
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    return at.astimezone(zone).tzname() or f"{at.astimezone(zone):%z}"
