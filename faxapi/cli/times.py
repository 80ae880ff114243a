"""Times as people at a terminal write and read them: in the zone of their machine.

What is written without a zone is meant in that zone, and what is shown is shown in it. All that
lies in between is in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from faxapi.window import Window

DEFAULT_SPAN = "7d"

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART = re.compile(r"([0-9]+)([wdhms])")
_SPAN = re.compile(rf"(?:{_PART.pattern})+")
_EXAMPLES = "7d, 36h, today, yesterday, 2026-11-01, 2026-11-01T10:00 or 2026-11-01T10:00Z"


def span(text: str) -> timedelta:
    """A span of time, such as `7d` or `1h30m`.

    Raises:
        typer.BadParameter: It is none.
    """
    plain = text.strip().lower()
    if not _SPAN.fullmatch(plain):
        raise typer.BadParameter(f"{_start_of(text)!r} is no span: write 50m, 36h, 7d or 1h30m")
    try:
        return sum(
            (timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(plain)),
            timedelta(),
        )
    except (OverflowError, ValueError):
        raise typer.BadParameter(f"{_start_of(text)!r} is too long for a calendar") from None


def some_time(text: str) -> timedelta:
    """A span of time that is not nothing.

    Raises:
        typer.BadParameter: It is none, or nothing.
    """
    found = span(text)
    if not found:
        raise typer.BadParameter(f"{_start_of(text)!r} is no time at all: write 5s or more")
    return found


def moment(text: str) -> datetime:
    """A time, in UTC: so long ago, a word, or a date with or without a time.

    A day is its first moment. A time that a change of clocks brings twice is the first of the two.

    Raises:
        typer.BadParameter: It is none.
    """
    plain = text.strip().lower()
    now = datetime.now(UTC)
    try:
        match plain:
            case "now":
                return now
            case "today" | "yesterday":
                day = now.astimezone().date() - timedelta(days=plain == "yesterday")
                return _utc(datetime.combine(day, time()))
            case _ if _SPAN.fullmatch(plain):
                return now - span(plain)
            case _:
                return _utc(_written(text))
    except (OverflowError, ValueError):
        raise typer.BadParameter(f"{_start_of(text)!r} is beyond the calendar") from None


def month(text: str) -> date:
    """A month's first day, of a text such as `2026-10`.

    Raises:
        typer.BadParameter: It is none.
    """
    try:
        return date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        raise typer.BadParameter(f"{_start_of(text)!r} is no month: write 2026-10") from None


def _written(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip().upper())
    except ValueError:
        raise typer.BadParameter(f"{_start_of(text)!r} is no time: write {_EXAMPLES}") from None


def _utc(written: datetime) -> datetime:
    """A time in UTC; where it names no zone, it is of the machine's."""
    found = written.astimezone(UTC)
    there = found.astimezone().replace(tzinfo=None)
    # Python puts a time that the clocks skip to one side of the gap.
    if written.tzinfo is None and there != written:
        raise typer.BadParameter(f"{written:%Y-%m-%d %H:%M} does not exist: clocks go forward then")
    return found


SinceOption = Annotated[
    datetime | None,
    typer.Option(
        parser=moment,
        metavar="TIME",
        help="From this time on: 7d (ago), today, yesterday, 2026-11-01 or 2026-11-01T10:00.",
        show_default=DEFAULT_SPAN,
    ),
]
UntilOption = Annotated[
    datetime | None,
    typer.Option(
        parser=moment,
        metavar="TIME",
        help="Up to this time, without it: a day ends before its first moment.",
        show_default="now",
    ),
]
DeadlineOption = Annotated[
    timedelta | None,
    typer.Option(
        parser=span,
        metavar="SPAN",
        help="Stop after this long, such as 50m, with what has come.",
        show_default=False,
    ),
]


MonthOption = Annotated[
    date | None,
    typer.Option(
        parser=month,
        metavar="MONTH",
        help="This month, such as 2026-10.",
        show_default="the present one, up to now",
    ),
]


def window(since: datetime | None, until: datetime | None) -> Window:
    """The window of `--since` and `--until`.

    Raises:
        typer.BadParameter: It has no time in it, or is beyond the calendar.
    """
    from faxapi.errors import ConfigurationError  # noqa: PLC0415 - completion needs none of it
    from faxapi.window import Window  # noqa: PLC0415 - likewise

    end = until or datetime.now(UTC)
    start = since or end - span(DEFAULT_SPAN)
    if start >= end:
        what = "--until" if until else "now"
        raise typer.BadParameter(f"--since, {shown(start)}, is not before {what}, {shown(end)}")
    try:
        return Window(start, end)
    except ConfigurationError as error:
        raise typer.BadParameter(error.message) from None


def month_window(month: date | None, since: datetime | None, until: datetime | None) -> Window:
    """The window of `--month`, or of `--since` and `--until`; of the present month unless given.

    Raises:
        typer.BadParameter: Both are given, or the time is none that can be asked for.
    """
    if since or until:
        if month:
            raise typer.BadParameter("--month goes without --since and --until")
        return window(since, until)
    now = datetime.now(UTC)
    first = month or now.astimezone().date().replace(day=1)
    try:
        after = (first + timedelta(days=31)).replace(day=1)
        start, end = (_utc(datetime.combine(day, time())) for day in (first, after))
    except (OverflowError, ValueError):
        raise typer.BadParameter(f"{first:%Y-%m} is beyond the calendar") from None
    if start >= now:
        raise typer.BadParameter(f"{first:%Y-%m} has not begun")
    return window(start, min(end, now))


def shown(moment: datetime | None) -> str:
    """A time as people read it, in their zone; nothing for none."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""


def shown_window(window: Window) -> str:
    """A window as people read it, with the zone that its times are in."""
    return f"{shown(window.since)} to {shown(window.until)} {zone_name(window.until)}"


def zone_name(at: datetime) -> str:
    """What the machine's zone is called at a time, such as `CET`."""
    return at.astimezone().tzname() or ""


def _start_of(text: str) -> str:
    """As much of a text as an error has room for."""
    most = 40
    return text if len(text) <= most else f"{text[:most]}…"
