"""The time a collection looks at."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from faxapi.errors import ConfigurationError

_FIRST_YEAR, _LAST_YEAR = 1970, 9000


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of time: `since` is in it, `until` is not; both aware, kept in UTC.

    Raises:
        ConfigurationError: A naive datetime, a year before 1970 or after 9000, or an end that is
            not after the start.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", _utc("since", self.since))
        object.__setattr__(self, "until", _utc("until", self.until))
        if self.until <= self.since:
            raise ConfigurationError(
                f"the window ends at {self.until} and starts at {self.since}",
                hint="Its end must be after its start",
            )

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    @classmethod
    def last(cls, span: timedelta, *, now: datetime | None = None) -> Window:
        """The `span` up to now, resolved when called."""
        until = now or datetime.now(UTC)
        with _calendar("Window.last"):
            return cls(until - span, until)

    @classmethod
    def day(cls, day: date, tz: str | tzinfo) -> Window:
        """One calendar day of a time zone: 23 or 25 hours long where its clocks change."""
        with _calendar("Window.day"):
            return cls.days(day, day + timedelta(days=1), tz)

    @classmethod
    def month(cls, year: int, month: int, tz: str | tzinfo) -> Window:
        """One calendar month of a time zone."""
        with _calendar("Window.month"):
            after = date(year + month // 12, month % 12 + 1, 1)
            return cls.days(date(year, month, 1), after, tz)

    @classmethod
    def days(cls, first: date, after: date, tz: str | tzinfo) -> Window:
        """The calendar days of a time zone from `first` up to, not with, `after`."""
        where = zone(tz)
        return cls(
            datetime.combine(first, time(), tzinfo=where),
            datetime.combine(after, time(), tzinfo=where),
        )


@contextmanager
def _calendar(what: str) -> Iterator[None]:
    """Say it plainly where no calendar has such a day."""
    try:
        yield
    except ConfigurationError:
        raise
    except (OverflowError, ValueError):
        raise ConfigurationError(f"{what} is beyond the calendar") from None


def _utc(name: str, moment: date) -> datetime:
    # A plain date, where no type checker looked, has no zone either.
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise ConfigurationError(
            f"Window.{name} has no time zone",
            hint="Give an aware datetime, such as datetime.now(timezone.utc)",
        )
    # Room on both sides for margins and zones, which the calendar's ends have not.
    if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return moment.astimezone(UTC)
    raise ConfigurationError(
        f"Window.{name} is beyond the calendar of faxes, from {_FIRST_YEAR} to {_LAST_YEAR}"
    )


def to_seconds(name: str, span: float | timedelta) -> float:
    """A span of time in seconds.

    Raises:
        ConfigurationError: It is no number, or none that a clock could count.
    """
    try:
        # Not float(span), which takes texts.
        seconds = span.total_seconds() if isinstance(span, timedelta) else 0.0 + span
    except (OverflowError, TypeError):
        seconds = math.nan
    if math.isnan(seconds):
        raise ConfigurationError(f"{name} is not a number of seconds")
    return seconds


def zone(name: str | tzinfo) -> tzinfo:
    """The zone of an IANA name, or the given zone itself.

    Raises:
        ConfigurationError: No such zone here.
    """
    if isinstance(name, tzinfo):
        return name
    text: object = name
    if not isinstance(text, str):
        raise ConfigurationError(f"a time zone cannot be of type {type(text).__name__}")
    if text.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        message = f"no time zone is called {text!r}"
    raise ConfigurationError(
        message,
        hint='Use an IANA name such as "Europe/Rome"; where the system has no time zone data, '
        "install the tzdata package",
    )
