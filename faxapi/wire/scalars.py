"""The vendors' scalar values: times, spans, numbers and how they are blank.

ASP.NET writes times with 0 to 7 fraction digits, in a zone or in none; several values stand for
"no time" (.NET's year 1 among them). https://learn.microsoft.com/dotnet/api/system.datetime.minvalue
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import Base64Bytes, Field, Strict

from faxapi.errors import ConfigurationError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# .NET's DateTime.MinValue and MaxValue, and SQL Server's smalldatetime zero.
_NO_YEARS = frozenset({1, 1900, 9999})
_MICROSOFT_JSON = re.compile(r"\\?/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)\\?/")
# Openfax's pages of 2010 write times in the American way, and so may its service. Not strptime:
# what it takes for AM and PM depends on the process's locale.
_AMERICAN = re.compile(
    r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})"
    r"(?:\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:\s?([AP])M)?)?",
    re.IGNORECASE,
)
_CLOCK_SPAN = re.compile(r"(?:([0-9]+):)?([0-9]+):([0-9]{1,2}(?:\.[0-9]+)?)")

HALF = re.compile("[\ud800-\udfff]")
"""Half a character, which no encoding has; Python keeps so what it read and could not decode."""
_NUMBERS = (str, int, float, Decimal)


@dataclass(slots=True)
class Reading:
    """How one answer is read, and what was met on the way.

    Attributes:
        zone: The zone of times that name none.
        zone_assumed: Whether such a time was met.
        unknown: How often each element was met that its model does not know.
    """

    zone: tzinfo = UTC
    zone_assumed: bool = False
    unknown: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a span of time is counted in on the wire; stands in a field's annotation."""

    length: timedelta

    def read(self, value: Any, _: Reading) -> Any:  # noqa: ANN401 - pydantic checks what is no number
        """A span from its number; what is none is left as it is."""
        if not isinstance(value, _NUMBERS):
            return value
        try:
            return parse_span(value, self.length)
        except ValueError:
            return value

    def count(self, span: timedelta) -> Decimal:
        """The span as a number of this unit."""
        tick = timedelta(microseconds=1)
        return Decimal(span // tick) / Decimal(self.length // tick)


def parse_time(text: str, reading: Reading) -> datetime | None:
    """A vendor's time in UTC; None for every value that stands for no time.

    Raises:
        ValueError: It is no time; the message does not repeat it.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return _in_utc(moment, reading)
    if (bare := text.strip()) != text:
        return parse_time(bare, reading)
    unusual = _unusual_time(text)
    return None if unusual is None else _in_utc(unusual, reading)


def _in_utc(moment: datetime, reading: Reading) -> datetime | None:
    # Before any conversion: year 1 or 9999 overflows in most zones.
    if moment.year in _NO_YEARS:
        return None
    if moment.tzinfo is None:
        reading.zone_assumed = True
        # A fifth of the time that `replace` takes.
        moment = datetime.combine(moment, moment.time(), reading.zone)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _unusual_time(text: str) -> datetime | None:
    if not text or text.startswith("0000-00-00"):
        return None
    if microsoft := _MICROSOFT_JSON.fullmatch(text):
        return _from_milliseconds(int(microsoft[1]))
    moment = _from_american(text)
    if moment is None:
        raise ValueError("not a date and time")
    return moment


def _from_american(text: str) -> datetime | None:
    """A time written in the American way, None if it is not."""
    if not (found := _AMERICAN.fullmatch(text)):
        return None
    *parts, half = found.groups()
    month, day, year, hour, minute, second = (int(part or 0) for part in parts)
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller gives it the account's zone
    except ValueError:
        return None


def _from_milliseconds(milliseconds: int) -> datetime | None:
    """Milliseconds since 1970 in UTC; .NET's year 1 and anything beyond the calendar is None."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def format_time(moment: date, zone: tzinfo, name: str = "the time") -> str:
    """A time as .NET services read it: `yyyy-MM-ddTHH:mm:ss` on the vendor's clock.

    A plain date is midnight there.

    Raises:
        ConfigurationError: A naive datetime, or one that no calendar of that zone has.
    """
    if not isinstance(moment, datetime):
        return f"{moment.isoformat()}T00:00:00"
    if moment.utcoffset() is None:
        raise ConfigurationError(
            f"{name} is a datetime without a time zone", hint="Give an aware datetime or a date"
        )
    try:
        local = moment.astimezone(zone)
    except OverflowError:
        local = None
    if local is None:
        raise ConfigurationError(f"{name} is at the end of the calendar")
    return local.replace(tzinfo=None).isoformat(timespec="seconds")


def parse_span(value: str | float | Decimal, unit: timedelta) -> timedelta | None:
    """A span given as a number of `unit` or as `h:mm:ss`; None if blank or not finite.

    Raises:
        ValueError: It is neither; the message does not repeat it.
    """
    text = str(value).strip()
    if not text:
        return None
    try:
        if text.isdecimal():
            return unit * int(text)
        if ":" in text and (clock := _CLOCK_SPAN.fullmatch(text)):
            return timedelta(
                hours=int(clock[1] or 0), minutes=int(clock[2]), seconds=float(clock[3])
            )
        number = Decimal(text.replace("INF", "Infinity"))
        return unit * float(number) if number.is_finite() else None
    except (InvalidOperation, OverflowError):
        pass
    raise ValueError("not a span of time")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on the wire; stands in a field's annotation."""

    def read(self, value: Any, reading: Reading) -> Any:  # noqa: ANN401 - pydantic checks what is no text
        """A time from its text; what is none is left as it is."""
        if not isinstance(value, str):
            return value
        try:
            return parse_time(value, reading)
        except ValueError:
            return value


# A blank number or flag is None: `decode` sees to it, since a validator for each costs more than
# reading the row.
Text = str | None
Integer = int | None
Flag = bool | None
# As many digits as SQL Server's decimal can have (.NET's has 29), and finite, as pydantic has it
# unless told otherwise: arithmetic on it cannot overflow.
Amount = Annotated[Decimal | None, Field(max_digits=38)]
Binary = Base64Bytes | None
# `decode` reads their texts before pydantic sees them: a validator would cost more than all others.
Time = Annotated[Annotated[datetime, Strict()] | None, Moment()]
Minutes = Annotated[Annotated[timedelta, Strict()] | None, Unit(timedelta(minutes=1))]
Seconds = Annotated[Annotated[timedelta, Strict()] | None, Unit(timedelta(seconds=1))]
