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

from pydantic import BeforeValidator, Field, ValidationInfo

from faxapi.errors import ConfigurationError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# .NET's DateTime.MinValue and MaxValue, and SQL Server's smalldatetime zero.
_NO_YEARS = frozenset({1, 1900, 9999})
_MICROSOFT_JSON = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
# Openfax's pages of 2010 write times in the American way, and so may its service.
_AMERICAN = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y")
_CLOCK_SPAN = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d+)?)")


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


def parse_time(text: str, reading: Reading) -> datetime | None:
    """A vendor's time in UTC; None for every value that stands for no time.

    Raises:
        ValueError: It is no time; the message does not repeat it.
    """
    moment: datetime | None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _unusual_time(text)
    # Before any conversion: year 1 or 9999 overflows in most zones.
    if moment is None or moment.year in _NO_YEARS:
        return None
    if moment.tzinfo is None:
        reading.zone_assumed = True
        moment = moment.replace(tzinfo=reading.zone)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _unusual_time(text: str) -> datetime | None:
    text = text.strip()
    if not text or text.startswith("0000-00-00"):
        return None
    if microsoft := _MICROSOFT_JSON.fullmatch(text):
        return _from_milliseconds(int(microsoft[1]))
    for form in _AMERICAN:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller gives it the account's zone
        except ValueError:
            continue
    message = "not a date and time"
    raise ValueError(message)


def _from_milliseconds(milliseconds: int) -> datetime | None:
    """Milliseconds since 1970 in UTC; .NET's year 1 and anything beyond the calendar is None."""
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def format_time(moment: date, zone: tzinfo) -> str:
    """A time as .NET services read it: `yyyy-MM-ddTHH:mm:ss` on the vendor's clock.

    A plain date is midnight there.

    Raises:
        ConfigurationError: A naive datetime.
    """
    if not isinstance(moment, datetime):
        return f"{moment.isoformat()}T00:00:00"
    if moment.tzinfo is None:
        message = "a datetime without a time zone"
        raise ConfigurationError(message, hint="Give an aware datetime or a date")
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")


def parse_span(value: object, unit: timedelta) -> timedelta | None:
    """A span given as a number of `unit` or as `h:mm:ss`; None if blank or not finite.

    Raises:
        ValueError: It is neither; the message does not repeat it.
    """
    text = str(value).strip()
    if not text:
        return None
    try:
        if clock := _CLOCK_SPAN.fullmatch(text):
            return timedelta(
                hours=int(clock[1] or 0), minutes=int(clock[2]), seconds=float(clock[3])
            )
        number = Decimal(text.replace("INF", "Infinity"))
        return unit * float(number) if number.is_finite() else None
    except (InvalidOperation, OverflowError):
        pass
    message = "not a span of time"
    raise ValueError(message)


def _time(value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - pydantic checks what is no text
    if not isinstance(value, str):
        return value
    return parse_time(value, info.context if isinstance(info.context, Reading) else Reading())


def _minutes(value: Any) -> Any:  # noqa: ANN401 - pydantic checks what is no number
    return _span(value, timedelta(minutes=1))


def _seconds(value: Any) -> Any:  # noqa: ANN401 - pydantic checks what is no number
    return _span(value, timedelta(seconds=1))


def _span(value: Any, unit: timedelta) -> Any:  # noqa: ANN401 - pydantic checks what is no number
    return value if value is None or isinstance(value, timedelta) else parse_span(value, unit)


# A blank number or flag is None: `decode` sees to it, since a validator for each costs more than
# reading the row.
Text = str | None
Integer = int | None
Flag = bool | None
# As many digits as .NET's decimal can have, and finite: arithmetic on it cannot overflow.
Amount = Annotated[Decimal | None, Field(max_digits=38, allow_inf_nan=False)]
Time = Annotated[datetime | None, BeforeValidator(_time)]
Minutes = Annotated[timedelta | None, BeforeValidator(_minutes)]
Seconds = Annotated[timedelta | None, BeforeValidator(_seconds)]
