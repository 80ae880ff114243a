"""The feeds of totals by user: of a whole window, and then of each day that is not over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from faxapi.errors import PermissionDenied
from faxapi.notice import Notice
from faxapi.providers.interfax.activity import to_usage
from faxapi.providers.interfax.codes import NOT_PRIMARY
from faxapi.providers.interfax.operations import GET_INBOUND_ACTIVITY, GET_OUTBOUND_ACTIVITY
from faxapi.records import Direction
from faxapi.window import Window

if TYPE_CHECKING:
    from faxapi.providers.feed import Ask, Out
    from faxapi.providers.interfax.models import InboundActivity, OutboundActivity
    from faxapi.providers.soap import SoapService
    from faxapi.wire.soap import SoapOperation

# InterFax, GetOutboundActivity reference page and code -2041.
_TOTALS_KEPT = timedelta(days=60)
_ON_THE_WAY = timedelta(minutes=1)
_INSTANT = timedelta(microseconds=1)

_TOTALS: dict[Direction, SoapOperation[Any]] = {
    Direction.OUTBOUND: GET_OUTBOUND_ACTIVITY,
    Direction.INBOUND: GET_INBOUND_ACTIVITY,
}
_NO_USAGE = 'kinds=["faxes"] leaves usage out'
NEEDS_PRIMARY = Notice(
    "needs_primary", f"usage totals need the login of a primary user; {_NO_USAGE}"
)


async def usage(
    service: SoapService, direction: Direction, ask: Ask, out: Out, *, only_my_user: bool
) -> None:
    """Report the totals by user, and by number of what came in, where they are young enough.

    Raises:
        PermissionDenied: The login is not a primary user, and usage was asked for by name.
        FaxApiError: What happened on the way.
    """
    kept = ask.now - _TOTALS_KEPT + _ON_THE_WAY
    _report_retention(ask, kept, out)
    try:
        for since, until in _spans(ask, kept):
            answer, notices = await _totals(
                service, direction, since, until, only_my_user=only_my_user
            )
            for notice in notices:
                out.notice(notice)
            for user in answer.users:
                await out.record(to_usage(service.provider, direction, answer, user))
    except PermissionDenied as error:
        if error.code != str(NOT_PRIMARY):
            raise
        if ask.explicit:
            error.hint = f"{error.hint}; {_NO_USAGE}"
            raise
        out.notice(NEEDS_PRIMARY)


def _spans(ask: Ask, kept: datetime) -> Iterator[tuple[datetime, datetime]]:
    """What is asked for, one call each; nothing from before `kept`.

    The first run has one total of its window. Each later one has a total of each day that is not
    over by the run before: of the whole day, so that it is the same total while the day fills.
    """
    window = ask.window
    days = [window] if ask.through is None else _days(ask, ask.through)
    for day in days:
        since = max(day.since, window.since, kept)
        if since < day.until:
            yield since, day.until


def _days(ask: Ask, through: datetime) -> Iterator[Window]:
    """The days of the account's zone from the one read last to the window's last, or today."""
    day = _day(through, ask)
    last = _day(min(ask.window.until, ask.now), ask)
    while day <= last:
        whole = Window.day(day, ask.zone)
        # InterFax's page writes the ends of a range as days; so the day's last second means the
        # same, whether times count and whether the end is in the range.
        yield Window(whole.since, whole.until - timedelta(seconds=1))
        day += timedelta(days=1)


def _day(moment: datetime, ask: Ask) -> date:
    """The day that ends at a moment, or in which it lies."""
    return (moment - _INSTANT).astimezone(ask.zone).date()


def _report_retention(ask: Ask, kept: datetime, out: Out) -> None:
    """Say what is missing before what InterFax has totals of."""
    since, until = ask.unread_since, min(kept, ask.window.until)
    if since < until and (ask.older_than(_TOTALS_KEPT) or kept >= ask.window.until):
        out.notice(
            Notice(
                "retention",
                "InterFax gives totals of the last 60 days only",
                gap=True,
                since=since,
                until=until,
            )
        )


async def _totals(
    service: SoapService,
    direction: Direction,
    since: datetime,
    until: datetime,
    *,
    only_my_user: bool,
) -> tuple[OutboundActivity | InboundActivity, list[Notice]]:
    """What InterFax answers for a time, and what was met in it."""
    reading = service.reading()
    answer: OutboundActivity | InboundActivity = await service.call(
        _TOTALS[direction],
        reading=reading,
        TimeFrom=since,
        TimeUntil=until,
        OnlyMyUser=only_my_user,
    )
    return answer, service.provider.notices(reading)
